import { type FailurePattern, type LoggedError, orEmpty, type RequestEntry, requestLine } from './real-log.ts'

/** The type of Apache's own pages. */
const OWN_PAGE = 'text/html; charset=iso-8859-1'

/** A line of the entry log that apache-configuration.ts declares. */
export function apacheEntry(line: string): RequestEntry | undefined {
  const [client, request, status, worker, contentType] = line.split('\t')
  if (client === undefined || status === undefined || !/^\d{3}$/.test(status)) return undefined
  const upstream = orEmpty(worker)
  return {
    client,
    ...requestLine(request),
    status: Number(status),
    upstreams: upstream === '' ? [] : [upstream],
    answered: upstream !== '' && contentType !== OWN_PAGE,
  }
}

const APACHE_FAILURES: readonly FailurePattern[] = [
  [/^\(111\).*AH00957:/, 'refused', 'ECONNREFUSED'],
  [/^\((113|101)\).*AH00957:/, 'unreachable', 'EHOSTUNREACH'],
  [/AH00957:/, 'connect-timeout', 'ETIMEDOUT'],
  [/AH00898: DNS lookup failure/, 'no-such-host', 'ENOTFOUND'],
  [/AH02411:/, 'certificate', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  [/AH02004:/, 'certificate', 'CERT_HAS_EXPIRED'],
  [/AH02039:/, 'certificate', ''],
  [/AH02003:/, 'handshake', ''],
  [/^\(70007\).*AH0110[12]:/, 'read-timeout', 'ETIMEDOUT'],
  [/^\(104\).*AH0110[12]:/, 'reset', 'ECONNRESET'],
  [/AH0110[12]:/, 'closed', 'ECONNRESET'],
  [/AH01106:/, 'invalid', ''],
  [/AH01167:/, 'no-live-upstream', ''],
]

const APACHE_LINE = /^\[[^\]]*\] \[\w*:(\w+)\] \[pid [^\]]*\] (?:\[(client|remote) ([^\]]*)\] )?(.*)$/

/** A line of Apache's error log, without when and who wrote it. */
export interface ApacheLine {
  readonly level: string
  /** `10.1.0.9:43590`; empty where the line names none. */
  readonly client: string
  /** The application server at the other end, in the same form. */
  readonly remote: string
  readonly text: string
}

export function apacheLine(line: string): ApacheLine | undefined {
  // A system's error stands before the address.
  const turned = line.replace(/(\(\d+\)[^[]*: )(\[(?:client|remote) [^\]]*\] )/, '$2$1')
  const [, level, role, address = '', text] = APACHE_LINE.exec(turned) ?? []
  if (level === undefined || text === undefined) return undefined
  return { level, client: role === 'client' ? address : '', remote: role === 'remote' ? address : '', text }
}

export function apacheError({ client, remote, text }: ApacheLine): LoggedError | undefined {
  if (/AH0200[78]:/.test(text)) return { type: 'tls-handshake-failed', facts: { reason: text } }
  if (/AH0056[0-9]:|AH10244:|AH0199[0-9]:/.test(text)) return { type: 'bad-request', facts: { reason: text } }
  const [, kind, code] = APACHE_FAILURES.find(([pattern]) => pattern.test(text)) ?? []
  if (kind === undefined || code === undefined) return undefined
  const named = /connect to (\S+) \(|remote server ([\w.:-]+)|for: ([\w.-]+)/.exec(text)?.slice(1) ?? []
  const upstream = remote || (named.find((found) => found !== undefined) ?? '')
  const failure = { kind, code, detail: text }
  return { type: 'upstream-failed', client: client.replace(/:\d+$/, ''), upstream, failure }
}
