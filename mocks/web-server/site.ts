import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller, ComponentHost } from '../../harness/host/component-host.ts'
import type { BoundedLog } from './bounded-log.ts'
import type { KeptPlaces } from './kept-places.ts'
import type { Page, Product, Refusal, Route, UpstreamFailure } from './product.ts'
import type { WebServerSettings } from './settings.ts'
import { connectUpstream, type UpstreamConnection, type Verification } from './upstream-connection.ts'
import type { Upstream, Upstreams, Way } from './upstreams.ts'

/** A web server at work: what all of its requests share. */
export interface Site {
  readonly host: ComponentHost
  readonly settings: WebServerSettings
  readonly product: Product
  readonly limits: {
    readonly connectTimeoutMs: number
    readonly readTimeoutMs: Readonly<Record<Way, number>>
    readonly clientTimeoutMs: number
    readonly maxBodyBytes: number
  }
  readonly verify: Verification
  readonly upstreams: Upstreams
  readonly places: KeptPlaces
  readonly access: BoundedLog
  readonly errors: BoundedLog
}

/** One request on its way through, and what the access log will say of it. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly caller: Caller
  readonly port: number
  readonly startedMs: number
  status: number
  subStatus: number
  win32: number
  bytes: number
}

export type Reached =
  | { readonly ok: true; readonly upstream: Upstream; readonly socket: (UpstreamConnection & { ok: true })['socket'] }
  | { readonly ok: false; readonly refusal: Refusal }

export type ProxiedRoute = Route & { readonly to: Way }

export const isProxied = (route: Route): route is ProxiedRoute => route.to !== 'site'

export const urlOf = (request: IncomingMessage): string => request.url ?? '/'
const requestLine = ({ request }: Exchange): string =>
  `${request.method ?? ''} ${urlOf(request)} HTTP/${request.httpVersion}`.slice(0, 500)

export function exchangeOf(site: Site, request: IncomingMessage, port: number): Exchange {
  const caller = site.host.callerOf(request.socket)
  return { request, caller, port, startedMs: performance.now(), status: 0, subStatus: 0, win32: 0, bytes: 0 }
}

/** Opens a connection to the application server whose turn it is, or to the next where the product goes on. */
export async function reach(site: Site, exchange: Exchange, route: ProxiedRoute): Promise<Reached> {
  const { host, product, upstreams, limits, verify, places } = site
  const tried = new Set<Upstream>()
  const handshakeMs = product.connectsWithHandshake ? undefined : limits.readTimeoutMs[route.to]
  let refusal: Refusal | undefined
  for (let next = upstreams.next(route.to, tried); next; next = upstreams.next(route.to, tried)) {
    const target = {
      name: next.name,
      dialled: places.dialled(next.name),
      port: next.ports[route.to],
      timeoutMs: limits.connectTimeoutMs,
      handshakeMs,
      verify,
    }
    const connection = await connectUpstream(host, target)
    if (connection.ok) {
      upstreams.worked(route.to, next)
      return { ok: true, upstream: next, socket: connection.socket }
    }
    refusal = noteFailure(site, exchange, route, next, connection.failure)
    const goesOn = product.balancing.failsOver.includes(connection.failure.kind)
    upstreams.failed(route.to, next, goesOn)
    if (!goesOn) break
    tried.add(next)
  }
  const nobody: UpstreamFailure = { kind: 'no-live-upstream', code: '', detail: '' }
  return { ok: false, refusal: refusal ?? noteFailure(site, exchange, route, undefined, nobody) }
}

/** Writes a failure to the error log and the journal; gives what the client is to be told. */
export function noteFailure(
  { host, product, errors }: Site,
  exchange: Exchange,
  route: ProxiedRoute,
  upstream: Upstream | undefined,
  failure: UpstreamFailure,
): Refusal {
  const { caller, request } = exchange
  errors.write(
    product.failureLine({
      at: host.now(),
      client: caller.address,
      clientPort: caller.port,
      serverName: host.fqdn,
      request: requestLine(exchange),
      host: (request.headers.host ?? '').slice(0, 300),
      upstreamName: upstream?.name ?? 'app',
      upstreamAddress: upstream?.address ?? 'app',
      upstreamPort: upstream?.ports[route.to] ?? 0,
      upstreamPath: route.path.slice(0, 500),
      failure,
    }),
  )
  const refusal = product.failed(failure)
  const { kind, code, detail } = failure
  const client = caller.host ?? caller.address
  const what = { client, route: route.to, upstream: upstream?.host ?? '', port: upstream?.ports[route.to] ?? 0 }
  host.journal('upstream-failed', { ...what, kind, code, detail, status: refusal.status })
  return refusal
}

/** Writes the line that every request ends with. */
export function noteAccess({ host, product, access }: Site, exchange: Exchange): void {
  const { request, caller, port, startedMs, status, subStatus, win32, bytes } = exchange
  access.write(
    product.accessLine({
      at: host.now(),
      client: caller.address,
      method: request.method ?? '',
      url: urlOf(request).slice(0, 2_000),
      httpVersion: request.httpVersion,
      status,
      subStatus,
      win32,
      bytes,
      referer: (request.headers.referer ?? '').slice(0, 500),
      userAgent: (request.headers['user-agent'] ?? '').slice(0, 500),
      serverAddress: host.address,
      port,
      tookMs: Math.round(performance.now() - startedMs),
    }),
  )
}

/** The product's own page for a refusal, with the headers that go with it; the exchange remembers it. */
export function refusalPage(
  site: Site,
  exchange: Exchange,
  refusal: Refusal,
  location?: string,
): Page & { headers: Record<string, string> } {
  const { product, host } = site
  exchange.status = refusal.status
  exchange.subStatus = refusal.subStatus ?? 0
  exchange.win32 = refusal.win32 ?? 0
  const request = `${exchange.request.method ?? ''} ${urlOf(exchange.request)}`.slice(0, 500)
  const page = product.page(refusal, { serverName: host.fqdn, port: exchange.port, request, location })
  exchange.bytes = Buffer.byteLength(page.body)
  const headers = {
    server: product.server,
    'content-type': page.contentType,
    'content-length': String(exchange.bytes),
    ...(product.closesAfter.has(refusal.status) ? { connection: 'close' } : {}),
  }
  return { ...page, headers }
}

export function refuse(site: Site, exchange: Exchange, response: ServerResponse, refusal: Refusal): void {
  const location = response.getHeader('location')
  const { body, headers } = refusalPage(site, exchange, refusal, location === undefined ? undefined : String(location))
  const { status, reason } = refusal
  if (status >= 400) {
    const client = exchange.caller.host ?? exchange.caller.address
    const url = urlOf(exchange.request).slice(0, 200)
    site.host.journal('refused', { client, url, status, ...(reason === undefined ? {} : { reason }) })
  }
  response.writeHead(status, headers).end(body)
}
