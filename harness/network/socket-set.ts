import type { Socket } from 'node:net'

/** The open sockets that something answers for. */
export class SocketSet {
  readonly #open = new Set<Socket>()

  get size(): number {
    return this.#open.size
  }

  add(socket: Socket): void {
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
  }

  reset(): void {
    for (const socket of this.#open) resetSocket(socket)
  }

  destroy(): void {
    for (const socket of this.#open) socket.destroy()
  }
}

/** Ends a connection with RST where it can: libuv cannot while it still waits to send a FIN, or before it is connected. */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return
  const finPending = socket.writableEnded && !socket.writableFinished
  if (finPending || socket.connecting) socket.destroy()
  else socket.resetAndDestroy()
}
