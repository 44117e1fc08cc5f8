import type { JsonObject } from '../../../../harness/context/json.ts'
import type { Provision, ReferredComponent } from '../../../../harness/host/component.ts'
import { originOf, type ServerAddress } from './origin.ts'

const CLIENT_ID = 'identity-manager'

/** `Authentication.OpenId` for the organisation's provider: people are found by the name that they type there. */
export const openIdSection = (provider: ReferredComponent, clientSecret: string): JsonObject => ({
  Company: {
    AuthenticationScheme: 'Company',
    DisplayName: 'Company account',
    ClientId: CLIENT_ID,
    ClientSecret: clientSecret,
    Authority: authorityOf(provider),
    NameClaimType: 'preferred_username',
  },
})

/** What the provider's administrator registers: this server as an application, with an address for answers for each of its names. */
export const registration = (
  settings: ServerAddress & { readonly identityProviderSecret: string },
  fqdn: string,
): Provision => ({
  reference: 'identityProvider',
  action: 'set-client',
  input: {
    clientId: CLIENT_ID,
    clientSecret: settings.identityProviderSecret,
    redirectUris: [...new Set([...settings.hostNames, fqdn])].map(
      (name) => `${originOf({ ...settings, hostNames: [name] }, fqdn)}/signin-oidc`,
    ),
  },
})

function authorityOf({ fqdn, settings, listens }: ReferredComponent): string {
  if (typeof settings.issuer === 'string') return settings.issuer
  const port = listens.find(({ id }) => id === 'https')?.port ?? 443
  return `https://${fqdn}${port === 443 ? '' : `:${port}`}`
}
