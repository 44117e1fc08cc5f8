import { expect, test } from 'vitest'
import { startLandscape } from '../../harness/standard.ts'

const client = 'password-secure/client'
const alice = { user: 'alice', password: 'Alice-2026!' }

test('whichever component is started again, the landscape goes on with the data that it had', async ({ signal }) => {
  await using lab = await startLandscape('password-secure', { signal })
  const client1 = lab.host('client1')
  expect(await client1.call(client, 'login', alice)).toMatchObject({ ok: true })
  expect(await client1.call(client, 'create-secret', { name: 'Kept', password: 'K-1' })).toMatchObject({ ok: true })
  for (const { host, kind } of lab.landscape.startOrder) {
    await lab.host(host).stop(kind)
    await lab.host(host).start(kind)
    expect(await client1.call(client, 'login', alice), `after ${kind} on ${host}`).toMatchObject({ ok: true })
    const read = await client1.call(client, 'read-secret', { name: 'Kept' })
    expect(read, `after ${kind} on ${host}`).toMatchObject({ ok: true, password: 'K-1' })
  }
})
