import { expect, test } from 'vitest'
import { listFlows } from '../../harness/cli/list-flows.ts'
import { describeFlows, describeLandscapeFlows } from '../../harness/landscape/index.ts'
import { provenFlows, provingScenarios } from '../../harness/scenario/flow-proofs.ts'
import { builtInLandscapes, kindDescriptions, loadLandscape, scenarios } from '../../harness/standard.ts'

const all = await scenarios()

test('every documented flow of every kind has a scenario that goes red when it is cut', () => {
  const unproven = describeFlows(kindDescriptions()).filter(
    (flow) => flow.documented && provingScenarios(flow, all).length === 0,
  )
  expect(unproven.map(({ from, to, port, protocol }) => `${from} → ${to} ${port}/${protocol}`)).toEqual([])
})

test('a scenario of one protocol, port or pair proves no other', () => {
  const flows = describeFlows(kindDescriptions())
  const proofsOf = (id: string) => {
    const flow = flows.find((candidate) => candidate.id === id)
    return flow ? provingScenarios(flow, all).map((scenario) => scenario.id) : []
  }
  expect(proofsOf('host-to-dns-tcp')).toEqual(['identity-manager/dns/agents-resolve-the-server-over-tcp'])
  expect(proofsOf('iis-to-app')).toEqual(['password-secure/ports/clients-port-is-open-to-iis'])
  expect(proofsOf('client-to-app')).not.toContain('password-secure/ports/clients-port-is-open-to-iis')
  // A break that opens something proves that it is closed.
  expect(proofsOf('app-to-sql').some((id) => id.includes('do-not-reach'))).toBe(false)
})

test('host to host, a scenario proves what its own cases cut', async () => {
  const landscape = await loadLandscape('full')
  const proofsOf = provenFlows(landscape, all)
  const rows = describeLandscapeFlows(landscape)
  const flow = (from: string, to: string, port: number) =>
    rows.find((row) => row.from === from && row.to === to && row.port === port && row.protocol === 'tcp')
  const [toDns, toApp] = [flow('agent1', 'dns1', 53), flow('client1', 'app1', 11_011)]
  expect(toDns && proofsOf(toDns)).toEqual(['identity-manager/dns/agents-resolve-the-server-over-tcp'])
  expect(toApp && proofsOf(toApp)).toContain('password-secure/ports/clients-port-is-open-to-clients')
})

test.for([...builtInLandscapes().keys()])(
  '%s: every documented flow is proven, for these hosts, for others, or elsewhere',
  async (name) => {
    const { rows } = await listFlows(name, { scenarios: true })
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.filter((row) => row.at(-1) === 'none')).toEqual([])
  },
)
