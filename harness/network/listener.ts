import type { Server } from 'node:net'
import { type AcceptOptions, acceptOptionsOf } from './accept-options.ts'
import { BoundPort } from './bound-port.ts'
import type { Endpoint } from './endpoint.ts'
import { SocketSet } from './socket-set.ts'

export type { AcceptOptions } from './accept-options.ts'
export type { Endpoint } from './endpoint.ts'

/** A port that hands what it accepts to a server which does not listen itself, and answers for what it handed over. */
export interface PairListener extends AsyncDisposable {
  readonly endpoint: Endpoint
  /** Connections that were handed over and are still open. */
  readonly open: number
  /** Ends every open connection with RST. */
  resetConnections(): void
  /** Ends every open connection as the end of its process would. */
  closeConnections(): void
  /** Stops listening, ends every open connection, and resolves when they are gone. */
  close(): Promise<void>
}

/** Listens at `endpoint` for `target`. Fails with `port-taken`, `platform-unsupported` or `start-failed`. */
export async function listenAt(endpoint: Endpoint, target: Server, options: AcceptOptions = {}): Promise<PairListener> {
  const sockets = new SocketSet()
  const port = await BoundPort.open(endpoint, acceptOptionsOf(target, options), (socket) => {
    sockets.add(socket)
    target.emit('connection', socket)
  })
  const close = async () => {
    port.close()
    sockets.destroy()
    await Promise.all([sockets.empty(), port.closed])
  }
  return {
    endpoint: port.endpoint,
    get open() {
      return sockets.size
    },
    resetConnections: () => sockets.reset(),
    closeConnections: () => sockets.destroy(),
    close,
    [Symbol.asyncDispose]: close,
  }
}
