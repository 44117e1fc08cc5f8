import { defineComponent } from '../../harness/host/component.ts'
import { identityProviderActions } from './actions.ts'
import { identityProviderFlows } from './flows.ts'
import { identityProviderSettings } from './settings.ts'

/** An organisation's OpenID provider, as Entra ID or Okta: people log in there to come in elsewhere. */
export const identityProvider = defineComponent({
  kind: 'identity-provider',
  summary: 'External OpenID Connect provider: people, applications, a login form, keys that can be rotated',
  settings: identityProviderSettings,
  references: {},
  actions: identityProviderActions,
  flows: identityProviderFlows,
  listens: (settings) => [
    { id: 'https', port: settings.httpsPort, protocol: 'tcp', tls: 'implicit', purpose: 'OpenID Connect (HTTPS)' },
  ],
  load: () => import('./start.ts'),
  start: async (start) => (await import('./start.ts')).startIdentityProvider(start),
})

declare module '../../harness/host/component.ts' {
  interface ComponentKinds {
    'identity-provider': typeof identityProvider
  }
}
