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
  // What a name server answers, in the words of Node's own resolver (c-ares).
  ['ENODATA', 'peer'],
  ['EFORMERR', 'peer'],
  ['ESERVFAIL', 'peer'],
  ['ENOTIMP', 'peer'],
  ['EREFUSED', 'peer'],
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
  [/^DNS lookup for .+ timed out$/, 'client-timer'],
  [/^Unexpected server response: \d+$/, 'peer'],
  [/^socket hang up$/, 'peer'],
  [/^Client network socket disconnected before secure TLS connection was established$/, 'peer'],
])

/** An end that a probe puts into words itself, because its client only emits an event. */
export class AttemptEnded extends Error {
  readonly ended: EndedBy
  readonly code: string
  readonly ours = true

  constructor(ended: EndedBy, code: string, text: string) {
    super(text)
    this.ended = ended
    this.code = code
  }
}

/** Reads an error of any client. Looks at codes and events, never at how long it took. */
export function failureOf(client: string, thrown: unknown): Failure {
  const chain = chainOf(thrown)
  const code = codeAt(thrown)
  const ours = thrown instanceof HarnessError || part(thrown, 'ours') === true
  return {
    ended: chain.map(endedBy).findLast((ended) => ended !== undefined) ?? 'local',
    error: { client, ...(code !== undefined && { code }), text: messageOf(thrown), ...(ours && { ours }) },
    ...causeOf(thrown, chain.at(-1)),
  }
}

/** A wrapper that repeats what it wraps, as mssql's does, has nothing new below it. */
function causeOf(thrown: unknown, innermost: unknown): Pick<Failure, 'cause'> {
  const code = codeAt(innermost)
  const text = messageOf(innermost)
  if (innermost === thrown) return {}
  if (text === messageOf(thrown) && (code === undefined || code === codeAt(thrown))) return {}
  return { cause: { ...(code !== undefined && { code }), text } }
}

/** What this error tells, without those it wraps. */
function endedBy(error: unknown): EndedBy | undefined {
  if (error instanceof AttemptEnded) return error.ended
  if (error instanceof HarnessError) return error.code === 'deadline-exceeded' ? 'deadline' : 'local'
  if (part(error, 'name') === 'AbortError') return 'deadline'
  const text = messageOf(error)
  const code = codeAt(error) ?? ''
  // nodemailer and libuv share a name for two different clocks; only the kernel's has a system call.
  if (code === 'ETIMEDOUT') return part(error, 'syscall') === undefined ? 'client-timer' : 'kernel-timer'
  for (const [pattern, ended] of ENDED_BY_TEXT) if (pattern.test(text)) return ended
  const known = ENDED_BY_CODE.get(code)
  if (known) return known
  // OpenSSL tells an alert received by `alert` in the code or the text; all else it found out by itself.
  if (/ALERT/.test(code) || /\bSSL alert number \d+/.test(text)) return 'peer'
  // nodemailer puts ESOCKET over the system's code, but leaves the number of the error.
  const system = typeof part(error, 'errno') === 'number' ? / (E[A-Z]+)\b/.exec(text)?.[1] : undefined
  if (system) return system === 'ETIMEDOUT' ? 'kernel-timer' : ENDED_BY_CODE.get(system)
  return typeof part(error, 'responseCode') === 'number' ? 'peer' : undefined
}

/** Down the causes, outermost first; of several attempts the last one, which is the one that ended it. */
function chainOf(thrown: unknown): readonly unknown[] {
  const chain = [thrown]
  for (let error = thrown; chain.length < 8; chain.push(error)) {
    const attempts = part(error, 'errors')
    const last: unknown = Array.isArray(attempts) ? attempts.at(-1) : undefined
    error = part(error, 'originalError') ?? part(error, 'cause') ?? last
    if (!(error instanceof Error)) break
  }
  return chain
}

const part = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

function codeAt(error: unknown): string | undefined {
  const code = part(error, 'code')
  return typeof code === 'string' ? code : undefined
}
