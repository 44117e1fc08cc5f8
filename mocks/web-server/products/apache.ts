import { climbs, hasBadEscape } from '../bad-path.ts'
import type { Product, UpstreamFailure } from '../product.ts'
import { escaped, htmlOf, orDash } from './log-text.ts'
import { commonLogTime, dayOf, monthOf, phrase, timeOf, twoDigits } from './statuses.ts'

const SERVER = 'Apache/2.4.58 (Ubuntu)' // facts.md 4.1: 2.4.58, on a Debian-like layout
const SECOND = 1_000

// modules/http/http_protocol.c and proxy_util.c, release 2.4: Apache's own words.
const phrases = new Map([
  [302, 'Found'],
  [413, 'Request Entity Too Large'],
])

const texts = new Map([
  [400, 'Your browser sent a request that this server could not understand.<br />\n'],
  [404, 'The requested URL was not found on this server.'],
  [408, 'Server timeout waiting for the HTTP request from the client.'],
  [
    413,
    'The requested resource does not allow request data with the request, or the amount of data provided in\nthe request exceeds the capacity limit.',
  ],
  [431, 'The server refused this request because\nthe request header fields are too large.'],
  [
    500,
    'The server encountered an internal error or\nmisconfiguration and was unable to complete\nyour request.</p>\n<p>Please contact the server administrator at \n webmaster@localhost to inform them of the time this error occurred,\n and the actions you performed just before this error.</p>\n<p>More information about this error may be available\nin the server error log.',
  ],
  [
    503,
    'The server is temporarily unable to service your\nrequest due to maintenance downtime or capacity\nproblems. Please try again later.',
  ],
])

const HANDSHAKE = 'Error during SSL Handshake with remote server'
const READING = 'Error reading from remote server'

function failureText(failure: UpstreamFailure, name: string, address: string, port: number): string {
  const target = `${address}:${port} (${name})`
  switch (failure.kind) {
    case 'refused':
      return `(111)Connection refused: AH00957: https: attempt to connect to ${target} failed`
    case 'connect-timeout':
      return `(110)Connection timed out: AH00957: https: attempt to connect to ${target} failed`
    case 'unreachable':
      return `(113)No route to host: AH00957: https: attempt to connect to ${target} failed`
    case 'no-such-host':
      return `(EAI 2)Name or service not known: AH00898: DNS lookup failure for: ${name}`
    case 'certificate':
      return failure.code === 'ERR_TLS_CERT_ALTNAME_INVALID'
        ? `AH02411: SSL Proxy: Peer certificate does not match for hostname ${name}; AH00898: ${HANDSHAKE}`
        : failure.code === 'CERT_HAS_EXPIRED'
          ? `AH02004: SSL Proxy: Peer certificate is expired; AH00898: ${HANDSHAKE}`
          : `AH02039: Certificate Verification: Error (${failure.detail}); AH00898: ${HANDSHAKE}`
    case 'handshake':
    case 'reset':
      return `AH02003: SSL Proxy connect failed (${failure.detail}); AH00898: ${HANDSHAKE}`
    case 'closed':
      return `(20014)Internal error (specific information not available): AH01102: error reading status line from remote server ${name}:${port}`
    case 'read-timeout':
      return `(70007)The timeout specified has expired: AH01102: error reading status line from remote server ${name}:${port}`
    case 'invalid':
      return `AH01106: bad HTTP response from remote server ${name}:${port}`
    case 'no-live-upstream':
      return 'AH01167: balancer://app: All workers are in error state for route ()'
  }
}

const textOf = (status: number, request: string): string =>
  status === 405
    ? `The requested method ${htmlOf(request.split(' ', 1)[0] ?? '')} is not allowed for this URL.`
    : (texts.get(status) ?? '')

