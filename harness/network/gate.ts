import type { Server, Socket } from 'node:net'
import { HarnessError } from '../context/error.ts'
import { acceptOptionsOf } from './accept-options.ts'
import { BoundPort, type Receive } from './bound-port.ts'
import { Detour, type DetourOptions } from './detour.ts'
import { checkDropSupport, dropPorts } from './dropped-ports.ts'
import { type Endpoint, endpointText } from './endpoint.ts'
import { type LinkFault, tearsAtOnce } from './faults/link-fault.ts'
import { checkIcmpSupport, type IcmpMessage, icmpMessageOf, refuseWithIcmp } from './icmp-rejections.ts'
import { resetSocket, SocketSet } from './socket-set.ts'

export interface GateOptions extends DetourOptions {
  /** The relay stands in the way from the start, so that faults also act on connections that are open then. */
  readonly live: boolean
  readonly faults?: readonly LinkFault[]
}

/**
 * One port of one host as another host sees it. Without faults the kernel hands connections straight to the server;
 * delay, stall, rate, cut and reset put the relay in the way of new connections, drop and reject take the port away.
 * Connections opened before, without a relay, feel `reset`, `reject` and `cut` only. Between a listening and a dropped port
 * lies a moment without either, in which the kernel refuses.
 */
export interface Gate extends AsyncDisposable {
  readonly endpoint: Endpoint
  /** Replaces the faults; calls take effect one after the other. Fails as `listenAt` and `dropPorts` do. */
  setFaults(faults: readonly LinkFault[]): Promise<void>
  /** Ends every open connection with RST. */
  resetConnections(): void
  /** Open connections. */
  readonly open: number
}

/** Opens the gate at `endpoint` (port 0: a free one, kept from then on) for `target`. */
export async function openGate(endpoint: Endpoint, target: Server, options: GateOptions): Promise<Gate> {
  const faults = options.faults ?? []
  // A port that is only known when it has been had is opened first, also when it is then taken away.
  const first =
    endpoint.port === 0 ? await BoundPort.open(endpoint, acceptOptionsOf(target, options), refuse) : undefined
  const gate = new TargetGate(first?.endpoint ?? endpoint, target, options, first)
  try {
    await gate.setFaults(faults)
    return gate
  } catch (error) {
    await gate[Symbol.asyncDispose]()
    throw error
  }
}

type Door = 'listening' | 'dropped' | 'rejected'

const doorOf = (faults: readonly LinkFault[]): Door => {
  if (faults.some(({ kind }) => kind === 'drop')) return 'dropped'
  return faults.some(({ kind }) => kind === 'reject') ? 'rejected' : 'listening'
}

const refuse = (socket: Socket) => resetSocket(socket)

class TargetGate implements Gate {
  readonly endpoint: Endpoint
  readonly #target: Server
  readonly #live: boolean
  readonly #accept: DetourOptions
  readonly #direct = new SocketSet()
  readonly #detour: Detour
  #receive: Receive = refuse
  #port: BoundPort | undefined
  #dropped: AsyncDisposable | undefined
  #answer: (AsyncDisposable & { readonly message: IcmpMessage }) | undefined
  /** Ports that were given up while connections they accepted live on. */
  readonly #leaving = new Set<Promise<void>>()
  #last: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(endpoint: Endpoint, target: Server, options: GateOptions, port: BoundPort | undefined) {
    this.endpoint = endpoint
    this.#target = target
    this.#live = options.live
    this.#accept = { ...options, ...acceptOptionsOf(target, options) }
    this.#detour = new Detour(endpoint.address, target, this.#accept)
    this.#port = port
  }

  get open(): number {
    return this.#direct.size + this.#detour.open
  }

  setFaults(faults: readonly LinkFault[]): Promise<void> {
    return this.#inTurn(() => this.#change(faults))
  }

  resetConnections(): void {
    this.#direct.reset()
    this.#detour.reset()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#inTurn(async () => {
      this.#port?.close()
      await this.#dropped?.[Symbol.asyncDispose]()
      await this.#answerWith(undefined)
      this.#direct.destroy()
      await this.#detour.close()
      await Promise.all([this.#direct.empty(), this.#port?.closed, ...this.#leaving])
    })
    return this.#closing
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work)
    // The caller gets the failure; the one who comes next starts all the same.
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async #change(faults: readonly LinkFault[]): Promise<void> {
    if (this.#closing) throw new HarnessError('not-running', `the gate at ${endpointText(this.endpoint)} is closed.`)
    const door = doorOf(faults)
    if (door === 'dropped') checkDropSupport([this.endpoint])
    const message = door === 'rejected' ? icmpMessageOf(faults) : undefined
    if (message) checkIcmpSupport(this.endpoint, message)
    const relayed = this.#live || faults.length > 0
    this.#receive = relayed ? (socket) => this.#detour.accept(socket) : (socket) => this.#handOver(socket)
    if (faults.some(tearsAtOnce)) this.#direct.reset()
    const cut = this.#detour.setFaults(faults)
    if (cut === 'rst') this.#direct.reset()
    if (cut === 'fin') this.#direct.end()
    if (!relayed) await this.#detour.rest()
    await this.#move(door)
    await this.#answerWith(message)
  }

  /** What whoever calls is told of a port that is rejected; undefined: what the kernel says of a port that nobody has. */
  async #answerWith(message: IcmpMessage | undefined): Promise<void> {
    if (message === this.#answer?.message) return
    await this.#answer?.[Symbol.asyncDispose]()
    this.#answer = undefined
    if (message === undefined) return
    const refused = await refuseWithIcmp({ ...this.endpoint, protocol: 'tcp' }, message)
    this.#answer = { message, [Symbol.asyncDispose]: () => refused[Symbol.asyncDispose]() }
  }

  async #move(door: Door): Promise<void> {
    switch (door) {
      case 'listening':
        await this.#undrop()
        this.#port ??= await BoundPort.open(this.endpoint, this.#accept, (socket) => this.#receive(socket))
        this.#port.receive = this.#receive
        return
      case 'rejected':
        await this.#undrop()
        this.#closePort()
        return
      case 'dropped': {
        if (this.#dropped) return
        // Ready before the port is let go, so that nobody is refused meanwhile for longer than a wink.
        await using _ready = await dropPorts([])
        this.#closePort()
        this.#dropped = await dropPorts([this.endpoint])
      }
    }
  }

  async #undrop(): Promise<void> {
    await this.#dropped?.[Symbol.asyncDispose]()
    this.#dropped = undefined
  }

  #closePort(): void {
    if (this.#port === undefined) return
    const { closed } = this.#port
    this.#leaving.add(closed)
    void closed.then(() => this.#leaving.delete(closed))
    this.#port.close()
    this.#port = undefined
  }

  #handOver(socket: Socket): void {
    this.#direct.add(socket)
    this.#target.emit('connection', socket)
  }
}
