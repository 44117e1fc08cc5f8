import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { EventStream } from '../context/events.ts'
import { ControlConnection } from './control-connection.ts'
import { controlLimits } from './control-protocol.ts'
import type { ControlScope } from './control-verbs.ts'

export interface ControlServerOptions extends Omit<ControlScope, 'subscribe'> {
  readonly events: EventStream
  /** A socket's path instead of a port: reached from other network namespaces as well. Its folder keeps others out. */
  readonly path?: string
}

export interface RunningControlServer extends AsyncDisposable {
  /** Where it listens: a loopback port, or a path. */
  readonly at: { readonly address: string; readonly port: number } | { readonly path: string }
  readonly token: string
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Opens the control channel of a run, on loopback. Disposing it cuts every connection. */
export async function startControlServer(options: ControlServerOptions): Promise<RunningControlServer> {
  const token = randomBytes(24).toString('base64url')
  const expected = digest(token)
  const connections = new Set<ControlConnection>()
  const server = createServer({ noDelay: true }, (socket: Socket) => {
    const connection = new ControlConnection(socket, {
      scope: options,
      events: options.events,
      // Digests have one length, so that the comparison takes one time whatever was sent.
      isToken: (given) => timingSafeEqual(digest(given), expected),
    })
    connections.add(connection)
    void connection.closed.then(() => connections.delete(connection))
  })
  server.maxConnections = controlLimits.maxConnections
  if (options.path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(options.path)
  await once(server, 'listening')
  const address = server.address()
  const at =
    typeof address === 'object' && address !== null
      ? { address: address.address, port: address.port }
      : { path: options.path ?? '' }
  return {
    at,
    token,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      if (!server.listening) return
      server.close()
      for (const connection of connections) connection.end()
      await Promise.all([closed, ...[...connections].map((connection) => connection.closed)])
    },
  }
}
