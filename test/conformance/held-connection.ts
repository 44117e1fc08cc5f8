import { expect } from 'vitest'
import type { Json, JsonObject } from '../../harness/context/json.ts'
import type { RunningLandscape } from '../../harness/start-landscape.ts'

const CLIENT = 'password-secure/client'
const USER = { user: 'bob', password: 'Bob-2026!' }

/** What a client tells of a WebSocket that it held while this happened to it. */
export async function heldConnection(lab: RunningLandscape, fault: string): Promise<readonly JsonObject[]> {
  const client = lab.host('client1')
  const call = (action: string, input: JsonObject = {}): Promise<Json> => client.call(CLIENT, action, input)
  expect(await call('login', USER)).toMatchObject({ ok: true })
  expect(await call('connect-real-time')).toMatchObject({ ok: true })
  const before = (await client.journal()).at(-1)?.sequence ?? 0
  const { id } = await lab.inject(fault)
  const closed = async () =>
    (await client.journal(CLIENT, before)).filter(({ type }) => type === 'real-time-closed').map(({ facts }) => facts)
  await expect.poll(closed, { timeout: 30_000 }).toHaveLength(1)
  const told = await closed()
  // What is cut is open; who comes anew is well.
  expect(await call('connect-real-time')).toMatchObject({ ok: true })
  await lab.clear(id)
  await call('logout')
  return told
}
