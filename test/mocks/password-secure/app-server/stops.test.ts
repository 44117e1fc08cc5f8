import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type SmallLandscape, smallLandscape } from '../small-landscape.ts'

const CYCLES = 8

function held(): Record<string, number> {
  const kinds: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) {
    // Timers and immediates of vitest itself come and go.
    if (/Wrap$/.test(kind)) kinds[kind] = (kinds[kind] ?? 0) + 1
  }
  return process.platform === 'linux' ? { ...kinds, descriptors: readdirSync('/proc/self/fd').length } : kinds
}

let landscape: SmallLandscape

beforeAll(async () => {
  landscape = await smallLandscape()
})
afterAll(() => landscape[Symbol.asyncDispose]())

async function cycle(): Promise<void> {
  await using owned = new AsyncDisposableStack()
  const [app1, app2, addOn] = await Promise.all([landscape.app('app1'), landscape.app('app2'), landscape.addOn('pc1')])
  for (const { started } of [app1, app2]) owned.use(started)
  owned.use(addOn)
  const client = await landscape.client('pc1', 'app1')
  owned.use(client.started)
  expect(await client.call('login', { user: 'alice', password: 'Alice-2026!' })).toMatchObject({ ok: true })
  await client.call('connect-real-time')
  await client.call('change-secret', { name: 'Intranet', password: 'x' })
  expect(await client.call('updates', { waitFor: 1 })).toMatchObject({ complete: true })
}

it('leaves nothing behind when servers, client and add-on stop in the middle of their work', async () => {
  await cycle()
  const before = held()
  for (let count = 0; count < CYCLES; count++) await cycle()
  // Sockets that are closing when the first count is made may be gone later: fewer is no fault.
  const grown = () => Object.entries(held()).filter(([kind, count]) => count > (before[kind] ?? 0))
  await expect.poll(grown).toEqual([])
})
