import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { Listening } from '../../../../harness/host/component-host.ts'
import type { AppServer } from '../app-server.ts'
import { limitConnections } from '../intake/connection-limit.ts'

const LISTEN = 'web-services'
const MAX_HEADER_BYTES = 16_384

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown

/** 11016: HTTPS. The framework behind it is loaded with the first request. */
export async function startWebPort(server: AppServer): Promise<Listening> {
  const { host, settings, tls } = server
  let loading: Promise<Listener> | undefined
  const load = async (): Promise<Listener> => {
    const [{ getRequestListener }, { webApp }] = await Promise.all([
      import('@hono/node-server'),
      import('./web-app.ts'),
    ])
    return getRequestListener(webApp(server).fetch, { overrideGlobalObjects: false, hostname: host.fqdn })
  }
  const limitMs = settings.unauthenticatedIdleMs
  const web = createServer(
    {
      minVersion: 'TLSv1.2',
      handshakeTimeout: limitMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: limitMs,
      requestTimeout: 3 * limitMs,
      keepAliveTimeout: limitMs,
      connectionsCheckingInterval: Math.min(1_000, limitMs),
    },
    (incoming, outgoing) => {
      loading ??= load()
      loading.then(
        (listener) => listener(incoming, outgoing),
        (error: Error) => outgoing.destroy(error),
      )
    },
  )
  limitConnections(host, web, LISTEN, settings.maxConnections)
  web.on('clientError', (error: Error & { code?: string }, socket) => {
    host.journal('garbage', { port: LISTEN, code: error.code ?? '', text: error.message })
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    else socket.destroy()
  })
  await using starting = new AsyncDisposableStack()
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
