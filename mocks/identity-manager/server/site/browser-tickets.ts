import { AGENT_AUDIENCE } from '../../protocol/agent-api.ts'
import type { BrowserTicket } from '../../protocol/agent-messages.ts'
import { keyIdOf } from '../identity/openid/signing-jwk.ts'
import { issuerForAgents } from '../product/identity.ts'
import type { Site } from './router.ts'

const LIFETIME_S = 300

/** A JWT that tells an agent who is logged in here, signed with the identity server's key. */
export async function browserTicketFor(
  { host, options, keys, registrations }: Site,
  login: string,
): Promise<BrowserTicket> {
  const { SignJWT } = await import('jose')
  const issued = Math.floor(host.now().getTime() / 1_000)
  const ticket = await new SignJWT({})
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: keyIdOf(keys.identity) })
    .setIssuer(issuerForAgents(options))
    .setSubject(login)
    .setAudience(AGENT_AUDIENCE)
    .setIssuedAt(issued)
    .setExpirationTime(issued + LIFETIME_S)
    .sign(keys.identity.privateKey)
  const agents = [...registrations.agents.values()].flatMap(({ identifier, uri }) =>
    uri === undefined ? [] : [{ identifier, uri }],
  )
  return { ticket, expiresIn: LIFETIME_S, agents }
}
