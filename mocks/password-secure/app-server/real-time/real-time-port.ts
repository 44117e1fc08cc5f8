import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import type { Duplex } from 'node:stream'
import type { WebSocketServer } from 'ws'
import type { Listening } from '../../../../harness/host/component-host.ts'
import { peerOf } from '../access/peer.ts'
import type { AppServer } from '../app-server.ts'
import { limitConnections } from '../intake/connection-limit.ts'
import { RealTimeClient } from './real-time-client.ts'
import type { UpdateFeed } from './update-feed.ts'

const LISTEN = 'real-time'
const MAX_HEADER_BYTES = 16_384

const answer = (status: string) => `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`

/** 11018: WebSocket over TLS, at any path. The library behind it is loaded with the first upgrade. */
export async function startRealTimePort(server: AppServer, feed: UpdateFeed): Promise<Listening> {
  const { host, settings, tls, origins } = server
  const limitMs = settings.unauthenticatedIdleMs
  await using starting = new AsyncDisposableStack()
  let loading: Promise<WebSocketServer> | undefined
  const load = async (): Promise<WebSocketServer> => {
    const { WebSocketServer } = await import('ws')
    return new WebSocketServer({ noServer: true, maxPayload: settings.maxFrameBytes, perMessageDeflate: false })
  }

  const upgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // A connection that breaks before the library takes it.
    socket.on('error', () => socket.destroy())
    const peer = peerOf(host, incoming.socket)
    const { origin } = incoming.headers
    if (!origins.allows(origin)) {
      host.journal('origin-refused', { port: LISTEN, origin: origin ?? '', from: peer.name })
      socket.end(answer('403 Forbidden'))
      return
    }
    loading ??= load()
    loading.then(
      (sockets) => sockets.handleUpgrade(incoming, socket, head, (ws) => new RealTimeClient(server, feed, ws, peer)),
      (error: Error) => socket.destroy(error),
    )
  }

  const web = createServer(
    {
      minVersion: 'TLSv1.2',
      handshakeTimeout: limitMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: limitMs,
      requestTimeout: limitMs,
      connectionsCheckingInterval: Math.min(1_000, limitMs),
    },
    (incoming, outgoing) => {
      host.journal('refused', { port: LISTEN, from: peerOf(host, incoming.socket).name, code: 'no-upgrade' })
      outgoing.writeHead(426, { upgrade: 'websocket', connection: 'upgrade, close', 'content-length': 0 }).end()
    },
  )
  web.on('upgrade', upgrade)
  web.on('clientError', (error: Error & { code?: string }, socket) => {
    host.journal('garbage', { port: LISTEN, code: error.code ?? '', text: error.message })
    if (socket.writable) socket.end(answer('400 Bad Request'))
    else socket.destroy()
  })
  limitConnections(host, web, LISTEN, settings.maxConnections)
  // It never listened, so closing it only stops its watch over slow requests and its idle connections.
  starting.defer(() => void web.close())
  const listening = starting.use(await host.listen(LISTEN, web, { certificate: tls.issued }))
  const owned = starting.move()
  return {
    port: listening.port,
    renewCertificate: () => listening.renewCertificate(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
