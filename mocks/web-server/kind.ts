import { defineComponent } from '../../harness/host/component.ts'
import { webServerActions } from './actions.ts'
import { webServerFlows } from './flows.ts'
import { webServerReferences } from './references.ts'
import { webServerSettings } from './settings.ts'

/** The web server in front of the application servers: serves the Web Application, passes on its calls. */
export const webServer = defineComponent({
  kind: 'web-server',
  summary: 'IIS, nginx or Apache with the Password Secure Web Application: static files, /api and /realtime',
  settings: webServerSettings,
  references: webServerReferences,
  actions: webServerActions,
  flows: webServerFlows,
  listens: (settings) => [
    { id: 'http', port: settings.httpPort, protocol: 'tcp', tls: 'none', purpose: 'redirect to HTTPS' },
    { id: 'https', port: settings.httpsPort, protocol: 'tcp', tls: 'implicit', purpose: 'the Web Application (HTTPS)' },
  ],
  provisions: (settings, host) => [
    {
      reference: 'app',
      action: 'allow-origin',
      input: { origin: `https://${host.fqdn}${settings.httpsPort === 443 ? '' : `:${settings.httpsPort}`}` },
    },
  ],
  start: async (start) => (await import('./start.ts')).startWebServer(start),
})

declare module '../../harness/host/component.ts' {
  interface ComponentKinds {
    'web-server': typeof webServer
  }
}
