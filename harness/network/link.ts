import type { Socket } from 'node:net'
import { type LinkFault, tearsAtOnce } from './faults/link-fault.ts'
import type { PipeTools } from './faults/pipe.ts'
import { Lane } from './lane.ts'
import { resetSocket } from './socket-set.ts'

export type LinkTools = Pick<PipeTools, 'clock' | 'random'>

/** One relayed connection: the client's socket, the relay's own to the server, and a lane each way. */
export class Link {
  readonly #client: Socket
  readonly #server: Socket
  readonly #up: Lane
  readonly #down: Lane
  /** Resolves when both sockets are gone. */
  readonly gone: Promise<void>

  constructor(client: Socket, server: Socket, tools: LinkTools) {
    this.#client = client
    this.#server = server
    // Each end is passed on by itself; only then may a socket close.
    client.allowHalfOpen = true
    server.allowHalfOpen = true
    const tear = () => this.reset()
    this.#up = new Lane(client, server, { ...tools, direction: 'to-server', tear })
    this.#down = new Lane(server, client, { ...tools, direction: 'to-client', tear })
    this.gone = Promise.all([closed(client), closed(server)]).then(() => this.#stop())
  }

  setFaults(faults: readonly LinkFault[]): void {
    if (faults.some(tearsAtOnce)) this.reset()
    this.#up.setFaults(faults)
    this.#down.setFaults(faults)
  }

  reset(): void {
    resetSocket(this.#client)
    resetSocket(this.#server)
  }

  destroy(): void {
    this.#client.destroy()
    this.#server.destroy()
  }

  /** The server's side is closing: what is on its way to the client still arrives, unless a fault holds it. */
  finish(): void {
    if (!this.#down.clear || this.#server.connecting) this.destroy()
    this.#client.once('finish', () => this.destroy())
    this.#client.resume()
  }

  #stop(): void {
    this.#up.stop()
    this.#down.stop()
  }
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()))
