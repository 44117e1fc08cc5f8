import { expect, test } from 'vitest'
import type { JsonObject } from '../../../../harness/context/json.ts'
import { startLandscape } from '../../../../harness/standard.ts'
import { SERVER } from './agent-lab.ts'

const labOf = (server: JsonObject) =>
  startLandscape({
    landscape: 'integrated',
    patienceMs: 2_000,
    hosts: {
      sql1: { runs: { 'sql-server': {} } },
      im1: { runs: { [SERVER]: { integratedAgent: { enabled: true }, ...server } } },
    },
  })

test.each(['store', 'pfx'] as const)(
  'the agent within the server has the server’s folder, settings and key pair from a %s, and no port and no token',
  async (source) => {
    await using lab = await labOf({ encryptionCertificate: { source }, identityCertificate: { source } })
    const call = (action: string, input = {}) => lab.host('im1').call(SERVER, action, input)
    expect(await call('agent-status')).toEqual({ running: true, scheduler: 'running' })
    expect(await call('agent-launch-job')).toMatchObject({ ok: true, instance: { state: 'Completed' } })
    expect(await call('agent-files')).toMatchObject({
      files: expect.arrayContaining([
        { path: 'Work/Synchronization/Local/HR/HR.complete.csv', bytes: expect.any(Number), encrypted: true },
      ]),
    })
    const told = (await lab.host('im1').journal()).map(({ type }) => type)
    expect(told).toContain('collection-received')
    expect(told).not.toContain('token-issued')
    expect(new Set(lab.endpoints().flatMap(({ to, port }) => (to === 'im1' ? [port] : [])))).toEqual(new Set([443]))
  },
)

test('it is not started where agents are not used, and its actions say so', async () => {
  await using lab = await labOf({ appsettings: { NotUseAgent: true } })
  const call = (action: string) => lab.host('im1').call(SERVER, action, {})
  expect(await call('agent-status')).toEqual({ running: false, scheduler: 'disabled' })
  expect(await call('agent-launch-job')).toMatchObject({ ok: false, step: 'start', code: 'no-integrated-agent' })
  expect(await call('agent-jobs')).toEqual({ instances: [] })
})

test('an order that another agent waits for is not the integrated one’s', async () => {
  await using lab = await labOf({})
  const call = (action: string, input = {}) => lab.host('im1').call(SERVER, action, input)
  const order = { connector: 'HR', resourceType: 'HR_Employee', changeType: 'Added', resource: 'carol' }
  await call('register-agent', { identifier: 'Agent2' })
  await call('create-order', { ...order, agentIdentifier: 'Agent2' })
  expect(await call('agent-fetch-orders')).toEqual({ ok: true, orders: [] })
  await call('create-order', { ...order, agentIdentifier: 'Local' })
  expect(await call('agent-fetch-orders')).toMatchObject({ ok: true, orders: [{ state: 'Executed' }] })
})

test('after the process was replaced the scheduler gets the lock that the one before held', async () => {
  await using lab = await labOf({})
  const host = lab.host('im1')
  const schedulers = async () =>
    (await host.journal()).filter(({ type }) => type === 'scheduler').map(({ facts }) => facts.state)
  expect(await host.call(SERVER, 'recycle', {})).toMatchObject({ state: 'running', starts: 2 })
  await expect.poll(schedulers).toEqual(['running', 'waiting', 'running'])
})
