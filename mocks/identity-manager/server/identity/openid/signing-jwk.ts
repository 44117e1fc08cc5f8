import type { KeyObject } from 'node:crypto'
import type { JWK } from 'oidc-provider'

export interface SigningKey {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly thumbprint: string
}

/** IdentityServer names a key by its certificate's thumbprint and the algorithm. */
export const keyIdOf = ({ thumbprint }: SigningKey): string => `${thumbprint}RS256`

/** The private key as the library takes it. */
export const signingJwk = (key: SigningKey): JWK => ({
  // An RSA key's JWK has kty, n and e (RFC 7518 section 6.3).
  ...(key.privateKey.export({ format: 'jwk' }) as JWK),
  alg: 'RS256',
  use: 'sig',
  kid: keyIdOf(key),
})
