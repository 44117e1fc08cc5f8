import type { Server, Socket } from 'node:net'
import { HarnessError } from '../../../context/error.ts'
import type { Datagram } from '../../../host/component-host.ts'
import { acceptOptionsOf } from '../../../network/accept-options.ts'
import { BoundPort } from '../../../network/bound-port.ts'
import { Detour } from '../../../network/detour.ts'
import type { LinkFault } from '../../../network/faults/link-fault.ts'
import { tearsAtOnce } from '../../../network/faults/link-fault.ts'
import { innerAddress } from '../../../network/inner-address.ts'
import { resetSocket, SocketSet } from '../../../network/socket-set.ts'
import { openUdpGate } from '../../../network/udp-gate.ts'
import type { Firewall } from '../../firewall.ts'

const EVERY_ADDRESS = '0.0.0.0'
const INNER = '127.0.0.1'

/** Hands the connections that reach a port to its server, by way of the relay for callers whose line is not well. */
interface Desk extends AsyncDisposable {
  refresh(): void
}

/** The ports of this host. The packet filter decides who reaches them; what it cannot express happens here. */
export class PortDesk implements AsyncDisposable {
  readonly #host: string
  readonly #firewall: Firewall
  readonly #live: boolean
  readonly #callerAt: (address: string) => string | undefined
  readonly #desks = new Map<string, Desk & { readonly kind: string }>()

  constructor(options: {
    readonly host: string
    readonly firewall: Firewall
    readonly live: boolean
    callerAt(address: string): string | undefined
  }) {
    this.#host = options.host
    this.#firewall = options.firewall
    this.#live = options.live
    this.#callerAt = options.callerAt
  }

  async open(kind: string, port: number, target: Server): Promise<AsyncDisposable> {
    return this.#put(kind, `${port}/tcp`, () => this.#openTcp(port, target))
  }

  async openUdp(
    kind: string,
    port: number,
    receive: (datagram: Datagram, address: string) => void,
  ): Promise<AsyncDisposable> {
    return this.#put(kind, `${port}/udp`, () => this.#openUdp(port, receive))
  }

  /** The faults of the firewall have changed. */
  refresh(): void {
    for (const desk of this.#desks.values()) desk.refresh()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Array.from(this.#desks.values(), (desk) => desk[Symbol.asyncDispose]()))
  }

  async #put(kind: string, key: string, open: () => Promise<Desk>): Promise<AsyncDisposable> {
    const rival = this.#desks.get(key)
    if (rival) {
      const text = `${this.#host}: ${kind} and ${rival.kind} both want port ${key}; move one of them`
      throw new HarnessError('port-taken', text)
    }
    const desk = await open()
    this.#desks.set(key, {
      kind,
      refresh: () => desk.refresh(),
      [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose](),
    })
    return {
      [Symbol.asyncDispose]: async () => {
        this.#desks.delete(key)
        await desk[Symbol.asyncDispose]()
      },
    }
  }

  #faultsOn(from: string | undefined, port: number, protocol: 'tcp' | 'udp'): readonly LinkFault[] {
    if (from === undefined) return []
    return this.#firewall.faultsOn(from, { to: this.#host, port, protocol })
  }

  async #openTcp(port: number, target: Server): Promise<Desk> {
    const accept = acceptOptionsOf(target)
    const callers = new Map<string | undefined, { readonly direct: SocketSet; readonly detour: Detour }>()
    const callerOf = (from: string | undefined) => {
      const known = callers.get(from)
      if (known) return known
      const localAddressFor = (client: Socket) => innerAddress(client.remoteAddress)
      const made = { direct: new SocketSet(), detour: new Detour(INNER, target, { ...accept, localAddressFor }) }
      callers.set(from, made)
      return made
    }
    const bound = await BoundPort.open({ address: EVERY_ADDRESS, port }, accept, (socket) => {
      const from = this.#callerAt(socket.remoteAddress ?? '')
      const faults = this.#faultsOn(from, port, 'tcp')
      const { direct, detour } = callerOf(from)
      if (faults.some(({ kind }) => kind === 'reject')) return resetSocket(socket)
      if (this.#live || faults.length > 0) {
        detour.setFaults(faults)
        return detour.accept(socket)
      }
      direct.add(socket)
      target.emit('connection', socket)
    })
    return {
      refresh: () => {
        for (const [from, { direct, detour }] of callers) {
          const faults = this.#faultsOn(from, port, 'tcp')
          const cut = detour.setFaults(faults)
          if (faults.some(tearsAtOnce) || cut === 'rst') direct.reset()
          if (cut === 'fin') direct.end()
        }
      },
      async [Symbol.asyncDispose]() {
        bound.close()
        const all = [...callers.values()]
        for (const { direct } of all) direct.destroy()
        await Promise.all(all.flatMap(({ direct, detour }) => [direct.empty(), detour.close()]))
        await bound.closed
      },
    }
  }

  async #openUdp(port: number, receive: (datagram: Datagram, address: string) => void): Promise<Desk> {
    const gate = await openUdpGate({ address: EVERY_ADDRESS, port }, ({ bytes, remote, reply }) => {
      const faults = this.#faultsOn(this.#callerAt(remote.address), port, 'udp')
      if (faults.some(({ kind }) => kind === 'stall')) return
      const delayMs = faults.reduce((sum, fault) => sum + (fault.kind === 'delay' ? fault.delayMs : 0), 0)
      const later = (work: () => void) => (delayMs === 0 ? work() : void setTimeout(work, delayMs))
      const caller = { address: remote.address, port: remote.port }
      later(() => receive({ bytes, caller, reply: (answer) => later(() => reply(answer)) }, remote.address))
    })
    return { refresh() {}, [Symbol.asyncDispose]: () => gate[Symbol.asyncDispose]() }
  }
}
