import type { FlowDeclaration } from '../../harness/landscape/kind.ts'

/** Who needs a provider: the browsers' own flow is declared with the browser. */
export const identityProviderFlows: readonly FlowDeclaration[] = [
  {
    id: 'identity-manager/server-to-identity-provider',
    from: 'identity-manager/server',
    to: 'identity-provider',
    listen: 'https',
    purpose: 'metadata, keys and tokens of the organisation’s identity provider',
    sources: [{ type: 'vendor', fact: 'facts.md 1.2: the server needs the providers’ metadata (or a local copy)' }],
  },
]
