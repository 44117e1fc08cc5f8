import { defineComponent } from '../../harness/host/component.ts'
import { crlDistributionPointActions } from './actions.ts'
import { crlDistributionPointFlows } from './flows.ts'
import { crlDistributionPointSettings } from './settings.ts'

/** The web server of an organisation's certificate authority that serves its revocation lists, as AD CS has it. */
export const crlDistributionPoint = defineComponent({
  kind: 'crl-distribution-point',
  summary: 'The certificate authority’s revocation lists by HTTP (CRL): certificates name it, and can be revoked',
  settings: crlDistributionPointSettings,
  references: {},
  actions: crlDistributionPointActions,
  flows: crlDistributionPointFlows,
  revocationLists: 'http',
  listens: (settings) => [
    { id: 'http', port: settings.port, protocol: 'tcp', tls: 'none', purpose: 'revocation lists (HTTP)' },
  ],
  load: () => import('./start.ts'),
  start: async (start) => (await import('./start.ts')).startCrlDistributionPoint(start),
})

declare module '../../harness/host/component.ts' {
  interface ComponentKinds {
    'crl-distribution-point': typeof crlDistributionPoint
  }
}
