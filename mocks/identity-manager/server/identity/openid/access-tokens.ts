import type { KeyObject } from 'node:crypto'
import type { JWTPayload, errors as joseErrors } from 'jose'
import { API_SCOPE } from './openid-server.ts'

export interface AccessTokenOptions {
  readonly publicKey: KeyObject
  readonly now: () => Date
}

/** Whom a token stands for, or ASP.NET's words for what is wrong with it. */
export type TokenVerdict =
  | { readonly clientId: string; readonly subject: string; readonly scopes: readonly string[] }
  | { readonly refusal: string }

export interface AccessTokens {
  verify(token: string, issuer: string): Promise<TokenVerdict>
}

// ASP.NET's default: clocks of a domain differ by up to five minutes.
const CLOCK_SKEW_SECONDS = 300
const MAX_TOKEN_LENGTH = 8_192

/** Checks the tokens that come with requests to the API: signature, issuer, audience, time and scope. */
export function createAccessTokens({ publicKey, now }: AccessTokenOptions): AccessTokens {
  return {
    async verify(token, issuer) {
      if (token.length > MAX_TOKEN_LENGTH) return { refusal: 'The token is too long' }
      const { errors, jwtVerify } = await import('jose')
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          issuer,
          audience: API_SCOPE,
          algorithms: ['RS256'],
          typ: 'at+jwt',
          requiredClaims: ['exp', 'sub', 'client_id'],
          currentDate: now(),
          clockTolerance: CLOCK_SKEW_SECONDS,
        })
        return verdictOf(payload)
      } catch (error) {
        if (error instanceof errors.JOSEError) return { refusal: refusalOf(error, issuer) }
        throw error
      }
    },
  }
}

function verdictOf(payload: JWTPayload): TokenVerdict {
  const { scope, client_id: clientId, sub } = payload
  const scopes = typeof scope === 'string' ? scope.split(' ') : []
  if (!scopes.includes(API_SCOPE)) return { refusal: `The scope ${API_SCOPE} is missing` }
  return { clientId: String(clientId), subject: String(sub), scopes }
}

function refusalOf(error: joseErrors.JOSEError & { claim?: unknown; payload?: JWTPayload }, issuer: string): string {
  if (error.code === 'ERR_JWT_EXPIRED')
    return `The token expired at '${new Date((error.payload?.exp ?? 0) * 1_000).toISOString()}'`
  if (error.code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') return 'The signature is invalid'
  if (error.claim === 'aud') return `The audience is not '${API_SCOPE}'`
  if (error.claim === 'iss') return `The issuer is not '${issuer}'`
  if (error.claim === 'nbf') return 'The token is not valid yet'
  return 'The token is invalid'
}
