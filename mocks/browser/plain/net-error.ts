import { codeOf, messageOf } from '../../../harness/context/error.ts'
import type { BrowserError } from '../page.ts'

/** Codes of Node, OpenSSL and undici, and what Chromium calls the same failure (net/base/net_error_list.h). */
const netNames: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'ERR_NAME_NOT_RESOLVED'],
  ['EAI_AGAIN', 'ERR_NAME_NOT_RESOLVED'],
  ['ECONNREFUSED', 'ERR_CONNECTION_REFUSED'],
  ['ECONNRESET', 'ERR_CONNECTION_RESET'],
  ['EPIPE', 'ERR_CONNECTION_RESET'],
  ['ENETUNREACH', 'ERR_ADDRESS_UNREACHABLE'],
  ['EHOSTUNREACH', 'ERR_ADDRESS_UNREACHABLE'],
  ['EADDRNOTAVAIL', 'ERR_ADDRESS_INVALID'],
  ['ETIMEDOUT', 'ERR_CONNECTION_TIMED_OUT'],
  ['UND_ERR_CONNECT_TIMEOUT', 'ERR_CONNECTION_TIMED_OUT'],
  ['UND_ERR_HEADERS_TIMEOUT', 'ERR_TIMED_OUT'],
  ['UND_ERR_BODY_TIMEOUT', 'ERR_TIMED_OUT'],
  ['UND_ERR_SOCKET', 'ERR_EMPTY_RESPONSE'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'ERR_FILE_TOO_BIG'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'ERR_CONTENT_LENGTH_MISMATCH'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_CERT_AUTHORITY_INVALID'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'ERR_CERT_AUTHORITY_INVALID'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'ERR_CERT_AUTHORITY_INVALID'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'ERR_CERT_AUTHORITY_INVALID'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_CERT_AUTHORITY_INVALID'],
  ['CERT_HAS_EXPIRED', 'ERR_CERT_DATE_INVALID'],
  ['CERT_NOT_YET_VALID', 'ERR_CERT_DATE_INVALID'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_CERT_COMMON_NAME_INVALID'],
  ['CERT_REVOKED', 'ERR_CERT_REVOKED'],
  ['INVALID_PURPOSE', 'ERR_CERT_INVALID'],
  ['INVALID_CA', 'ERR_CERT_INVALID'],
  ['CERT_SIGNATURE_FAILURE', 'ERR_CERT_INVALID'],
  ['CA_MD_TOO_WEAK', 'ERR_CERT_WEAK_SIGNATURE_ALGORITHM'],
  ['EE_KEY_TOO_SMALL', 'ERR_CERT_WEAK_KEY'],
  ['CA_KEY_TOO_SMALL', 'ERR_CERT_WEAK_KEY'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH'],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH'],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH'],
  ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH'],
])

/** A failure of the client library in its own words, with the name that a browser gives it. */
export function browserErrorOf(error: unknown): BrowserError {
  const code = codeOf(error) ?? (error instanceof Error ? error.name : 'unknown')
  return { client: 'undici', code, text: messageOf(error), net: `net::${netNameOf(code)}`, ours: true }
}

function netNameOf(code: string): string {
  const known = netNames.get(code)
  if (known !== undefined) return known
  if (code.startsWith('HPE_')) return 'ERR_INVALID_HTTP_RESPONSE'
  return code === 'EPROTO' || code.startsWith('ERR_SSL_') ? 'ERR_SSL_PROTOCOL_ERROR' : 'ERR_FAILED'
}

/** What a browser refuses by itself, without a client library having said anything. */
export const ownError = (net: string, text: string): BrowserError => ({
  client: 'plain',
  code: net,
  text,
  net: `net::${net}`,
  ours: true,
})
