import type { Socket } from 'node:net'

/** The TCP connections of a pool, being made or open: what the pool's own `close` would wait for, or leave. */
export interface SqlLines {
  /** Fires when connections that are being made are to be given up. */
  readonly signal: AbortSignal
  add(socket: Socket): void
  cut(reason: Error): void
}

export function sqlLines(): SqlLines {
  const controller = new AbortController()
  const sockets = new Set<Socket>()
  return {
    signal: controller.signal,
    add(socket) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    },
    cut(reason) {
      controller.abort(reason)
      // With an error: tedious does not take notice of a mere `close` while it logs in.
      for (const socket of sockets) socket.destroy(reason)
    },
  }
}
