import { once } from 'node:events'
import { isIP } from 'node:net'
import { checkServerIdentity, type TLSSocket, connect as tlsConnect } from 'node:tls'
import { codeOf, messageOf } from '../../harness/context/error.ts'
import type { ComponentHost } from '../../harness/host/component-host.ts'
import type { UpstreamFailure } from './product.ts'

export interface Verification {
  readonly chain: boolean
  readonly name: boolean
  readonly expiry: boolean
}

export interface UpstreamTarget {
  readonly name: string
  /** What is dialled for it. */
  readonly dialled: string
  readonly port: number
  /** To connect, and to shake hands where that has no time of its own. */
  readonly timeoutMs: number
  readonly handshakeMs?: number | undefined
  readonly verify: Verification
}

export type UpstreamConnection =
  | { readonly ok: true; readonly socket: TLSSocket }
  | { readonly ok: false; readonly failure: UpstreamFailure }

const failed = (kind: UpstreamFailure['kind'], code: string, detail: string): UpstreamConnection => ({
  ok: false,
  failure: { kind, code, detail },
})

/** Opens a TLS connection to an application server, as this host; what goes wrong is data. */
export async function connectUpstream(host: ComponentHost, target: UpstreamTarget): Promise<UpstreamConnection> {
  const deadline = AbortSignal.timeout(target.timeoutMs)
  const raw = host.connect({ host: target.dialled, port: target.port })
  try {
    await once(raw, 'connect', { signal: deadline })
  } catch (error) {
    raw.destroy()
    if (deadline.aborted) return failed('connect-timeout', 'ETIMEDOUT', 'connection timed out')
    return failed(connectFailures.get(codeOf(error) ?? '') ?? 'unreachable', codeOf(error) ?? '', messageOf(error))
  }
  const socket = tlsConnect({
    socket: raw,
    ca: [...host.trust.pem],
    // Whether a bad certificate matters differs by product and setting: judged below.
    rejectUnauthorized: false,
    // Every application server's certificate is called PSR8Server. OpenSSL takes the first root of that name for the issuer,
    // and finds the right one only when it may end a chain anywhere; Windows looks for the very certificate.
    allowPartialTrustChain: true,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    ...(isIP(target.name) === 0 ? { servername: target.name } : {}),
  })
  if (host.keylog) socket.on('keylog', host.keylog)
  const patience = target.handshakeMs === undefined ? deadline : AbortSignal.timeout(target.handshakeMs)
  try {
    await once(socket, 'secureConnect', { signal: patience })
  } catch (error) {
    socket.destroy()
    raw.destroy()
    if (patience.aborted) {
      const kind = target.handshakeMs === undefined ? 'connect-timeout' : 'handshake'
      return failed(kind, 'ETIMEDOUT', 'handshake timed out')
    }
    const code = codeOf(error) ?? ''
    return failed(code === 'ECONNRESET' ? 'reset' : 'handshake', code, messageOf(error))
  }
  const problem = certificateProblem(socket, target, host)
  if (!problem) return { ok: true, socket }
  socket.destroy()
  return { ok: false, failure: problem }
}

const connectFailures = new Map<string, UpstreamFailure['kind']>([
  ['ECONNREFUSED', 'refused'],
  ['ETIMEDOUT', 'connect-timeout'],
  ['ENOTFOUND', 'no-such-host'],
  ['EAI_AGAIN', 'no-such-host'],
  ['ECONNRESET', 'reset'],
])

const NAME_MISMATCH = 'ERR_TLS_CERT_ALTNAME_INVALID'

function certificateProblem(
  socket: TLSSocket,
  target: UpstreamTarget,
  host: ComponentHost,
): UpstreamFailure | undefined {
  const { chain, name, expiry } = target.verify
  const certificate = socket.getPeerCertificate()
  if (!certificate.raw) return { kind: 'handshake', code: '', detail: 'no certificate' }
  const now = host.now()
  const isOver = new Date(certificate.valid_to) <= now || new Date(certificate.valid_from) > now
  if (expiry && isOver) return { kind: 'certificate', code: 'CERT_HAS_EXPIRED', detail: '10:certificate has expired' }
  // OpenSSL's code as Node names it; the name is not its business, and comes next.
  const verdict = socket.authorizationError
    ? (codeOf(socket.authorizationError) ?? String(socket.authorizationError))
    : ''
  if (chain && verdict !== '' && verdict !== NAME_MISMATCH)
    return { kind: 'certificate', code: verdict, detail: verdict }
  const mismatch = name ? checkServerIdentity(target.name, certificate) : undefined
  return mismatch && { kind: 'certificate', code: NAME_MISMATCH, detail: mismatch.message }
}
