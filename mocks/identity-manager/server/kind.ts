import { defineComponent } from '../../../harness/host/component.ts'
import { serverActions } from './actions.ts'
import { serverFlows } from './flows.ts'
import { serverProvisions } from './installation/provisions.ts'
import { serverReferences } from './references.ts'
import { serverSettings } from './settings.ts'

/** Identity Manager's server: a .NET application under IIS, as a Windows service, or stand-alone. */
export const identityManagerServer = defineComponent({
  kind: 'identity-manager/server',
  summary: 'Netwrix Identity Manager server: user interface, API, identity server, database, notifications',
  settings: serverSettings,
  references: serverReferences,
  actions: serverActions,
  flows: serverFlows,
  listens: (settings) => [
    {
      id: 'https',
      port: settings.httpsPort,
      protocol: 'tcp',
      tls: 'implicit',
      purpose: 'user interface, API and identity server (HTTPS)',
    },
  ],
  provisions: serverProvisions,
  load: async () => (await import('./start.ts')).serverParts(),
  start: async (start) => (await import('./start.ts')).startServer(start),
})

declare module '../../../harness/host/component.ts' {
  interface ComponentKinds {
    'identity-manager/server': typeof identityManagerServer
  }
}
