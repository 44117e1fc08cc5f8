import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { endToEnd, responseHead } from './headers.ts'
import { exchangeFailure, headersFor, SILENT } from './pass-on.ts'
import type { Refusal, UpstreamFailure } from './product.ts'
import { phrase } from './products/statuses.ts'
import { type Exchange, noteAccess, noteFailure, type ProxiedRoute, reach, refusalPage, type Site } from './site.ts'

/** The open WebSockets of a web server, so that a recycle can close them. */
export type Tunnels = Set<Disposable>

const NO_OWN_PHRASES = new Map<number, string>()

/** Passes an Upgrade on; afterwards bytes go through untouched, and what closes on one side closes on the other. */
export async function passUpgrade(
  site: Site,
  exchange: Exchange,
  client: Duplex,
  head: Buffer,
  route: ProxiedRoute,
  tunnels: Tunnels,
): Promise<void> {
  client.on('error', () => client.destroy())
  client.once('close', () => noteAccess(site, exchange))
  const answer = (refusal: Refusal) => {
    const { body, headers } = refusalPage(site, exchange, refusal)
    const text = phrase(refusal.status, NO_OWN_PHRASES)
    client.end(responseHead(refusal.status, text, { ...headers, connection: 'close' }) + body)
  }
  const reached = await reach(site, exchange, route)
  if (!reached.ok) return answer(reached.refusal)
  const { socket, upstream } = reached
  if (client.destroyed) {
    socket.destroy()
    return
  }

  const outgoing = httpRequest({
    createConnection: () => socket,
    method: exchange.request.method ?? 'GET',
    path: route.path,
    headers: {
      ...headersFor(site, exchange, `${upstream.name}:${upstream.ports[route.to]}`),
      connection: 'Upgrade',
      upgrade: exchange.request.headers.upgrade ?? 'websocket',
    },
    setHost: false,
  })
  let settled = false
  const settle = (): boolean => {
    const isFirst = !settled
    settled = true
    return isFirst
  }
  const fail = (failure: UpstreamFailure) => {
    if (!settle()) return
    outgoing.destroy()
    answer(noteFailure(site, exchange, route, upstream, failure))
  }
  outgoing.setTimeout(site.limits.readTimeoutMs.realtime, () => fail(SILENT))
  outgoing.on('error', (error) => fail(exchangeFailure(error)))
  outgoing.on('response', (refused: IncomingMessage) => {
    if (!settle()) return
    exchange.status = refused.statusCode ?? 502
    const headers = { server: site.product.server, ...endToEnd(refused.headers), connection: 'close' }
    client.write(responseHead(exchange.status, refused.statusMessage ?? '', headers))
    refused.on('error', () => client.destroy())
    refused.pipe(client)
  })
  outgoing.on('upgrade', (accepted: IncomingMessage, far: Socket, farHead: Buffer) => {
    if (!settle() || client.destroyed) return void far.destroy()
    exchange.status = 101
    const headers = {
      server: site.product.server,
      ...endToEnd(accepted.headers, ['server', 'date']),
      upgrade: accepted.headers.upgrade ?? 'websocket',
      connection: 'Upgrade',
    }
    client.write(responseHead(101, 'Switching Protocols', headers))
    tunnel({ near: client, far, nearHead: head, farHead })
  })
  client.once('close', () => {
    if (settle()) outgoing.destroy()
  })
  outgoing.end()

  function tunnel({ near, far, nearHead, farHead }: { near: Duplex; far: Socket; nearHead: Buffer; farHead: Buffer }) {
    const cut: Disposable = {
      [Symbol.dispose]() {
        near.destroy()
        far.destroy()
      },
    }
    tunnels.add(cut)
    upstream.openWebSockets += 1
    site.host.journal('websocket-opened', {
      client: exchange.caller.host ?? exchange.caller.address,
      upstream: upstream.host,
    })
    far.setTimeout(site.limits.readTimeoutMs.realtime, () => {
      noteFailure(site, exchange, route, upstream, SILENT)
      cut[Symbol.dispose]()
    })
    far.on('error', () => far.destroy())
    far.once('close', () => {
      tunnels.delete(cut)
      upstream.openWebSockets -= 1
      site.host.journal('websocket-closed', {
        client: exchange.caller.host ?? exchange.caller.address,
        upstream: upstream.host,
      })
      near.end()
    })
    near.once('close', () => far.destroySoon())
    far.on('data', (chunk: Buffer) => {
      exchange.bytes += chunk.length
    })
    if (farHead.length > 0) near.write(farHead)
    if (nearHead.length > 0) far.write(nearHead)
    far.pipe(near)
    near.pipe(far)
  }
}
