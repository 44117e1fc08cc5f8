import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import type { HttpAnswer } from '../../../../harness/clients/index.ts'
import { AgentStepFailed } from '../failure.ts'

/** OpenID Connect Discovery 1.0, section 3: as much of it as an agent needs. */
const document = z.object({ issuer: z.string().max(500), token_endpoint: z.url().max(500), jwks_uri: z.url().max(500) })
export type Discovery = z.output<typeof document>

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(20) })

export const DISCOVERY_PATH = '/.well-known/openid-configuration'

/** The server's discovery document. */
export function discoveryOf(answer: HttpAnswer, requireHttps: boolean): Discovery {
  const read = document.safeParse(jsonOf(answer))
  if (answer.status !== 200 || !read.success) throw notUnderstood('connect', answer)
  const { token_endpoint, jwks_uri } = read.data
  if (requireHttps && ![token_endpoint, jwks_uri].every((url) => url.startsWith('https://'))) {
    throw new AgentStepFailed('connect', 'https-required', 'RequireHttpsMetadata is on, and an endpoint is not HTTPS.')
  }
  return read.data
}

/** The server's public keys (RFC 7517 section 5). */
export function keySetOf(answer: HttpAnswer): JSONWebKeySet {
  const read = keySet.safeParse(jsonOf(answer))
  if (!read.success) throw notUnderstood('verify-token', answer)
  return read.data
}

/** The body as JSON; undefined where it is none. */
export function jsonOf(answer: HttpAnswer): unknown {
  try {
    return answer.json()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** An answer that is none of the server's. */
export const notUnderstood = (at: AgentStepFailed['step'], { status }: HttpAnswer): AgentStepFailed =>
  new AgentStepFailed(at, `http-${status}`, `The server's answer cannot be understood (status ${status}).`)
