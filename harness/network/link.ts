import type { Socket } from 'node:net'
import type { CutEnd } from './faults/cut.ts'
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
    const ends = { tear: () => this.reset(), silence: () => this.#silence() }
    this.#up = new Lane(client, server, { ...tools, ...ends, direction: 'to-server' })
    this.#down = new Lane(server, client, { ...tools, ...ends, direction: 'to-client' })
    this.gone = Promise.all([closed(client), closed(server)]).then(() => this.#stop())
  }

  setFaults(faults: readonly LinkFault[]): void {
    if (faults.some(tearsAtOnce)) this.reset()
    this.#up.setFaults(faults)
    this.#down.setFaults(faults)
  }

  /** Something in the network ends the connection. */
  cut(end: CutEnd): void {
    if (end === 'rst') this.reset()
    else if (end === 'silence') this.#silence()
    else {
      this.#client.end()
      this.#server.end()
    }
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

  #silence(): void {
    this.#up.silence()
    this.#down.silence()
  }

  #stop(): void {
    this.#up.stop()
    this.#down.stop()
  }
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()))
