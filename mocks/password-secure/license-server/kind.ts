import { defineComponent } from '../../../harness/host/component.ts'
import { licenseServerActions } from './actions.ts'
import { licenseServerSettings } from './settings.ts'

/** The vendor's license server (`license.passwordsafe.de` in the field): HTTPS activation. */
export const licenseServer = defineComponent({
  kind: 'password-secure/license-server',
  summary: 'Netwrix Password Secure license server: activation over HTTPS, activation counter, expiry',
  settings: licenseServerSettings,
  references: {},
  actions: licenseServerActions,
  // The flow from the application server is declared there, where the requirement names it.
  flows: [],
  listens: (settings) => [
    { id: 'https', port: settings.port, protocol: 'tcp', tls: 'implicit', purpose: 'activation of licences (HTTPS)' },
  ],
  load: async () => (await import('./start.ts')).licenseServerParts(),
  start: async (start) => (await import('./start.ts')).startLicenseServer(start),
})

declare module '../../../harness/host/component.ts' {
  interface ComponentKinds {
    'password-secure/license-server': typeof licenseServer
  }
}
