import { createHash, timingSafeEqual } from 'node:crypto'
import type { ClientMetadata, Provider } from 'oidc-provider'

export type HashedSecrets = ReadonlyMap<string, { readonly hashedSecret: string }>

/** The full id of an API client: `<OpenIdClient identifier>@<application domain>`. */
export const clientIdOf = (identifier: string, applicationDomain: string): string =>
  `${identifier}@${applicationDomain}`

/** An API client as the library takes it, by its full id. It is looked up at each request: clients may come and go. */
export function apiClient(
  clients: HashedSecrets,
  applicationDomain: string,
  clientId: string,
): ClientMetadata | undefined {
  const at = clientId.lastIndexOf('@')
  const known = clients.get(clientId.slice(0, at))
  if (!known || clientId !== clientIdOf(clientId.slice(0, at), applicationDomain)) return undefined
  return {
    client_id: clientId,
    // All that is ever kept of a secret.
    client_secret: known.hashedSecret,
    // By Authorization header or in the form: the library takes both for either.
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  }
}

/** `HashedSecret` is base64(SHA-256(secret)): what a client sends is hashed before it is compared, in constant time. */
export function compareHashedSecrets(provider: Provider): void {
  provider.Client.prototype.compareClientSecret = function (sent) {
    const [expected, given] = [
      Buffer.from(this.clientSecret ?? '', 'base64'),
      createHash('sha256').update(sent).digest(),
    ]
    return expected.length === given.length && timingSafeEqual(expected, given)
  }
}
