import { defineComponent } from '../../harness/host/component.ts'
import { directoryActions } from './actions.ts'
import { directorySettings } from './settings.ts'

/** A domain controller: accounts and groups of the landscape's Windows domain. */
export const directory = defineComponent({
  kind: 'directory',
  summary: 'Windows domain controller: accounts, groups, computers; judges NTLM logons for member servers',
  settings: directorySettings,
  references: {},
  actions: directoryActions,
  // Who may ask is declared by the kinds that do.
  flows: [],
  listens: (settings) => [
    {
      id: 'netlogon',
      port: settings.port,
      protocol: 'tcp',
      tls: 'none',
      purpose: 'pass-through authentication (Netlogon)',
    },
  ],
  load: () => import('./start.ts'),
  start: async (start) => (await import('./start.ts')).startDirectory(start),
})

declare module '../../harness/host/component.ts' {
  interface ComponentKinds {
    directory: typeof directory
  }
}
