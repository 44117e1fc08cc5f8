import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AppServer, type Client, type SmallLandscape, smallLandscape } from '../small-landscape.ts'

let landscape: SmallLandscape
let apps: readonly AppServer[]

beforeEach(async () => {
  landscape = await smallLandscape()
  // At once, on one empty SQL Server: only one of them makes the database.
  apps = await Promise.all(['app1', 'app2', 'app3'].map((host) => landscape.app(host, { updatePollMs: 10 })))
})
afterEach(() => landscape[Symbol.asyncDispose]())

async function connected(host: string, server: string, user: string, password: string): Promise<Client> {
  const client = await landscape.client(host, server)
  expect(await client.call('login', { user, password })).toMatchObject({ ok: true })
  expect(await client.call('connect-real-time')).toEqual({ ok: true, server })
  return client
}

const alice = ['alice', 'Alice-2026!'] as const
const bob = ['bob', 'Bob-2026!'] as const
const carol = ['carol', 'Carol-2026!'] as const

describe('real-time updates on 11018', () => {
  it('reach clients of other application servers, in order, and only who may read', async () => {
    const writer = await connected('pc1', 'app1', ...alice)
    const reader = await connected('pc2', 'app2', ...bob)
    const other = await connected('pc3', 'app3', ...carol)
    for (let round = 1; round <= 5; round++) {
      await writer.call('change-secret', { name: 'Core router', password: `p${round}` })
      await writer.call('change-secret', { name: 'Bank account', password: `b${round}` })
    }
    const updates = await reader.call('updates', { waitFor: 5 })
    expect(updates.complete).toBe(true)
    expect(updates.updates.map(({ name, version, by }) => `${name} ${version} by ${by}`)).toEqual(
      [2, 3, 4, 5, 6].map((version) => `Core router ${version} by alice`),
    )
    const seen = await other.call('updates', { waitFor: 5 })
    expect(new Set(seen.updates.map(({ name }) => name))).toEqual(new Set(['Bank account']))
    expect((await writer.call('updates', { waitFor: 10 })).updates).toHaveLength(10)
    expect(await reader.call('read-secret', { name: 'Core router' })).toMatchObject({ password: 'p5' })
  })

  it('come with one content from one database, whoever made it', async () => {
    const states = await Promise.all(apps.map((app) => app.call('status')))
    expect(new Set(states.map(({ database }) => database.name))).toEqual(new Set(['PasswordSecure']))
    expect(states.map(({ database }) => database.configName)).toEqual([
      'npwsConfigDb_APP1',
      'npwsConfigDb_APP2',
      'npwsConfigDb_APP3',
    ])
    expect(states.every(({ acceptsLogins }) => acceptsLogins)).toBe(true)
  })

  it('end with the session, and need one', async () => {
    const client = await connected('pc1', 'app1', ...alice)
    await apps[0]?.call('disconnect-clients', { channel: 'clients' })
    const { address, port } = apps[0]?.started.endpoint('real-time') ?? { address: '', port: 0 }
    expect(await client.call('connect-real-time')).toMatchObject({ ok: false })
    const { WebSocket } = await import('ws')
    const stranger = new WebSocket(`wss://${address}:${port}/`, { rejectUnauthorized: false })
    await once(stranger, 'open')
    stranger.send(JSON.stringify({ type: 'login', token: 'x' }))
    expect((await once(stranger, 'close'))[0]).toBe(4401)
  })
})
