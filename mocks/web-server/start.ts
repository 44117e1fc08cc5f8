import { createServer, type Server as HttpServer, type ServerOptions } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { messageOf } from '../../harness/context/error.ts'
import { leafOf } from '../../harness/host/certificate-setting.ts'
import type { RunningComponent } from '../../harness/host/component.ts'
import type { Listening } from '../../harness/host/component-host.ts'
import { speaking } from '../../harness/host/server-tls.ts'
import { answerClientError, statusOfClientError } from '../../harness/servers/http-client-error.ts'
import type { webServerActions } from './actions.ts'
import { BoundedLog } from './bounded-log.ts'
import { responseHead } from './headers.ts'
import { KeptPlaces } from './kept-places.ts'
import { passUpgrade, type Tunnels } from './pass-upgrade.ts'
import { productOf } from './products/by-name.ts'
import { phrase } from './products/statuses.ts'
import type { WebServerStart } from './references.ts'
import { serveRedirect, serveSite } from './serve.ts'
import { exchangeOf, isProxied, type Site, urlOf } from './site.ts'
import { limitsOf, trustAppServers, upstreamsOf } from './site-parts.ts'
import { Upstreams } from './upstreams.ts'

const MAX_HEADER_BYTES = 16_384

export async function startWebServer(start: WebServerStart): Promise<RunningComponent<typeof webServerActions>> {
  const { host, settings } = start
  const site = siteOf(start)
  const { product, upstreams } = site
  const tunnels: Tunnels = new Set()
  if (settings.trustAppServer) trustAppServers(start)

  const unresolved = async (): Promise<string | undefined> => {
    const missing = product.keepsPlaces ? await site.places.look() : undefined
    return missing === undefined ? undefined : `host not found in upstream "${missing}"`
  }
  const fails = (text: string, closed: readonly ('http' | 'https')[]) => {
    site.errors.write(text)
    host.journal('service-failed', { text, closed: [...closed] })
  }
  const unknown = await unresolved()
  const problem =
    unknown === undefined
      ? product.startProblem(settings.modules)
      : { text: unknown, closed: ['http', 'https'] as const }
  if (problem) fails(problem.text, problem.closed)
  const isOpen = (listen: 'http' | 'https') => !problem?.closed.some((closed) => closed === listen)
  const doors: Listening[] = []

  await using starting = new AsyncDisposableStack()
  starting.defer(() => {
    for (const tunnel of [...tunnels]) tunnel[Symbol.dispose]()
  })
  const servers: HttpServer[] = []
  const opened = <S extends HttpServer>(server: S): S => {
    server.maxConnections = settings.maxConnections
    server.on('clientError', (error: Error, socket) => answerBadRequest(site, error, socket))
    // It never listened, so closing it only stops its watch over slow requests and its idle connections.
    starting.defer(() => void server.close())
    servers.push(server)
    return server
  }
  if (isOpen('http')) {
    const http = opened(
      createServer(serverOptions(site), (request, response) => serveRedirect(site, request, response)),
    )
    doors.push(starting.use(await host.listen('http', http)))
  }
  if (isOpen('https')) {
    const https = opened(httpsServerOf(site, tunnels))
    const certificate = async () => speaking(settings.tls, await host.certificates.issue(leafOf(settings.certificate)))
    doors.push(starting.use(await host.listen('https', https, { certificate })))
  }
  const owned = starting.move()

  return {
    actions: {
      statistics: () => upstreams.statistics(),
      async 'set-upstream'({ host: name, down }) {
        if (!upstreams.has(name)) {
          const text = `${name} is no application server of this web server.`
          return { ok: false, code: 'unknown-upstream', text }
        }
        const text = await unresolved()
        if (text !== undefined) return { ok: false, code: 'not-reloaded', text }
        upstreams.setDown(name, down)
        return { ok: true, ...upstreams.statistics() }
      },
      async recycle() {
        const webSocketsClosed = tunnels.size
        for (const tunnel of [...tunnels]) tunnel[Symbol.dispose]()
        for (const server of servers) server.closeAllConnections()
        const text = doors.length > 0 ? await unresolved() : undefined
        if (text !== undefined) {
          fails(text, ['http', 'https'])
          await Promise.all(doors.splice(0).map((door) => door[Symbol.asyncDispose]()))
        }
        host.journal('recycled', { webSocketsClosed })
        return { webSocketsClosed }
      },
      'access-log': ({ last }) => ({ lines: site.access.last(last) }),
      'error-log': ({ last }) => ({ lines: site.errors.last(last) }),
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function siteOf(start: WebServerStart): Site {
  const { host, settings } = start
  const product = productOf(settings.kind)
  const { verifyUpstream } = settings
  const addresses = upstreamsOf(start)
  return {
    host,
    settings,
    product,
    limits: limitsOf(start, product),
    verify:
      verifyUpstream === undefined
        ? product.verifies
        : { chain: verifyUpstream, name: verifyUpstream, expiry: verifyUpstream },
    places: new KeptPlaces(host, addresses),
    upstreams: new Upstreams(addresses, product.balancing, () => performance.now()),
    access: new BoundedLog(settings.logLines),
    errors: new BoundedLog(settings.logLines),
  }
}

function serverOptions({ limits, settings, product }: Site): ServerOptions {
  return {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: limits.clientTimeoutMs,
    requestTimeout: limits.clientTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, limits.clientTimeoutMs),
    // What is not passed on as an Upgrade goes on as an ordinary request.
    shouldUpgradeCallback: (request) =>
      product.upgrades(product.route(urlOf(request), settings.modules), settings.modules),
  }
}

function httpsServerOf(site: Site, tunnels: Tunnels) {
  const { host, product, settings, limits } = site
  const options = { ...serverOptions(site), minVersion: 'TLSv1.2', handshakeTimeout: limits.clientTimeoutMs } as const
  const server = createHttpsServer(options, (request, response) => {
    serveSite(site, request, response).catch((error: unknown) => {
      host.journal('request-failed', { url: urlOf(request).slice(0, 200), reason: messageOf(error) })
      response.destroy()
    })
  })
  server.on('upgrade', (request, socket: Duplex, head) => {
    const route = product.route(urlOf(request), settings.modules)
    if (!isProxied(route)) return void socket.destroy()
    passUpgrade(site, exchangeOf(site, request, settings.httpsPort), socket, head, route, tunnels).catch(
      (error: unknown) => {
        host.journal('request-failed', { url: urlOf(request).slice(0, 200), reason: messageOf(error) })
        socket.destroy()
      },
    )
  })
  return server
}

/** Answers what could not be read as HTTP, in the product's manner. */
function answerBadRequest({ host, product, settings }: Site, error: Error & { code?: string }, socket: Duplex): void {
  const status = statusOfClientError(error)
  const refusal = status === undefined ? undefined : product.badRequest(status)
  if (!refusal) {
    socket.destroy()
    host.journal('bad-request', { code: error.code ?? '', reason: error.message })
    return
  }
  const page = product.page(refusal, { serverName: host.fqdn, port: settings.httpsPort, request: '' })
  const isFirst = answerClientError(error, socket, () => {
    const headers = {
      server: product.server,
      'content-type': page.contentType,
      'content-length': String(Buffer.byteLength(page.body)),
      connection: 'close',
    }
    return responseHead(refusal.status, phrase(refusal.status, new Map()), headers) + page.body
  })
  if (isFirst) host.journal('bad-request', { code: error.code ?? '', reason: error.message, status: refusal.status })
}