const isBelow = (url: string, location: string): boolean => {
  const path = url.split('?', 1)[0] ?? ''
  return path === location || path.startsWith(`${location}/`)
}
const behind = (url: string, location: string): string => {
  const rest = url.slice(location.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

export const apache: Product = {
  name: 'apache',
  server: SERVER,
  redirectStatus: 301, // assumed: Redirect permanent
  maxBodyBytes: 1_073_741_824, // LimitRequestBody since 2.4.53
  limitsProxiedBodies: false, // LimitRequestBody: not for the proxy
  apiReadTimeoutMs: 60 * SECOND, // ProxyTimeout: Timeout's 60 s
  realtimeReadTimeoutMs: 60 * SECOND, // mod_proxy_wstunnel: the connection's timeout, 60 s
  clientTimeoutMs: 20 * SECOND, // mod_reqtimeout: header=20-40
  // SSLProxyVerify none, but SSLProxyCheckPeerName and SSLProxyCheckPeerExpire are on.
  verifies: { chain: false, name: true, expiry: true },
  balancing: {
    failsOver: ['refused', 'connect-timeout', 'unreachable'],
    avoidMs: 60 * SECOND,
    triesWhenAllFailed: true,
  }, // mod_proxy_balancer: byrequests, retry=60, forcerecovery
  keepsPlaces: false, // ap_proxy_determine_connection; it keeps what it found then, which is not modelled
  connectsWithHandshake: false, // connectiontimeout is for TCP; the handshake has the worker's timeout
  hidesUpstreamServer: false,
  extraHeaders: {},
  closesAfter: new Set([400, 408, 411, 413, 414, 500, 501, 503]), // ap_status_drops_connection
  pathRefusal(url) {
    if (hasBadEscape(url) || climbs(url, false)) return { status: 400 }
    // AllowEncodedSlashes Off
    return /%2f/i.test(url.split('?', 1)[0] ?? '') ? { status: 404 } : undefined
  },
  proxiedHeaders: {},
  staticMethods: ['GET', 'HEAD', 'POST'], // the default handler answers POST like GET
  bodyTooLarge: { status: 413 },

  startProblem({ rewrite, ssl }) {
    if (!rewrite) {
      const text =
        "Invalid command 'RewriteEngine', perhaps misspelled or defined by a module not included in the server configuration"
      return { closed: ['http', 'https'], text }
    }
    if (!ssl)
      return { closed: ['https'], text: 'ports.conf: Listen 443 stands in <IfModule ssl_module>, which is not loaded' }
    return undefined
  },
  route(url) {
    for (const to of ['api', 'realtime'] as const) {
      if (isBelow(url, `/${to}`)) return { to, path: behind(url, `/${to}`) }
    }
    return { to: 'site', path: url }
  },
  refusal(route, upgrade, modules) {
    // AH00934: a balancer whose members nobody knows how to ask.
    if (route.to === 'api' && !modules.proxy_http) return { status: 503 }
    if (route.to === 'realtime' && !modules.proxy_wstunnel) {
      const reason = `AH01144: No protocol handler was valid for the URL ${route.path} (scheme 'wss').`
      return { status: 500, reason }
    }
    // mod_proxy_wstunnel without an Upgrade hands on to mod_proxy_http, or declines.
    return route.to === 'realtime' && !upgrade && !modules.proxy_http ? { status: 500 } : undefined
  },
  upgrades: ({ to }, modules) => to === 'realtime' && modules.proxy_wstunnel,
  forwarded: ({ host, clientAddress, forwardedFor, upstreamHost, serverName }) => ({
    host: upstreamHost, // ProxyPreserveHost Off
    'x-forwarded-for': forwardedFor === undefined ? clientAddress : `${forwardedFor}, ${clientAddress}`,
    'x-forwarded-host': host,
    'x-forwarded-server': serverName,
  }),
  failed({ kind, detail }) {
    switch (kind) {
      case 'refused':
      case 'connect-timeout':
      case 'unreachable':
      case 'no-live-upstream':
        return { status: 503 }
      case 'no-such-host':
        // getaddrinfo's text ends in the name.
        return { status: 500, reason: `DNS lookup failure for: ${htmlOf(detail.slice(detail.lastIndexOf(' ') + 1))}` }
      case 'certificate':
      case 'handshake':
      case 'reset':
        return { status: 500, reason: HANDSHAKE }
      case 'read-timeout':
        return { status: 504 }
      case 'closed':
      case 'invalid':
        return { status: 502, reason: READING }
    }
  },
  badRequest: (status) => ({ status: status.startsWith('431') ? 400 : Number.parseInt(status, 10) }),

  page({ status, reason }, { serverName, port, request, location }) {
    const isProxyError = reason !== undefined && !reason.startsWith('AH')
    const title = isProxyError ? 'Proxy Error' : phrase(status, phrases)
    // ap_proxyerror, since 2.4.41: with what was asked for no more, and with a paragraph of its own.
    const text = isProxyError
      ? `The proxy server could not handle the request<p>Reason: <strong>${reason}</strong></p><p />`
      : location === undefined
        ? textOf(status, request)
        : `The document has moved <a href="${htmlOf(location)}">here</a>.`
    return {
      contentType: 'text/html; charset=iso-8859-1',
      body: `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n${isProxyError ? text : `<p>${text}</p>`}\n<hr>\n<address>${SERVER} Server at ${htmlOf(serverName)} Port ${port}</address>\n</body></html>\n`,
    }
  },
  accessLine(entry) {
    const request = `${entry.method} ${entry.url} HTTP/${entry.httpVersion}`
    const agent = escaped(orDash(entry.userAgent))
    return `${entry.client} - - [${commonLogTime(entry.at)}] "${escaped(request)}" ${entry.status} ${entry.bytes} "${escaped(orDash(entry.referer))}" "${agent}"`
  },
  failureLine(entry) {
    const { at } = entry
    const when = `${dayOf(at)} ${monthOf(at)} ${twoDigits(at.getUTCDate())} ${timeOf(at)}.${String(at.getUTCMilliseconds()).padStart(3, '0')}000 ${at.getUTCFullYear()}`
    const text = failureText(entry.failure, entry.upstreamName, entry.upstreamAddress, entry.upstreamPort)
    return `[${when}] [proxy:error] [pid 100:tid 100] [client ${entry.client}:${entry.clientPort}] ${text}`
  },
}
