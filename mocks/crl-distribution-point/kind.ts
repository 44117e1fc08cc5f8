import { z } from 'zod'
import { type ActionTable, defineComponent } from '../../harness/host/component.ts'
import { ANY_HOST, type FlowDeclaration } from '../../harness/landscape/kind.ts'

export const crlDistributionPointSettings = z.strictObject({
  port: z.int().min(1).max(65_535).default(80).describe('Where it listens; it stands in the certificates’ URL.'),
})

export const crlDistributionPointActions = {
  revoke: {
    summary: 'Revokes a certificate that one of the organisation’s authorities has issued. Repeatable.',
    input: z.strictObject({ certificate: z.string().min(1).max(65_536).describe('PEM.') }),
    output: z.strictObject({ serialNumber: z.string(), crlNumber: z.int() }),
  },
} as const satisfies ActionTable

/** Whoever is shown a certificate may ask whether it has been revoked. */
const crlDistributionPointFlows: readonly FlowDeclaration[] = [
  {
    id: 'pki/any-host-to-crl-distribution-point',
    from: ANY_HOST,
    to: 'crl-distribution-point',
    listen: 'http',
    purpose: 'revocation lists of the organisation’s certificate authority',
    sources: [
      {
        type: 'assumed',
        why: 'facts.md 5.1: a CA’s list must be reachable by clients; that it is by HTTP is AD CS’ way',
      },
    ],
  },
]

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
