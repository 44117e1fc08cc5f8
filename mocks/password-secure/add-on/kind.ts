import { defineComponent } from '../../../harness/host/component.ts'
import { addOnActions, addOnSettings } from './settings.ts'

/** The browser add-on of one computer: the client of the same computer passes its login on to it. */
export const addOn = defineComponent({
  kind: 'password-secure/add-on',
  summary: 'Netwrix Password Secure add-on: 52120, for the client on the same host only',
  settings: addOnSettings,
  references: {},
  actions: addOnActions,
  flows: [],
  listens: (settings) => [
    { id: 'add-on', port: settings.port, protocol: 'tcp', tls: 'none', purpose: 'the client on the same host' },
  ],
  load: () => import('./start.ts'),
  start: async (start) => (await import('./start.ts')).startAddOn(start),
})

declare module '../../../harness/host/component.ts' {
  interface ComponentKinds {
    'password-secure/add-on': typeof addOn
  }
}
