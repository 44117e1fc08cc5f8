import { defineComponent } from '../../harness/host/component.ts'
import { webServerActions } from './actions.ts'
import { webServerFlows } from './flows.ts'
import { beyondReal } from './real/beyond-real.ts'
import { webServerReferences } from './references.ts'
import { webServerSettings } from './settings.ts'

/** As the real ones stand in a search path. */
const PROGRAMS = { nginx: 'nginx', apache: 'apache2' } as const

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
  load: () => import('./real/start-real.ts'),
  start: async (start) => {
    const { host, settings } = start
    const program = settings.real && settings.kind !== 'iis' ? host.realProgram?.(PROGRAMS[settings.kind]) : undefined
    if (program === undefined) return (await import('./start.ts')).startWebServer(start)
    const warning = beyondReal(start)
    if (warning === undefined) return (await import('./real/start-real.ts')).startRealWebServer(start, program)
    const simulated = await (await import('./start.ts')).startWebServer(start)
    return { ...simulated, realness: { real: false, warning } }
  },
})

declare module '../../harness/host/component.ts' {
  interface ComponentKinds {
    'web-server': typeof webServer
  }
}
