import { defineComponent } from '../../../harness/host/component.ts'
import { agentActions } from './actions.ts'
import { agentFlows } from './flows.ts'
import { agentProvisions } from './installation/provisions.ts'
import { agentReferences } from './references.ts'
import { agentSettings } from './settings.ts'

/** Identity Manager's agent: what synchronises from and provisions to managed systems, and talks to the server. */
export const identityManagerAgent = defineComponent({
  kind: 'identity-manager/agent',
  summary: 'Netwrix Identity Manager agent: exports, provisioning orders, jobs, password resets; HTTPS for browsers',
  settings: agentSettings,
  references: agentReferences,
  actions: agentActions,
  flows: agentFlows,
  listens: ({ httpsPort }) => [
    { id: 'https', port: httpsPort, protocol: 'tcp', tls: 'implicit', purpose: 'jobs and password resets (HTTPS)' },
  ],
  provisions: agentProvisions,
  load: async () => (await import('./start.ts')).agentParts(),
  start: async (start) => (await import('./start.ts')).startAgentComponent(start),
})

declare module '../../../harness/host/component.ts' {
  interface ComponentKinds {
    'identity-manager/agent': typeof identityManagerAgent
  }
}
