import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** The negotiated session, as the client saw it. */
export interface TlsFacts {
  /** `TLSv1.3`, … */
  readonly protocol: string
  /** OpenSSL's name. */
  readonly cipher: string
  readonly alpn?: string
  /** Whether the chain was verified; never true where nothing is verified. */
  readonly authorized: boolean
  /** OpenSSL's code of what was wrong with the chain, where the connection was made all the same. */
  readonly authorizationError?: string
  /** The chain as the server sent it and OpenSSL completed it, leaf first, PEM. */
  readonly chain: readonly string[]
  readonly subject: string
  readonly issuer: string
  /** 40 hex digits, upper case. */
  readonly sha1Thumbprint: string
}

/** Facts of a TLS session whose handshake is over; nothing for a plain or unfinished one. */
export function tlsFacts(socket: Socket): TlsFacts | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const leaf = socket.getPeerX509Certificate()
  const protocol = socket.getProtocol()
  if (!leaf || !protocol) return undefined
  const chain: string[] = []
  for (let certificate: typeof leaf | undefined = leaf; certificate && chain.length < 16; ) {
    chain.push(certificate.toString())
    certificate = certificate.issuerCertificate
  }
  const error: unknown = socket.authorizationError // typed Error, and a string in truth
  return {
    protocol,
    cipher: socket.getCipher().name,
    ...(typeof socket.alpnProtocol === 'string' && { alpn: socket.alpnProtocol }),
    authorized: socket.authorized,
    ...(Boolean(error) && { authorizationError: error instanceof Error ? error.message : String(error) }),
    chain,
    subject: leaf.subject.replaceAll('\n', ', '),
    issuer: leaf.issuer.replaceAll('\n', ', '),
    sha1Thumbprint: leaf.fingerprint.replaceAll(':', ''),
  }
}

/**
 * Tells of the session as soon as its keys are agreed, before the certificate is judged: so that what was refused is known
 * too. `secure` is the event on which Node itself judges.
 */
export function onSession(socket: Socket, told: (facts: TlsFacts) => void): void {
  if (!(socket instanceof TLSSocket)) return
  socket.prependOnceListener('secure', () => {
    const facts = tlsFacts(socket)
    if (facts) told(facts)
  })
}
