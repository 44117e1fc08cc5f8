import type { Product, Refusal, UpstreamFailure } from '../product.ts'
import { escaped, orDash } from './log-text.ts'
import { dateOf, timeOf } from './statuses.ts'

const SERVER = 'Microsoft-IIS/10.0' // facts.md 4.1: IIS 10
const SECOND = 1_000

// Windows error codes (winhttp.h): what ARR reports in sc-win32-status.
const WINHTTP = {
  timeout: 12_002,
  'name-not-resolved': 12_007,
  'cannot-connect': 12_029,
  'connection-error': 12_030,
  'invalid-response': 12_152,
  'secure-failure': 12_175,
} as const

interface PageText {
  readonly title: string
  readonly text: string
}

// The custom error pages that remote clients get (custerr\en-US).
const pages = new Map<number, PageText>([
  [
    404,
    {
      title: '404 - File or directory not found.',
      text: 'The resource you are looking for might have been removed, had its name changed, or is temporarily unavailable.',
    },
  ],
  [
    405,
    {
      title: '405 - HTTP verb used to access this page is not allowed.',
      text: 'The page you are looking for cannot be displayed because an invalid method (HTTP verb) was used to attempt access.',
    },
  ],
  [
    500,
    {
      title: '500 - Internal server error.',
      text: 'There is a problem with the resource you are looking for, and it cannot be displayed.',
    },
  ],
  [
    502,
    {
      title: '502 - Web server received an invalid response while acting as a gateway or proxy server.',
      text: 'There is a problem with the page you are looking for, and it cannot be displayed. When the Web server (while acting as a gateway or proxy) contacted the upstream content server, it received an invalid response from the content server.',
    },
  ],
])

const GATEWAY = { status: 502, subStatus: 3 } as const

function failed({ kind }: UpstreamFailure): Refusal {
  switch (kind) {
    case 'refused':
    case 'unreachable':
      return { ...GATEWAY, win32: WINHTTP['cannot-connect'] }
    case 'connect-timeout':
    case 'read-timeout':
      return { ...GATEWAY, win32: WINHTTP.timeout }
    case 'no-such-host':
      return { ...GATEWAY, win32: WINHTTP['name-not-resolved'] }
    case 'certificate':
    case 'handshake':
      return { ...GATEWAY, win32: WINHTTP['secure-failure'] }
    case 'reset':
    case 'closed':
      return { ...GATEWAY, win32: WINHTTP['connection-error'] }
    case 'invalid':
      return { ...GATEWAY, win32: WINHTTP['invalid-response'] }
    case 'no-live-upstream':
      return { status: 502, subStatus: 4 }
  }
}

const RULE = /^\/(api|realtime)(?:\/([^?]*))?(\?.*)?$/i

