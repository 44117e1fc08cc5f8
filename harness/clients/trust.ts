import { isIP } from 'node:net'
import {
  checkServerIdentity,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
  type SecureVersion,
} from 'node:tls'
import type { ClientEnvironment } from './environment.ts'

/**
 * Whom a TLS client believes: the host's trust store as it is at the moment of connecting, nobody, everybody (nothing is
 * verified), or the roots given as PEM.
 */
export type Trust = 'host' | 'nobody' | 'everybody' | readonly string[]

/** What `tls.connect` needs to verify a peer under its own name, whatever address was dialled. */
export interface VerifyOptions {
  readonly ca: string[]
  readonly allowPartialTrustChain: true
  readonly rejectUnauthorized: boolean
  readonly servername?: string
  readonly checkServerIdentity: (dialled: string, certificate: PeerCertificate) => Error | undefined
  readonly minVersion?: SecureVersion
}

/**
 * A certificate that stands in the trust store itself is trusted, as on Windows. Without this OpenSSL looks for a
 * self-signed certificate by its subject alone, and of several `PSR8Server` in one store it believes only one.
 */
export const TRUST_AS_STORED = { allowPartialTrustChain: true } as const

/** The roots of a `Trust`. An empty list trusts nobody: Node then adds no roots of its own. */
export function rootsOf(environment: ClientEnvironment, trust: Trust = 'host'): string[] {
  if (trust === 'host') return [...environment.trust.pem]
  if (trust === 'nobody' || trust === 'everybody') return []
  return [...trust]
}

/**
 * Verification for a peer that is called `name`, a host name or an address. The certificate is held against that name and
 * not against the address dialled, which is the simulated network's business. An address is not sent as SNI (RFC 6066 section 3).
 */
export function verifyOptions(environment: ClientEnvironment, trust: Trust | undefined, name: string): VerifyOptions {
  return {
    ca: rootsOf(environment, trust),
    ...TRUST_AS_STORED,
    rejectUnauthorized: trust !== 'everybody',
    ...(isIP(name) === 0 && { servername: name }),
    checkServerIdentity: (_dialled, certificate) => checkServerIdentity(name, certificate),
  }
}

const contexts = new Map<string, SecureContext>()
const MAX_CONTEXTS = 50

/**
 * What OpenSSL makes of the roots, for a client with no other wishes: made once, because it takes as long as a handshake.
 * No session is kept in it, so that each connection shakes hands in full.
 */
export function verifyingContext({ ca }: Pick<VerifyOptions, 'ca'>): SecureContext {
  const key = ca.join('\n')
  const context = contexts.get(key) ?? createSecureContext({ ca, ...TRUST_AS_STORED })
  if (contexts.size >= MAX_CONTEXTS) contexts.clear()
  contexts.set(key, context)
  return context
}
