import { defineComponent } from '../../../harness/host/component.ts'
import { clientActions } from './actions.ts'
import { clientReferences, clientSettings } from './settings.ts'

/** The Windows client (Advanced view). It logs in when a scenario says so, not at start. */
export const client = defineComponent({
  kind: 'password-secure/client',
  summary: 'Netwrix Password Secure Windows client: 11011, 11018, and its add-on',
  settings: clientSettings,
  references: clientReferences,
  actions: clientActions,
  flows: [
    {
      id: 'client-to-add-on',
      from: 'password-secure/client',
      to: 'password-secure/add-on',
      listen: 'add-on',
      purpose: 'the login is passed on to the add-on of the same computer',
      sameHost: true,
      sources: [
        {
          type: 'requirement',
          document: 'password-secure-installation.md',
          line: 'Client › Port 52120 TCP with the add-on (outgoing)',
          side: 'from',
        },
      ],
    },
  ],
  listens: () => [],
  load: () => import('./start.ts'),
  start: async (start) => (await import('./start.ts')).startClient(start),
})

declare module '../../../harness/host/component.ts' {
  interface ComponentKinds {
    'password-secure/client': typeof client
  }
}
