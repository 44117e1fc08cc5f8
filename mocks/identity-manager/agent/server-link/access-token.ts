import { z } from 'zod'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { API_SCOPE } from '../../protocol/agent-api.ts'
import { AgentStepFailed, step } from '../failure.ts'
import { type Discovery, jsonOf, notUnderstood } from './discovery.ts'
import type { TokenVerifier } from './token-verifier.ts'

/** RFC 6749 section 5.1. */
const granted = z.object({
  access_token: z.string().min(1).max(16_384),
  token_type: z.string(),
  expires_in: z.number().min(1),
})
/** RFC 6749 section 5.2. */
const refused = z.object({ error: z.string().max(200), error_description: z.string().max(1_000).default('') })

/** A token is replaced so long before its end, or at half of its life where that is shorter. */
const MARGIN_MS = 60_000

export interface AccessToken {
  readonly token: string
  readonly clientId: string
  /** When it is not used any more, and when it ends; milliseconds of the host's clock. */
  readonly goodUntil: number
  readonly expiresAt: number
  readonly verifiedWith: string
}

export interface AccessTokenOptions {
  readonly host: ComponentHost
  readonly client: { readonly id: string; readonly secret: string }
  /** What stands behind the @: the host name of `ApplicationUri` (assumed). */
  readonly applicationDomain: string
  readonly verifier: TokenVerifier
  discover(): Promise<Discovery>
}

/** The agent's token: got at first need, verified, kept until shortly before its end. Client credentials, RFC 6749 section 4.4. */
export class AccessTokens {
  readonly #options: AccessTokenOptions
  #kept: AccessToken | undefined
  #getting: Promise<AccessToken> | undefined

  constructor(options: AccessTokenOptions) {
    this.#options = options
  }

  get hasToken(): boolean {
    return this.#kept !== undefined && this.#kept.goodUntil > this.#options.host.now().getTime()
  }

  /** Those who ask while one is being fetched get the same. */
  async get(): Promise<AccessToken> {
    if (this.#kept && this.hasToken) return this.#kept
    this.#getting ??= this.#fetch().finally(() => {
      this.#getting = undefined
    })
    return this.#getting
  }

  forget(): boolean {
    const had = this.hasToken
    this.#kept = undefined
    return had
  }

  async #fetch(): Promise<AccessToken> {
    const { host, client, applicationDomain, verifier, discover } = this.#options
    const { token_endpoint } = await discover()
    const clientId = `${client.id}@${applicationDomain}`
    const answer = await step('token', () =>
      host.clients.http.request(token_endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          scope: API_SCOPE,
          client_id: clientId,
          client_secret: client.secret,
        }).toString(),
        maxBytes: 65_536,
      }),
    )
    const body = jsonOf(answer)
    if (answer.status !== 200) {
      const said = refused.safeParse(body)
      if (!said.success) throw notUnderstood('token', answer)
      throw new AgentStepFailed('token', said.data.error, said.data.error_description || said.data.error)
    }
    const read = granted.safeParse(body)
    if (!read.success || read.data.token_type.toLowerCase() !== 'bearer') throw notUnderstood('token', answer)
    const { access_token, expires_in } = read.data
    const { claims, verifiedWith } = await verifier.verify(access_token)
    if (!scopesOf(claims.scope).includes(API_SCOPE)) {
      throw new AgentStepFailed('verify-token', 'insufficient-scope', `The token has not the scope ${API_SCOPE}.`)
    }
    const lifeMs = expires_in * 1_000
    const now = host.now().getTime()
    const token = {
      token: access_token,
      clientId,
      goodUntil: now + lifeMs - Math.min(MARGIN_MS, lifeMs / 2),
      expiresAt: now + lifeMs,
      verifiedWith,
    }
    this.#kept = token
    host.journal('authenticated', { clientId, expiresAt: new Date(token.expiresAt).toISOString(), verifiedWith })
    return token
  }
}

/** One text (RFC 9068 section 2.2.3), or a list as Identity Server writes it. */
export const scopesOf = (scope: unknown): readonly unknown[] =>
  typeof scope === 'string' ? scope.split(' ') : Array.isArray(scope) ? scope : []
