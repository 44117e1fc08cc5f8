import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type AppServer, type Client, type SmallLandscape, smallLandscape } from '../small-landscape.ts'

let landscape: SmallLandscape
let app: AppServer
let alice: Client
let bob: Client
let carol: Client

beforeAll(async () => {
  landscape = await smallLandscape()
  app = await landscape.app('app1')
  const at = async (host: string, user: string, password: string) => {
    const one = await landscape.client(host, 'app1')
    expect(await one.call('login', { user, password })).toMatchObject({ ok: true })
    return one
  }
  alice = await at('pc1', 'alice', 'Alice-2026!')
  bob = await at('pc2', 'bob', 'Bob-2026!')
  carol = await at('pc3', 'carol', 'Carol-2026!')
})
afterAll(() => landscape[Symbol.asyncDispose]())

const namesOf = async (client: Client) => {
  const listed = await client.call('list-secrets')
  return listed.ok ? listed.secrets.map(({ name, right }) => `${name}: ${right}`) : listed.code
}
const idOf = async (client: Client, name: string): Promise<number> => {
  const listed = await client.call('list-secrets')
  return (listed.ok && listed.secrets.find((secret) => secret.name === name)?.id) || 0
}

describe('what a user may see', () => {
  it('is its own, its roles’, and nothing else', async () => {
    expect(await namesOf(alice)).toEqual(['Bank account: owner', 'Core router: owner', 'Intranet: owner'])
    expect(await namesOf(bob)).toEqual(['Bob only: owner', 'Core router: write', 'Intranet: read'])
    expect(await namesOf(carol)).toEqual(['Bank account: read', 'Sales portal: owner'])
  })

  it('is the same for what is forbidden and what does not exist, also by id', async () => {
    const forbidden = await bob.call('read-secret', { id: await idOf(alice, 'Bank account') })
    const missing = await bob.call('read-secret', { id: 999_999 })
    expect(forbidden).toEqual(missing)
    expect(forbidden).toMatchObject({ ok: false, reason: 'not-found', code: 'not-found' })
    expect(await bob.call('change-secret', { id: await idOf(alice, 'Bank account'), password: 'x' })).toEqual(missing)
  })

  it('may be changed with the right to write only', async () => {
    expect(await bob.call('read-secret', { name: 'Intranet' })).toMatchObject({ ok: true, password: 'Intra-Net-77' })
    expect(await bob.call('change-secret', { name: 'Intranet', password: 'x' })).toMatchObject({ code: 'not-allowed' })
    expect(await bob.call('change-secret', { name: 'Core router', password: "new ' ünï" })).toMatchObject({
      ok: true,
      version: 2,
    })
    expect(await alice.call('read-secret', { name: 'Core router' })).toMatchObject({
      password: "new ' ünï",
      version: 2,
    })
  })

  it('follows grants and revocations at once', async () => {
    expect(await app.call('grant', { secret: 'Bob only', to: 'Sales', right: 'read' })).toEqual({ ok: true })
    expect(await namesOf(carol)).toContain('Bob only: read')
    expect(await app.call('grant', { secret: 'Bob only', to: 'Sales', right: 'write' })).toEqual({ ok: true })
    expect(await namesOf(carol)).toContain('Bob only: write')
    expect(await app.call('revoke', { secret: 'Bob only', from: 'Sales' })).toEqual({ ok: true })
    expect(await namesOf(carol)).not.toContain('Bob only: read')
    expect(await app.call('grant', { secret: 'Bob only', to: 'nobody', right: 'read' })).toMatchObject({
      code: 'unknown-principal',
    })
  })

  it('may carry a name that another secret has, without either user learning of it', async () => {
    expect(await bob.call('create-secret', { name: 'Bank account', password: 'bobs' })).toMatchObject({
      ok: true,
      version: 1,
    })
    expect(await bob.call('read-secret', { name: 'Bank account' })).toMatchObject({ password: 'bobs' })
    expect(await alice.call('read-secret', { name: 'Bank account' })).toMatchObject({ password: 'B4nk-Acc0unt' })
  })

  it('is told to owners by mail when it is watched and another reads it, and to nobody else', async () => {
    await carol.call('read-secret', { name: 'Bank account' })
    await alice.call('read-secret', { name: 'Bank account' })
    expect(await app.call('mail-queue')).toEqual({ sent: 1, failed: 0 })
    const found = z
      .object({ mails: z.array(z.object({ to: z.array(z.string()), subject: z.string(), text: z.string() })) })
      .parse(await landscape.mail.call('search', { subject: 'Bank account' }))
    expect(found.mails).toHaveLength(1)
    expect(found.mails[0]).toMatchObject({ to: ['alice@corp.example'], subject: 'Secret "Bank account" was read' })
    expect(found.mails[0]?.text).toContain('carol has read')
  })
})
