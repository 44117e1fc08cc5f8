import { climbs, hasBadEscape } from '../bad-path.ts'
import { EVERY_CONNECTION_FAILURE, type Product, type UpstreamFailure } from '../product.ts'
import { escaped, orDash } from './log-text.ts'
import { commonLogTime, dateOf, phrase, timeOf } from './statuses.ts'

const SERVER = 'nginx/1.25.4' // facts.md 4.1: recommended
const SECOND = 1_000

// src/http/ngx_http_special_response.c, release 1.25.4: nginx's own words.
const phrases = new Map([
  [405, 'Not Allowed'],
  [413, 'Request Entity Too Large'],
  [504, 'Gateway Time-out'],
])

/** Text and phase of nginx's error log (ngx_http_upstream.c, ngx_connection.c). */
function failureText({ kind, code, detail }: UpstreamFailure, name: string): string {
  switch (kind) {
    case 'refused':
      return 'connect() failed (111: Connection refused) while connecting to upstream'
    case 'unreachable':
      return `connect() failed (113: No route to host) while connecting to upstream`
    case 'connect-timeout':
      return 'upstream timed out (110: Connection timed out) while connecting to upstream'
    case 'no-such-host':
      return `${name} could not be resolved (3: Host not found)`
    case 'reset':
      return 'recv() failed (104: Connection reset by peer) while reading response header from upstream'
    case 'certificate':
      return code === 'ERR_TLS_CERT_ALTNAME_INVALID'
        ? `upstream SSL certificate does not match "${name}" while SSL handshaking to upstream`
        : `upstream SSL certificate verify error: (${detail}) while SSL handshaking to upstream`
    case 'handshake':
      return `SSL_do_handshake() failed (SSL: ${detail}) while SSL handshaking to upstream`
    case 'closed':
      return 'upstream prematurely closed connection while reading response header from upstream'
    case 'invalid':
      return 'upstream sent invalid header while reading response header from upstream'
    case 'read-timeout':
      return 'upstream timed out (110: Connection timed out) while reading response header from upstream'
    case 'no-live-upstream':
      return 'no live upstreams while connecting to upstream'
  }
}

/** What stands behind a location whose proxy_pass ends in a slash: `/api/x` becomes `//x`, `/apifoo` becomes `/foo`. */
const behind = (url: string, location: string): string => `/${url.slice(location.length)}`

/** ngx_http_parse_complex_uri: an escape that is none, a way out of the root. */
const isBadPath = (url: string): boolean => hasBadEscape(url) || climbs(url, true)

export const nginx: Product = {
  name: 'nginx',
  server: SERVER,
  redirectStatus: 301, // T:nginx
  maxBodyBytes: 1_048_576, // client_max_body_size 1m
  limitsProxiedBodies: true,
  apiReadTimeoutMs: 90 * SECOND, // T:nginx
  realtimeReadTimeoutMs: 86_400 * SECOND, // T:nginx
  clientTimeoutMs: 60 * SECOND, // client_header_timeout, client_body_timeout
  verifies: { chain: false, name: false, expiry: false }, // proxy_ssl_verify off
  balancing: { failsOver: EVERY_CONNECTION_FAILURE, avoidMs: 10 * SECOND, triesWhenAllFailed: false }, // proxy_next_upstream error timeout; max_fails=1 fail_timeout=10s
  keepsPlaces: true, // ngx_parse_inet_url, for names in proxy_pass and server
  connectsWithHandshake: true, // ngx_http_upstream_ssl_init_connection: proxy_connect_timeout
  hidesUpstreamServer: true, // ngx_http_proxy_hide_headers: Date, Server, X-Pad, X-Accel-*
  // T:nginx: the misspelt header and the policy without a value are the site's own.
  extraHeaders: {
    'x-frame-options': 'SAMEORIGIN',
    'content-security-policy': 'frame-ancestors',
    'strict-transport-policy': 'max-age=31536000',
  },
  extraHeadersOn: new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]), // add_header without `always`
  closesAfter: new Set([400, 413]), // ngx_http_special_response_handler; a body that is not read
  pathRefusal: (url) => (isBadPath(url) ? { status: 400 } : undefined),
  proxiedHeaders: {},
  staticMethods: ['GET', 'HEAD'],
  bodyTooLarge: { status: 413 },

  startProblem: () => undefined,
  route(url) {
    if (url.startsWith('/api')) return { to: 'api', path: behind(url, '/api') }
    if (url.startsWith('/realtime')) return { to: 'realtime', path: behind(url, '/realtime') }
    return { to: 'site', path: url }
  },
  refusal: () => undefined,
  upgrades: ({ to }) => to === 'realtime',
  forwarded: ({ host, clientAddress, forwardedFor }) => ({
    host,
    'x-real-ip': clientAddress,
    'x-forwarded-for': forwardedFor === undefined ? clientAddress : `${forwardedFor}, ${clientAddress}`,
    'x-forwarded-proto': 'https',
  }),
  failed: ({ kind }) => ({ status: kind === 'connect-timeout' || kind === 'read-timeout' ? 504 : 502 }),
  // Slow clients are closed without a word (ngx_http_request.c); headers beyond the buffers are a 400 (code 494).
  badRequest: (status) =>
    status.startsWith('408')
      ? undefined
      : { status: 400, ...(status.startsWith('431') ? { reason: 'Request Header Or Cookie Too Large' } : {}) },

  page({ status, reason }) {
    const title = `${status} ${status === 400 && reason ? reason : phrase(status, phrases)}`
    const heading = `${status} ${phrase(status, phrases)}`
    const why = reason ? `<center>${reason}</center>\r\n` : ''
    return {
      contentType: 'text/html',
      body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${heading}</h1></center>\r\n${why}<hr><center>${SERVER}</center>\r\n</body>\r\n</html>\r\n`,
    }
  },
  accessLine(entry) {
    const request = `${entry.method} ${entry.url} HTTP/${entry.httpVersion}`
    const agent = escaped(orDash(entry.userAgent))
    return `${entry.client} - - [${commonLogTime(entry.at)}] "${escaped(request)}" ${entry.status} ${entry.bytes} "${escaped(orDash(entry.referer))}" "${agent}"`
  },
  failureLine(entry) {
    const text = failureText(entry.failure, entry.upstreamName)
    const upstream = `https://${entry.upstreamAddress}:${entry.upstreamPort}${entry.upstreamPath}`
    return `${dateOf(entry.at, '/')} ${timeOf(entry.at)} [error] 29#29: *1 ${text}, client: ${entry.client}, server: ${entry.serverName}, request: "${escaped(entry.request)}", upstream: "${escaped(upstream)}", host: "${escaped(entry.host)}"`
  },
}
