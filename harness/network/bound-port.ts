import { createServer, type Server, type Socket } from 'node:net'
import type { AcceptOptions } from './accept-options.ts'
import { bindError } from './bind-error.ts'
import type { Endpoint } from './endpoint.ts'

/** A thousand clients may connect in one turn of the loop; Linux cuts this to net.core.somaxconn. */
const DEFAULT_BACKLOG = 4096

export type Receive = (socket: Socket) => void

/**
 * One listening socket whose receiver can be changed while it listens, so that a fault that comes or goes never
 * gives the port up. It does not keep what it accepted: the receiver does.
 */
export class BoundPort implements AsyncDisposable {
  readonly endpoint: Endpoint
  readonly #server: Server
  /** Resolves when it is closed and what it accepted is gone. */
  readonly closed: Promise<void>
  receive: Receive

  private constructor(server: Server, endpoint: Endpoint, receive: Receive) {
    this.#server = server
    this.endpoint = endpoint
    this.receive = receive
    this.closed = new Promise((resolve) => server.once('close', () => resolve()))
    server.on('connection', (socket) => this.receive(socket))
    // An accept that fails (descriptors used up) concerns the caller, who is refused; the port lives on.
    server.on('error', () => {})
  }

  /** Fails with `port-taken`, `platform-unsupported` or `start-failed`. Port 0 becomes the port that was free. */
  static async open(endpoint: Endpoint, options: AcceptOptions, receive: Receive): Promise<BoundPort> {
    try {
      return await BoundPort.bind(endpoint, options, receive)
    } catch (error) {
      throw await bindError(error, endpoint)
    }
  }

  /** As `open`, but fails with the system's own error: for who expects it, and need not know who stands in the way. */
  static async bind(endpoint: Endpoint, options: AcceptOptions, receive: Receive): Promise<BoundPort> {
    const { backlog = DEFAULT_BACKLOG, ...accept } = options
    const server = createServer(accept)
    await listening(server, { host: endpoint.address, port: endpoint.port, exclusive: true, backlog })
    return new BoundPort(server, { address: endpoint.address, port: portOf(server, endpoint.port) }, receive)
  }

  /** The kernel refuses from this call on; sockets that were handed over stay as they are. */
  close(): void {
    this.#server.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
    await this.closed
  }
}

function listening(
  server: Server,
  at: { host: string; port: number; exclusive: true; backlog: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(at, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

function portOf(server: Server, asked: number): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : asked
}