export const iis: Product = {
  name: 'iis',
  server: SERVER,
  redirectStatus: 301, // assumed: URL Rewrite's redirectType Permanent
  maxBodyBytes: 30_000_000, // requestFiltering maxAllowedContentLength
  limitsProxiedBodies: true,
  apiReadTimeoutMs: 120 * SECOND, // ARR proxy timeout
  realtimeReadTimeoutMs: 120 * SECOND, // the same
  clientTimeoutMs: 120 * SECOND, // connectionTimeout
  verifies: { chain: true, name: true, expiry: true }, // WinHTTP against the machine's store
  balancing: { failsOver: [], avoidMs: 0, triesWhenAllFailed: true }, // WeightedRoundRobin; health tests are off until configured
  keepsPlaces: false,
  connectsWithHandshake: true,
  hidesUpstreamServer: true,
  extraHeaders: { 'x-powered-by': 'ASP.NET' },
  closesAfter: new Set(),
  pathRefusal: () => undefined,
  proxiedHeaders: { 'x-powered-by': 'ARR/3.0' },
  staticMethods: ['GET', 'HEAD'],
  bodyTooLarge: { status: 404, subStatus: 13 },

  startProblem: () => undefined,
  route(url, modules) {
    const found = modules['url-rewrite'] ? RULE.exec(url) : null
    if (!found) return { to: 'site', path: url }
    const to = found[1]?.toLowerCase() === 'api' ? 'api' : 'realtime'
    return { to, path: `/${found[2] ?? ''}${found[3] ?? ''}` }
  },
  refusal(route, _upgrade, modules) {
    // web.config has a <rewrite> section that nobody knows: every request fails (0x8007000d).
    if (!modules['url-rewrite']) return { status: 500, subStatus: 19, win32: 13 }
    // A rule that points elsewhere has no handler when nobody proxies.
    return route.to !== 'site' && !modules.arr ? { status: 404, subStatus: 4, win32: 2 } : undefined
  },
  upgrades: ({ to }, modules) => to === 'realtime' && modules.arr && modules.websocket,
  forwarded: ({ clientAddress, clientPort, forwardedFor, upstreamHost, url }) => {
    const client = `${clientAddress}:${clientPort}` // includePortInXForwardedFor
    return {
      host: upstreamHost, // preserveHostHeader false
      'x-forwarded-for': forwardedFor === undefined ? client : `${forwardedFor}, ${client}`,
      'x-original-url': url,
      'x-arr-ssl': '2048|256|C=|CN=', // says that the client came over TLS; its values tell nothing here
    }
  },
  failed,
  // HTTP.sys answers by itself, and closes slow clients without a word.
  badRequest: (status) => (status.startsWith('408') ? undefined : { status: 400 }),

  page({ status }) {
    const known = pages.get(status)
    if (!known) {
      const text = status === 400 ? 'Bad Request - Invalid Header' : `Error ${status}`
      return {
        contentType: 'text/html; charset=us-ascii',
        body: `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN""http://www.w3.org/TR/html4/strict.dtd">\r\n<HTML><HEAD><TITLE>Bad Request</TITLE>\r\n<META HTTP-EQUIV="Content-Type" Content="text/html; charset=us-ascii"></HEAD>\r\n<BODY><h2>${text}</h2>\r\n<hr><p>HTTP Error ${status}.</p>\r\n</BODY></HTML>\r\n`,
      }
    }
    return {
      contentType: 'text/html',
      body: `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\r\n<html xmlns="http://www.w3.org/1999/xhtml">\r\n<head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"/>\r\n<title>${known.title}</title>\r\n</head>\r\n<body>\r\n<div id="header"><h1>Server Error</h1></div>\r\n<div id="content">\r\n <div class="content-container"><fieldset>\r\n  <h2>${known.title}</h2>\r\n  <h3>${known.text}</h3>\r\n </fieldset></div>\r\n</div>\r\n</body>\r\n</html>\r\n`,
    }
  },
  accessLine(entry) {
    const [stem = '', query = ''] = entry.url.split('?', 2)
    const field = (text: string) => escaped(orDash(text)).replaceAll(' ', '+')
    const when = `${dateOf(entry.at, '-')} ${timeOf(entry.at)}`
    // W3C extended log: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent)
    // cs(Referer) sc-status sc-substatus sc-win32-status time-taken
    return `${when} ${entry.serverAddress} ${entry.method} ${field(stem)} ${field(query)} ${entry.port} - ${entry.client} ${field(entry.userAgent)} ${field(entry.referer)} ${entry.status} ${entry.subStatus} ${entry.win32} ${entry.tookMs}`
  },
  failureLine(entry) {
    const { status, subStatus = 0, win32 = 0 } = failed(entry.failure)
    const upstream = `https://${entry.upstreamName}:${entry.upstreamPort}${entry.upstreamPath}`
    return `${dateOf(entry.at, '-')} ${timeOf(entry.at)} ARR ${status}.${subStatus} win32 ${win32} ${entry.client} ${escaped(entry.request)} -> ${escaped(upstream)}`
  },
}
