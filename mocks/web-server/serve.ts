import type { IncomingMessage, ServerResponse } from 'node:http'
import { passOn } from './pass-on.ts'
import { type Exchange, exchangeOf, isProxied, noteAccess, refuse, type Site, urlOf } from './site.ts'
import { staticFile } from './static-site.ts'

/** Answers a request on the HTTPS site. */
export async function serveSite(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { product, settings, limits } = site
  const exchange = begin(site, request, response, settings.httpsPort)
  const route = product.route(urlOf(request), settings.modules)
  const refusal = product.pathRefusal(urlOf(request)) ?? product.refusal(route, false, settings.modules)
  if (refusal) return refuse(site, exchange, response, refusal)
  const isLimited = product.limitsProxiedBodies || !isProxied(route)
  if (isLimited && Number(request.headers['content-length'] ?? 0) > limits.maxBodyBytes) {
    return refuse(site, exchange, response, product.bodyTooLarge)
  }
  if (isProxied(route)) return passOn(site, exchange, response, route)
  sendFile(site, exchange, response)
}

function sendFile(site: Site, exchange: Exchange, response: ServerResponse): void {
  const { product } = site
  const { request } = exchange
  if (!product.staticMethods.includes(request.method ?? '')) {
    refuse(site, exchange, response, { status: 405 })
    return
  }
  const { body, contentType, etag } = staticFile(urlOf(request))
  const headers = { server: product.server, etag, ...product.extraHeaders }
  if (request.headers['if-none-match'] === etag) {
    exchange.status = 304
    response.writeHead(304, headers).end()
    return
  }
  exchange.status = 200
  exchange.bytes = request.method === 'HEAD' ? 0 : Buffer.byteLength(body)
  response.writeHead(200, { ...headers, 'content-type': contentType, 'content-length': Buffer.byteLength(body) })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** Answers a request on port 80: everything moves to HTTPS. */
export function serveRedirect(site: Site, request: IncomingMessage, response: ServerResponse): void {
  const { product, settings, host } = site
  const exchange = begin(site, request, response, settings.httpPort)
  const refusal = product.refusal({ to: 'site', path: urlOf(request) }, false, settings.modules)
  if (refusal) {
    refuse(site, exchange, response, refusal)
    return
  }
  const name = (request.headers.host ?? '').replace(/:\d*$/, '') || host.fqdn
  const port = settings.httpsPort === 443 ? '' : `:${settings.httpsPort}`
  response.setHeader('location', `https://${name}${port}${urlOf(request)}`)
  refuse(site, exchange, response, { status: product.redirectStatus })
}

function begin(site: Site, request: IncomingMessage, response: ServerResponse, port: number): Exchange {
  const exchange = exchangeOf(site, request, port)
  response.once('close', () => noteAccess(site, exchange))
  return exchange
}
