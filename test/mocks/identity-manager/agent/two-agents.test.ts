import { expect, test } from 'vitest'
import { AGENT, agentLab } from './agent-lab.ts'

const ORDER = { connector: 'HR', resourceType: 'HR_Employee', changeType: 'Added', resource: 'dora' }

test('two agents of one server get each their own orders, and none the other’s', async () => {
  const second = { AgentIdentifier: 'Agent2', OpenIdClients: { Lyon: 'Lyon-Secret-1' }, DefaultOpenIdClient: 'Lyon' }
  await using site = await agentLab({}, { agent2: { runs: { [AGENT]: { server: 'im1', ...second } } } })
  const ask = (host: string, action: string) => site.lab.host(host).call(AGENT, action, {})
  for (const host of ['agent1', 'agent2']) expect(await ask(host, 'connect'), host).toMatchObject({ ok: true })
  const { id: first } = await site.server('create-order', { agentIdentifier: 'Agent1', ...ORDER })
  const { id: other } = await site.server('create-order', { agentIdentifier: 'Agent2', ...ORDER })
  const both = await Promise.all([ask('agent1', 'fetch-orders'), ask('agent2', 'fetch-orders')])
  expect(both).toMatchObject([
    { ok: true, orders: [{ id: first, state: 'Executed' }] },
    { ok: true, orders: [{ id: other, state: 'Executed' }] },
  ])
  await site.restart({ AgentIdentifier: 'Agent2' })
  expect(await site.call('connect')).toMatchObject({ ok: false, step: 'session', code: 'other-agents-client' })
})
