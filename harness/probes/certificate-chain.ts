import type { TlsFacts } from '../clients/tls-facts.ts'
import type { JsonObject } from '../context/json.ts'
import { certificateFacts } from '../pki/certificate-facts.ts'

/** A TLS session for an observation: protocol, cipher, ALPN, and what every certificate of the chain says, leaf first. */
export function sessionFacts({ chain, ...session }: TlsFacts): JsonObject {
  return { ...session, chain: chain.map((pem) => ({ ...certificateFacts(pem) })) }
}
