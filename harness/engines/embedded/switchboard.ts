import type { Server } from 'node:net'
import { HarnessError } from '../../context/error.ts'
import type { TrafficFault } from '../../landscape/fault.ts'
import type { Endpoint } from '../../network/endpoint.ts'
import type { LinkFault } from '../../network/faults/link-fault.ts'
import type { UdpReceive } from '../../network/udp-gate.ts'
import type { SeenEndpoint } from '../engine.ts'
import { concerns, type Door, type Firewall } from '../firewall.ts'
import type { AddressPlan } from './address-plan.ts'

/** Ports beyond so many are opened for a caller when it first asks for the host, not at start. */
const MAX_EAGER_GATES = 2_000

/** A port of either protocol, as the switchboard handles it. */
interface Gate extends AsyncDisposable {
  readonly endpoint: Endpoint
  setFaults(faults: readonly LinkFault[]): Promise<void>
}

interface Service {
  readonly door: Door
  readonly kind: string
  readonly listen: string
  openGate(from: string, faults: readonly LinkFault[]): Promise<Gate>
  /** By caller. A promise, so that two who ask at once get the same gate. */
  readonly gates: Map<string, Promise<Gate>>
  /** Those of them that have opened. */
  readonly standing: Map<string, Gate>
}

/** Connects callers to servers: one gate for each caller that the firewall lets through to a port. */
export class Switchboard implements AsyncDisposable {
  readonly #plan: AddressPlan
  readonly #firewall: Firewall
  readonly #live: boolean
  readonly #services = new Map<string, Service[]>()
  #lazy = false
  /** Changes of faults take effect one after the other: a gate that one closes is not given to the next. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(plan: AddressPlan, firewall: Firewall, live: boolean) {
    this.#plan = plan
    this.#firewall = firewall
    this.#live = live
  }

  open(host: string, kind: string, listen: string, port: number, target: Server): Promise<AsyncDisposable> {
    return this.#open({
      door: { to: host, port, protocol: 'tcp' },
      kind,
      listen,
      openGate: (from, faults) => this.#plan.openGate(from, host, port, target, { live: this.#live, faults }),
    })
  }

  /** The same for datagrams; `receiveFrom` gives the receiver for one caller. */
  openUdp(
    host: string,
    kind: string,
    listen: string,
    port: number,
    receiveFrom: (from: string) => UdpReceive,
  ): Promise<AsyncDisposable> {
    return this.#open({
      door: { to: host, port, protocol: 'udp' },
      kind,
      listen,
      openGate: (from, faults) => this.#plan.openUdpGate(from, host, port, receiveFrom(from), faults),
    })
  }

  async #open(given: Omit<Service, 'gates' | 'standing'>): Promise<AsyncDisposable> {
    const service: Service = { ...given, gates: new Map(), standing: new Map() }
    const { door, kind } = service
    const { to: host, port, protocol } = door
    const ofHost = this.#services.get(host) ?? []
    const rival = ofHost.find((other) => other.door.port === port && other.door.protocol === protocol)
    if (rival) {
      throw new HarnessError(
        'port-taken',
        `${host}: ${kind} and ${rival.kind} both want port ${port}/${protocol}; move one of them`,
      )
    }
    this.#services.set(host, [...ofHost, service])
    const close = async () => {
      this.#services.set(
        host,
        (this.#services.get(host) ?? []).filter((other) => other !== service),
      )
      const gates = await Promise.allSettled(service.gates.values())
      service.gates.clear()
      await Promise.all(
        gates.map((gate) => (gate.status === 'fulfilled' ? gate.value[Symbol.asyncDispose]() : undefined)),
      )
    }
    const callers = this.#firewall.callersOf(door)
    // Where ports are mapped, one is known only when it is open, which is too late for who asks for it.
    this.#lazy ||= this.#plan.name === 'pairs' && this.#count() + callers.length > MAX_EAGER_GATES
    try {
      if (!this.#lazy) await allSettled(callers.map((from) => this.#gate(service, from)))
    } catch (error) {
      await close()
      throw error
    }
    return { [Symbol.asyncDispose]: close }
  }

  /** Opens what is not open yet between two hosts; nearly always there is nothing to do. */
  ensure(from: string, to: string): Promise<unknown> | undefined {
    const missing = this.#missing(from, to)
    return missing.length > 0 ? Promise.all(missing.map((service) => this.#gate(service, from))) : undefined
  }

  /** Nothing is left to `ensure` between two hosts. */
  stands(from: string, to: string): boolean {
    return this.#missing(from, to).length === 0
  }

  /** Gives a fault its effect, or takes it away, at every gate that it touches. */
  refresh(fault: TrafficFault): Promise<void> {
    const turn = this.#last.then(() => this.#refresh(fault))
    // The caller gets the failure; the one who comes next starts all the same.
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async #refresh(fault: TrafficFault): Promise<void> {
    const touched = this.#firewall
      .hostsAt(fault)
      .flatMap((host) => this.#services.get(host) ?? [])
      .filter(({ door }) => !('to' in fault) || concerns(fault, door))
    await allSettled(touched.map((service) => this.#refreshService(service)))
  }

  /** The gates that stand, each where it is on this machine. */
  endpoints(from?: string): readonly SeenEndpoint[] {
    return [...this.#services.values()].flat().flatMap(({ standing, door: { to, port, protocol }, kind, listen }) =>
      [...standing]
        .filter(([caller]) => from === undefined || caller === from)
        .map(([caller, { endpoint }]) => {
          const { address, port: seenPort } = endpoint
          return { from: caller, to, kind, listen, port, protocol, address, seenPort }
        }),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gates = [...this.#services.values()].flat().flatMap(({ gates: own }) => [...own.values()])
    this.#services.clear()
    const opened = await Promise.allSettled(gates)
    await Promise.all(
      opened.map((gate) => (gate.status === 'fulfilled' ? gate.value[Symbol.asyncDispose]() : undefined)),
    )
  }

  #missing(from: string, to: string): readonly Service[] {
    if (!this.#lazy) return []
    return (this.#services.get(to) ?? []).filter(
      ({ door, standing }) => !standing.has(from) && this.#firewall.callersOf(door).includes(from),
    )
  }

  #count(): number {
    return [...this.#services.values()].flat().reduce((sum, { gates }) => sum + gates.size, 0)
  }

  #gate(service: Service, from: string): Promise<Gate> {
    const known = service.gates.get(from)
    if (known) return known
    const opening = service.openGate(from, this.#firewall.faultsOn(from, service.door))
    service.gates.set(from, opening)
    opening.then(
      (gate) => service.standing.set(from, gate),
      () => service.gates.delete(from),
    )
    return opening
  }

  async #refreshService(service: Service): Promise<void> {
    const { door, gates } = service
    const callers = new Set(this.#firewall.callersOf(door))
    const closing = [...gates.keys()].filter((from) => !callers.has(from))
    const opening = this.#lazy ? [] : [...callers].filter((from) => !gates.has(from))
    await allSettled([
      ...closing.map(async (from) => {
        const gate = await gates.get(from)
        service.standing.delete(from)
        await gate?.[Symbol.asyncDispose]()
        gates.delete(from)
      }),
      ...opening.map((from) => this.#gate(service, from)),
      ...[...gates]
        .filter(([from]) => callers.has(from))
        .map(async ([from, gate]) => (await gate).setFaults(this.#firewall.faultsOn(from, door))),
    ])
  }
}

/** Waits for all, then fails with the first failure: what comes next finds nothing half done. */
async function allSettled(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}
