import { HarnessError, messageOf } from '../context/error.ts'
import type { ClientError, EndedBy } from './observation.ts'

/** How an attempt failed: who ended it, and what the client said. */
export interface Failure {
  readonly ended: EndedBy
  readonly error: ClientError
  /** The innermost error, where the client wrapped it: often the only one with a telling code. */
  readonly cause?: { readonly code?: string; readonly text: string }
}

/** The codes that tell by themselves who ended the attempt; the libraries' own words for them. */
const ENDED_BY_CODE: ReadonlyMap<string, EndedBy> = new Map([
  // The name does not resolve (getaddrinfo, nodemailer).
  ['ENOTFOUND', 'local'],
  ['EAI_AGAIN', 'local'],
  ['EAI_NODATA', 'local'],
  ['EDNS', 'local'],
  // The kernel, from what came over the wire or from a table of its own.
  ['ECONNREFUSED', 'peer'],
  ['ECONNRESET', 'peer'],
  ['ECONNABORTED', 'peer'],
  ['EPIPE', 'peer'],
  ['EHOSTUNREACH', 'peer'],
  ['ENETUNREACH', 'local'],
  ['EADDRNOTAVAIL', 'local'],
  ['EACCES', 'local'],
  ['EPERM', 'local'],
  // undici
  ['UND_ERR_CONNECT_TIMEOUT', 'client-timer'],
  ['UND_ERR_HEADERS_TIMEOUT', 'client-timer'],
  ['UND_ERR_BODY_TIMEOUT', 'client-timer'],
  ['UND_ERR_SOCKET', 'peer'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'local'],
  ['UND_ERR_ABORTED', 'deadline'],
  // tedious
  ['ETIMEOUT', 'client-timer'],
  ['ELOGIN', 'peer'],
  ['EREQUEST', 'peer'],
  ['EENCRYPT', 'local'],
  ['EINSTLOOKUP', 'peer'],
  // nodemailer
  ['EAUTH', 'peer'],
  ['EENVELOPE', 'peer'],
  ['EMESSAGE', 'peer'],
  ['EPROTOCOL', 'peer'],
  ['ECONNECTION', 'peer'],
])

/** `ws` gives no codes, and nodemailer puts its own over Node's. */
const ENDED_BY_TEXT: ReadonlyMap<RegExp, EndedBy> = new Map([
  [/^Opening handshake has timed out$/, 'client-timer'],
  [/^Unexpected server response: \d+$/, 'peer'],
  [/^socket hang up$/, 'peer'],
  [/^Client network socket disconnected before secure TLS connection was established$/, 'peer'],
])

/** Reads an error of any client. Looks at codes and events, never at how long it took. */
export function failureOf(client: string, thrown: unknown): Failure {
  const innermost = innermostOf(thrown)
  const code = codeAt(thrown)
  const ours = thrown instanceof HarnessError || part(thrown, 'ours') === true
  // A wrapper that repeats what it wraps (mssql's) is no news.
  const cause = messageOf(innermost) === messageOf(thrown) && codeAt(innermost) === code ? undefined : innermost
  const causeCode = codeAt(cause)
  return {
    ended: endedBy(thrown, innermost),
    error: { client, ...(code !== undefined && { code }), text: messageOf(thrown), ...(ours && { ours }) },
    ...(cause !== undefined && {
      cause: { ...(causeCode !== undefined && { code: causeCode }), text: messageOf(cause) },
    }),
  }
}

function endedBy(thrown: unknown, innermost: unknown): EndedBy {
  if (thrown instanceof HarnessError) return thrown.code === 'deadline-exceeded' ? 'deadline' : 'local'
  if (part(thrown, 'name') === 'AbortError') return 'deadline'
  const text = messageOf(innermost)
  const code = codeAt(innermost) ?? ''
  // nodemailer and libuv share a name for two different clocks; only the kernel's has a system call.
  if (code === 'ETIMEDOUT') return part(innermost, 'syscall') === undefined ? 'client-timer' : 'kernel-timer'
  for (const [pattern, ended] of ENDED_BY_TEXT) if (pattern.test(text)) return ended
  const known = ENDED_BY_CODE.get(code)
  if (known) return known
  // OpenSSL tells an alert received by `alert` in the code or the text; all else it found out by itself.
  if (/ALERT/.test(code) || /\bSSL alert number \d+/.test(text)) return 'peer'
  // nodemailer puts ESOCKET over the system's code, but leaves the number of the error.
  const system = typeof part(innermost, 'errno') === 'number' ? / (E[A-Z]+)\b/.exec(text)?.[1] : undefined
  if (system) return system === 'ETIMEDOUT' ? 'kernel-timer' : (ENDED_BY_CODE.get(system) ?? 'peer')
  if (typeof part(innermost, 'responseCode') === 'number') return 'peer'
  return 'local'
}

/** Down the causes; of several attempts the last one, which is the one that ended it. */
function innermostOf(thrown: unknown): unknown {
  let error = thrown
  for (let depth = 0; depth < 8; depth++) {
    const attempts = part(error, 'errors')
    const inner =
      part(error, 'originalError') ?? part(error, 'cause') ?? (Array.isArray(attempts) ? attempts.at(-1) : undefined)
    if (!(inner instanceof Error)) return error
    error = inner
  }
  return error
}

const part = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

function codeAt(error: unknown): string | undefined {
  const code = part(error, 'code')
  return typeof code === 'string' ? code : undefined
}
