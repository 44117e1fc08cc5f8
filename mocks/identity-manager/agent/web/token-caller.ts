import { AGENT_AUDIENCE, API_SCOPE } from '../../protocol/agent-api.ts'
import { scopesOf } from '../server-link/access-token.ts'
import type { TokenVerifier } from '../server-link/token-verifier.ts'
import { BrowserRefused, type CallerOf } from './agent-web.ts'

/** Who asks, by a token that the server has signed: the user of a ticket, or an API client. */
export const tokenCaller =
  (verifier: TokenVerifier): CallerOf =>
  async ({ headers }) => {
    const token = /^Bearer ([\w.~+/=-]{1,16384})$/i.exec(headers.authorization ?? '')?.[1]
    if (token === undefined) throw new BrowserRefused('not-authenticated')
    const { claims } = await verifier.verify(token)
    const isTicket = claims.aud === AGENT_AUDIENCE || (Array.isArray(claims.aud) && claims.aud.includes(AGENT_AUDIENCE))
    if (!isTicket && !scopesOf(claims.scope).includes(API_SCOPE)) throw new BrowserRefused('insufficient-scope')
    const client = claims.client_id
    return claims.sub ?? (typeof client === 'string' ? client : 'unknown')
  }
