import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { codeOf, messageOf } from '../../harness/context/error.ts'
import { endToEnd } from './headers.ts'
import type { UpstreamFailure } from './product.ts'
import { type Exchange, noteFailure, type ProxiedRoute, type Reached, reach, refuse, type Site, urlOf } from './site.ts'

/** Headers for the application server: the client's, without those of its connection, and the product's own. */
export function headersFor(site: Site, { request, caller }: Exchange, upstreamHost: string) {
  const forwardedFor = request.headers['x-forwarded-for']
  return {
    ...endToEnd(request.headers),
    ...site.product.forwarded({
      clientAddress: caller.address,
      clientPort: caller.port,
      host: request.headers.host ?? site.host.fqdn,
      url: urlOf(request),
      forwardedFor: typeof forwardedFor === 'string' ? forwardedFor : undefined,
      upstreamHost,
      serverName: site.host.fqdn,
    }),
  }
}

/** What went wrong between the request and the answer's head. */
export function exchangeFailure(error: unknown): UpstreamFailure {
  const code = codeOf(error) ?? ''
  const kind = code.startsWith('HPE_') ? 'invalid' : 'closed'
  return { kind, code, detail: messageOf(error) }
}

export const SILENT: UpstreamFailure = { kind: 'read-timeout', code: 'ETIMEDOUT', detail: 'no answer in time' }

/** Passes a request on to an application server, and its answer back, chunk by chunk. */
export async function passOn(
  site: Site,
  exchange: Exchange,
  response: ServerResponse,
  route: ProxiedRoute,
): Promise<void> {
  const reached = await reach(site, exchange, route)
  if (!reached.ok) return refuse(site, exchange, response, reached.refusal)
  if (response.destroyed) {
    reached.socket.destroy()
    return
  }
  transfer(site, exchange, response, route, reached)
}

function transfer(
  site: Site,
  exchange: Exchange,
  response: ServerResponse,
  route: ProxiedRoute,
  { socket, upstream }: Reached & { ok: true },
): void {
  const { request } = exchange
  const { product, limits } = site
  const outgoing = httpRequest({
    createConnection: () => socket,
    method: request.method ?? 'GET',
    path: route.path,
    headers: { ...headersFor(site, exchange, `${upstream.name}:${upstream.ports[route.to]}`), connection: 'close' },
    setHost: false,
  })
  let settled = false
  const fail = (failure: UpstreamFailure) => {
    if (settled) return
    settled = true
    outgoing.destroy()
    const refusal = noteFailure(site, exchange, route, upstream, failure)
    if (response.headersSent) response.destroy()
    else refuse(site, exchange, response, refusal)
  }
  outgoing.setTimeout(limits.readTimeoutMs[route.to], () => fail(SILENT))
  outgoing.on('error', (error) => fail(exchangeFailure(error)))
  outgoing.on('response', (answer: IncomingMessage) => {
    if (settled) return void answer.destroy()
    settled = true
    exchange.status = answer.statusCode ?? 502
    const hidden = product.hidesUpstreamServer ? ['server', 'date'] : []
    response.writeHead(exchange.status, answer.statusMessage ?? '', {
      ...(product.hidesUpstreamServer || answer.headers.server === undefined ? { server: product.server } : {}),
      ...endToEnd(answer.headers, hidden),
      // RFC 9110 section 15.5.22: an answer that asks for another protocol names it.
      ...(answer.statusCode === 426 && answer.headers.upgrade ? { upgrade: answer.headers.upgrade } : {}),
      ...(product.extraHeadersOn?.has(exchange.status) === false ? {} : product.extraHeaders),
      ...product.proxiedHeaders,
    })
    answer.on('data', (chunk: Buffer) => {
      exchange.bytes += chunk.length
    })
    // Half an answer must not look like a whole one.
    answer.on('error', () => response.destroy())
    answer.pipe(response)
  })
  response.on('close', () => {
    settled = true
    outgoing.destroy()
  })

  let received = 0
  request.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (!product.limitsProxiedBodies || received <= limits.maxBodyBytes || settled) return
    settled = true
    request.unpipe(outgoing)
    outgoing.destroy()
    refuse(site, exchange, response, product.bodyTooLarge)
  })
  request.pipe(outgoing)
}
