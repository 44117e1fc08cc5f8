import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** The negotiated session, as the client saw it. */
export interface TlsFacts {
  /** `TLSv1.3`, … */
  readonly protocol: string
  /** OpenSSL's name. */
  readonly cipher: string
  readonly alpn?: string
  /** Whether OpenSSL found the chain and Node the name good; absent while that is not decided, or when it was refused. */
  readonly authorized?: boolean
  /** What was wrong with the certificate, where the connection was made all the same. */
  readonly authorizationError?: string
  /** The certificates that the server sent, leaf first, PEM: a missing intermediate is missing here, and so is the root. */
  readonly chain: readonly string[]
  readonly subject: string
  readonly issuer: string
  /** 40 hex digits, upper case. */
  readonly sha1Thumbprint: string
}

/** Facts of a TLS connection that was made; nothing for a plain socket, or one whose handshake is not over. */
export function tlsFacts(socket: Socket): TlsFacts | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const facts = sessionOf(socket)
  return facts && { ...facts, ...verdict(socket) }
}

function sessionOf(socket: TLSSocket): TlsFacts | undefined {
  const leaf = socket.getPeerX509Certificate()
  const protocol = socket.getProtocol()
  if (!leaf || !protocol) return undefined
  const chain: string[] = []
  for (let certificate: typeof leaf | undefined = leaf; certificate && chain.length < 16; ) {
    chain.push(certificate.toString())
    certificate = certificate.issuerCertificate
  }
  return {
    protocol,
    cipher: socket.getCipher().name,
    ...(typeof socket.alpnProtocol === 'string' && { alpn: socket.alpnProtocol }),
    chain,
    subject: oneLine(leaf.subject),
    issuer: oneLine(leaf.issuer),
    sha1Thumbprint: leaf.fingerprint.replaceAll(':', ''),
  }
}

/** Most special part first, as Windows shows it. */
const oneLine = (name: string): string => name.split('\n').reverse().join(', ')

/** Node's verdict on the certificate, once there is one. */
function verdict(socket: TLSSocket): Pick<TlsFacts, 'authorized' | 'authorizationError'> {
  const error: unknown = socket.authorizationError // typed Error, and a string or null in truth
  const text = error instanceof Error ? error.message : String(error ?? '')
  return { authorized: socket.authorized, ...(text && { authorizationError: text }) }
}

/**
 * Tells of the session as soon as its keys are agreed, before the certificate is judged, so that what was refused is known
 * too; and again with the verdict, when the connection is made. `secure` is the event on which Node itself judges.
 */
export function onSession(socket: TLSSocket, told: (facts: TlsFacts) => void): void {
  let facts: TlsFacts | undefined
  socket.prependOnceListener('secure', () => {
    facts = sessionOf(socket)
    if (facts) told(facts)
  })
  socket.once('secureConnect', () => {
    if (facts) told({ ...facts, ...verdict(socket) })
  })
}
