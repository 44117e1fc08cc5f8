import { connect, type Server, type Socket } from 'node:net'
import { systemClock } from '../context/clock.ts'
import { HarnessError } from '../context/error.ts'
import { seededRandom } from '../context/random.ts'
import type { AcceptOptions } from './accept-options.ts'
import { BoundPort } from './bound-port.ts'
import type { Endpoint } from './endpoint.ts'
import { type CutEnd, freshCut } from './faults/cut.ts'
import { type LinkFault, tearsAtOnce } from './faults/link-fault.ts'
import { Link, type LinkTools } from './link.ts'
import { resetAfterAccept } from './reset-after-accept.ts'
import { resetSocket, SocketSet } from './socket-set.ts'

/** How long the last bytes of a server that stops may take to reach a client that does not read. */
const FINISH_MS = 200

export interface DetourOptions extends AcceptOptions, Partial<LinkTools> {
  /** Told the place at which the relay reaches the server: what `localAddress` and `localPort` of its sockets show. */
  readonly onInner?: (inner: Endpoint) => void
  /** From where the relay calls the server on a client's behalf; the client's own address when nothing is said. */
  readonly localAddressFor?: (client: Socket) => string | undefined
}

/**
 * The way through the relay. Each accepted connection is joined to one that the relay makes itself, to an inner port
 * at the same address, so that the server's socket shows the pair address and the caller's, as without a relay.
 */
export class Detour {
  readonly #address: string
  readonly #target: Server
  readonly #options: DetourOptions
  readonly #tools: LinkTools
  readonly #links = new Set<Link>()
  readonly #handed = new SocketSet()
  /** Accepted only to be reset. */
  readonly #doomed = new SocketSet()
  /** Connections that the relay has begun to make and the inner port has not yet accepted. */
  readonly #dialing = new Set<Socket>()
  #faults: readonly LinkFault[] = []
  #inner: Promise<BoundPort | undefined> | undefined
  #unused: BoundPort[] = []
  #closed = false

  constructor(address: string, target: Server, options: DetourOptions) {
    this.#address = address
    this.#target = target
    this.#options = options
    this.#tools = { clock: options.clock ?? systemClock, random: options.random ?? seededRandom(0) }
  }

  get open(): number {
    return this.#links.size
  }

  /** Gives how connections end that are open now, where the change cuts them. */
  setFaults(faults: readonly LinkFault[]): CutEnd | undefined {
    const cut = freshCut(this.#faults, faults)
    this.#faults = faults
    for (const link of this.#links) {
      if (cut) link.cut(cut)
      link.setFaults(faults)
    }
    return cut
  }

  accept(client: Socket): void {
    if (this.#closed) {
      resetSocket(client)
      return
    }
    if (this.#faults.some(tearsAtOnce)) {
      this.#doomed.add(client)
      client.allowHalfOpen = true
      resetAfterAccept(client)
      return
    }
    client.setNoDelay(true)
    client.pause()
    this.#inner ??= this.#openInner()
    void this.#inner.then((inner) => this.#join(client, inner?.endpoint))
  }

  reset(): void {
    for (const link of this.#links) link.reset()
    this.#doomed.reset()
  }

  destroy(): void {
    for (const link of this.#links) link.destroy()
    this.#handed.destroy()
    this.#doomed.destroy()
  }

  /** Gives the inner port back until the relay is needed again; connections that are open stay. */
  async rest(): Promise<void> {
    const inner = await this.#inner
    if (inner === undefined) return
    this.#inner = undefined
    this.#unused.push(inner)
    this.#closeUnused()
  }

  /** Ends the connections as the end of the server's process would, and resolves when nothing is left. */
  async close(): Promise<void> {
    this.#closed = true
    this.#handed.destroy()
    this.#doomed.reset()
    for (const link of this.#links) link.finish()
    const late = setTimeout(() => this.destroy(), FINISH_MS)
    await Promise.all(Array.from(this.#links, (link) => link.gone))
    clearTimeout(late)
    const inner = await this.#inner
    if (inner) this.#unused.push(inner)
    const ports = [...this.#unused]
    this.#dialing.clear()
    this.#closeUnused()
    await Promise.all([this.#handed.empty(), this.#doomed.empty(), ...ports.map((port) => port.closed)])
  }

  /** Undefined when the system has no port left: then the caller is cut off, as by a server that cannot accept. */
  async #openInner(): Promise<BoundPort | undefined> {
    const { backlog: _, localAddressFor: __, ...options } = this.#options
    const at = { address: this.#address, port: 0 }
    try {
      const inner = await BoundPort.open(at, options, (socket) => this.#handOver(socket))
      this.#options.onInner?.(inner.endpoint)
      return inner
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error
      return undefined
    }
  }

  #join(client: Socket, inner: Endpoint | undefined): void {
    if (client.destroyed || this.#closed || inner === undefined) {
      client.destroy()
      return
    }
    const { localAddressFor } = this.#options
    const from = localAddressFor ? localAddressFor(client) : client.remoteAddress
    const server = connect({
      host: inner.address,
      port: inner.port,
      noDelay: true,
      ...(from ? { localAddress: from } : {}),
    })
    this.#dialing.add(server)
    const link = new Link(client, server, this.#tools)
    this.#links.add(link)
    link.gone.then(() => {
      this.#links.delete(link)
      this.#dialing.delete(server)
      this.#closeUnused()
    })
    if (this.#faults.length > 0) link.setFaults(this.#faults)
  }

  /** The inner port is for the relay alone: whoever else finds it is reset. */
  #handOver(socket: Socket): void {
    for (const dialed of this.#dialing) {
      if (dialed.localPort !== socket.remotePort || dialed.localAddress !== socket.remoteAddress) continue
      this.#dialing.delete(dialed)
      this.#handed.add(socket)
      this.#target.emit('connection', socket)
      this.#closeUnused()
      return
    }
    resetSocket(socket)
  }

  #closeUnused(): void {
    if (this.#dialing.size > 0) return
    for (const inner of this.#unused.splice(0)) inner.close()
  }
}
