import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { checked } from './checked.ts'

const onAgent = { agent: { kind: 'identity-manager/agent', first: true } } as const

/** The requirement's matrix is the agent's service account's: an agent on a host of its own has its own folders. */
export const agentWorkingDirectory: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/working-directory/agent-collects-and-reads-orders',
    title: 'The agent’s service account runs the agent, reads provisioning orders and writes what it collects',
    requirement: requirement.dataCollection,
    on: onAgent,
    brokenBy: { setting: 'agent.workingDirectoryPermissions.deny', value: ['provisioning-orders/read'] },
    async run({ agent, ...tools }) {
      const { expect } = tools
      const ask = (input: Parameters<typeof agent.call<'working-directory'>>[1]) =>
        agent.call('working-directory', input)
      for (const [row, access] of [
        ['runtime', 'execute'],
        ['provisioning-orders', 'read'],
        ['data-collection', 'create'],
      ] as const) {
        const { that, violations } = await checked(ask, [row], tools)
        expect(that('allowed'), `what is allowed in ${row}`).toContain(access)
        expect(violations, 'differences').toEqual([])
      }
    },
  }),
  scenario({
    id: 'identity-manager/working-directory/agent-has-nothing-else',
    title: 'Everything else in its working directory is denied to the agent’s service account',
    requirement: requirement.otherPermissions,
    on: onAgent,
    brokenBy: { setting: 'agent.workingDirectoryPermissions.grant', value: ['runtime/create'] },
    async run({ agent, ...tools }) {
      const rows = ['working-directory', 'runtime', 'provisioning-orders', 'data-collection', 'other'] as const
      const { violations } = await checked((input) => agent.call('working-directory', input), rows, tools)
      tools.expect(violations, 'differences').toEqual([])
    },
  }),
]
