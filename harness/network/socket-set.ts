import type { Socket } from 'node:net'

/** The open sockets that something answers for. */
export class SocketSet {
  readonly #open = new Set<Socket>()
  readonly #onEmpty: (() => void)[] = []

  get size(): number {
    return this.#open.size
  }

  add(socket: Socket): void {
    this.#open.add(socket)
    socket.once('close', () => {
      this.#open.delete(socket)
      if (this.#open.size > 0) return
      for (const resolve of this.#onEmpty.splice(0)) resolve()
    })
  }

  reset(): void {
    for (const socket of this.#open) resetSocket(socket)
  }

  /** Ends what is sent on all of them; what is received may go on. */
  end(): void {
    for (const socket of this.#open) socket.end()
  }

  destroy(): void {
    for (const socket of this.#open) socket.destroy()
  }

  /** When the last one is gone. */
  empty(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#onEmpty.push(resolve))
  }
}

/** Ends a connection with RST where it can: libuv cannot while it still waits to send a FIN, or before it is connected. */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return
  // The system may refuse the RST; the connection is gone all the same, and nobody waits for this error.
  socket.on('error', () => socket.destroy())
  const finPending = socket.writableEnded && !socket.writableFinished
  if (finPending || socket.connecting) socket.destroy()
  else socket.resetAndDestroy()
}
