import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type SecureVersion, type TLSSocket } from 'node:tls'
import { withDeadline } from '../context/deadline.ts'
import { closing } from './closing.ts'
import { dialOptions } from './dial.ts'
import type { ClientEnvironment } from './environment.ts'
import { onSession, type TlsFacts } from './tls-facts.ts'
import { type Trust, verifyingContext, verifyOptions } from './trust.ts'

export interface TcpSettings {
  readonly host: string
  readonly port: number
  /** How long to wait for the connection, in milliseconds; the host's patience unless told. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface TlsSettings extends TcpSettings {
  /** The name asked for (SNI) and held against the certificate; the host unless told. */
  readonly servername?: string
  readonly trust?: Trust
  readonly minVersion?: SecureVersion
  readonly maxVersion?: SecureVersion
  readonly alpn?: readonly string[]
  /** OpenSSL's cipher list. */
  readonly ciphers?: string
  /** A client certificate and its key, PEM. */
  readonly identity?: { readonly cert: string; readonly key: string }
  /** Revocation lists, PEM: every certificate of the chain is then looked up, and needs its issuer's. */
  readonly crl?: readonly string[]
  /** Told once keys are agreed, also when the certificate is then refused. */
  readonly onSession?: (facts: TlsFacts) => void
}

/**
 * Node's own TCP and TLS. What fails is Node's or OpenSSL's error, untouched; both wait for ever, so that the wait is
 * ours: `deadline-exceeded`, saying whether TCP was connected. Who gets a socket owns it; disposing the client ends only what
 * is being connected.
 */
export interface TlsClient extends AsyncDisposable {
  connect(settings: TlsSettings): Promise<TLSSocket>
  tcp(settings: TcpSettings): Promise<Socket>
}

export function tlsClient(environment: ClientEnvironment): TlsClient {
  const connecting = closing(`the TLS client of ${environment.host}`)
  const made = <S extends Socket>(settings: TcpSettings, event: 'connect' | 'secureConnect', make: () => S) =>
    connecting.run(settings.signal, (signal) => {
      const timeoutMs = settings.timeoutMs ?? environment.patienceMs
      return established({ ...settings, timeoutMs, signal }, make(), event)
    })
  return {
    [Symbol.asyncDispose]: () => connecting[Symbol.asyncDispose](),
    tcp: (settings) =>
      made(settings, 'connect', () => connectTcp(dialOptions(environment, settings.host, settings.port))),
    connect: (settings) =>
      made(settings, 'secureConnect', () => {
        const { minVersion, maxVersion, alpn, ciphers, identity, crl } = settings
        const verify = verifyOptions(environment, settings.trust, settings.servername ?? settings.host)
        const plain = !minVersion && !maxVersion && !ciphers && !identity && !crl
        const socket = connectTls({
          ...dialOptions(environment, settings.host, settings.port),
          ...verify,
          ...(plain && { secureContext: verifyingContext(verify) }),
          ...(minVersion && { minVersion }),
          ...(maxVersion && { maxVersion }),
          ...(alpn && { ALPNProtocols: [...alpn] }),
          ...(ciphers && { ciphers }),
          ...(crl && { crl: [...crl] }),
          ...identity,
        })
        if (environment.keylog) socket.on('keylog', environment.keylog)
        if (settings.onSession) onSession(socket, settings.onSession)
        return socket
      }),
  }
}

async function established<S extends Socket>(
  settings: TcpSettings & { readonly timeoutMs: number },
  socket: S,
  event: 'connect' | 'secureConnect',
): Promise<S> {
  const layer = event === 'connect' ? 'TCP' : 'TLS'
  let seen = 'no answer to the TCP connection'
  socket.once('connect', () => {
    seen = 'TCP connected, no TLS session'
  })
  try {
    return await withDeadline(
      {
        what: `${layer} with ${settings.host}:${settings.port}`,
        timeoutMs: settings.timeoutMs,
        signal: settings.signal,
        lastSeen: () => seen,
      },
      () =>
        new Promise<S>((resolve, reject) => {
          socket.once(event, () => resolve(socket))
          socket.once('error', reject)
        }),
    )
  } catch (error) {
    // A socket that is destroyed while it connects can still report an error, to nobody.
    socket.on('error', () => {})
    socket.destroy()
    throw error
  }
}
