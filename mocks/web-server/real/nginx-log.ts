import { type FailurePattern, type LoggedError, orEmpty, type RequestEntry, requestLine, wayOf } from './real-log.ts'

/** A line of the entry log that nginx-configuration.ts declares. */
export function nginxEntry(line: string): RequestEntry | undefined {
  const [client, request, status, upstreams, headerTimes] = line.split('\t')
  if (client === undefined || status === undefined || !/^\d{3}$/.test(status)) return undefined
  // `a, b`: the next one was tried; `a : b`: an internal redirect.
  const list = (field: string | undefined) =>
    orEmpty(field)
      .split(/ ?[,:] /)
      .filter((text) => text !== '')
  return {
    client,
    ...requestLine(request),
    status: Number(status),
    upstreams: list(upstreams),
    answered: /^[\d.]+$/.test(list(headerTimes).at(-1) ?? ''),
  }
}

const NGINX_FAILURES: readonly FailurePattern[] = [
  [/^connect\(\) failed \(111:/, 'refused', 'ECONNREFUSED'],
  [/^connect\(\) failed \(113:/, 'unreachable', 'EHOSTUNREACH'],
  [/^connect\(\) failed \(101:/, 'unreachable', 'ENETUNREACH'],
  [/^connect\(\) failed \(110:/, 'connect-timeout', 'ETIMEDOUT'],
  [/^upstream timed out .* while connecting to upstream/, 'connect-timeout', 'ETIMEDOUT'],
  [/^upstream timed out .* while SSL handshaking to upstream/, 'connect-timeout', 'ETIMEDOUT'],
  [/^upstream timed out /, 'read-timeout', 'ETIMEDOUT'],
  [/could not be resolved|^host not found/, 'no-such-host', 'ENOTFOUND'],
  [/^upstream SSL certificate does not match/, 'certificate', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  [/^upstream SSL certificate verify error: /, 'certificate', ''],
  [/ while SSL handshaking to upstream/, 'handshake', ''],
  [/^recv\(\) failed \(104:/, 'reset', 'ECONNRESET'],
  [/^upstream prematurely closed connection/, 'closed', 'ECONNRESET'],
  [/^upstream sent /, 'invalid', ''],
  [/^no live upstreams/, 'no-live-upstream', ''],
]

const NGINX_LINE = /^\S+ \S+ \[(\w+)\] \d+#\d+: (?:\*\d+ )?(.*)$/

/** nginx's error log: level and what it says; undefined for a line that is none of its own. */
export function nginxLine(line: string): { readonly level: string; readonly text: string } | undefined {
  const [, level, text] = NGINX_LINE.exec(line) ?? []
  return level === undefined || text === undefined ? undefined : { level, text }
}

const nginxField = (text: string, field: string): string =>
  new RegExp(`, ${field}: (?:"([^"]*)"|([^,]*))`)
    .exec(text)
    ?.slice(1)
    .find((found) => found !== undefined) ?? ''

export function nginxError(text: string): LoggedError | undefined {
  const detail = text.split(', client: ', 1)[0] ?? text
  if (/ while SSL handshaking$|^peer closed connection in SSL handshake/.test(detail)) {
    return { type: 'tls-handshake-failed', facts: { reason: detail } }
  }
  if (/^client (sent|intended)/.test(detail)) return { type: 'bad-request', facts: { reason: detail } }
  // What follows from a failure is none of its own.
  if (detail.startsWith('upstream server temporarily disabled')) return undefined
  const [, kind, code] = NGINX_FAILURES.find(([pattern]) => pattern.test(detail)) ?? []
  if (kind === undefined || code === undefined) return undefined
  if (!text.includes(', client: ')) return undefined
  return {
    type: 'upstream-failed',
    client: nginxField(text, 'client'),
    way: wayOf(requestLine(nginxField(text, 'request')).url),
    upstream: nginxField(text, 'upstream'),
    failure: { kind, code, detail },
  }
}
