import { ANY_HOST, type FlowDeclaration } from '../../harness/landscape/kind.ts'

/** Whoever is shown a certificate may ask whether it has been revoked. */
export const crlDistributionPointFlows: readonly FlowDeclaration[] = [
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
