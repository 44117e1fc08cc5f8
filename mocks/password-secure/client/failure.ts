import { codeOf, HarnessError, messageOf } from '../../../harness/context/error.ts'
import type { ClientFailure } from './actions.ts'

/** What the product's client shows when the certificate is not trusted (facts, section 9.1, P1). */
export const NOT_TRUSTED = 'This connection is not trusted!'

const notResolved = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ENODATA'])
const timedOut = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'deadline-exceeded'])
const unreachable = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'])
const closed = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ERR_STREAM_PREMATURE_CLOSE', 'closed'])

// OpenSSL's verification results as Node names them (X509_V_ERR_…), and Node's own check of the name.
const certificateCode =
  /^(?:UNABLE_TO_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/

/** The reason behind an error of a client library, with its own code; the text is the library's unless the product has one. */
export function failureOf(thrown: unknown): ClientFailure {
  const code = codeOf(thrown) ?? 'unknown'
  const text = messageOf(thrown)
  const fail = (reason: ClientFailure['reason'], shown = text): ClientFailure => ({
    ok: false,
    reason,
    code,
    text: shown,
  })
  if (thrown instanceof HarnessError && thrown.code !== 'deadline-exceeded') throw thrown
  if (notResolved.has(code)) return fail('name-not-resolved')
  if (certificateCode.test(code)) return fail('not-trusted', `${NOT_TRUSTED} (${text})`)
  if (timedOut.has(code) || /timed out/i.test(text)) return fail('timed-out')
  if (unreachable.has(code)) return fail('unreachable')
  if (closed.has(code)) return fail('closed')
  return fail('protocol')
}

/** What the server answered when it said no. */
export function refusedBy(code: string, text: string): ClientFailure {
  const reason =
    code === 'not-found' || code === 'not-allowed' || code === 'not-logged-in'
      ? code
      : code === 'bad-request'
        ? 'protocol'
        : 'refused'
  return { ok: false, reason, code, text }
}

export const notLoggedIn: ClientFailure = {
  ok: false,
  reason: 'not-logged-in',
  code: 'not-logged-in',
  text: 'This client is not logged in.',
}
