import { isTrafficFault, type TrafficFault } from '../landscape/fault.ts'
import { type Landscape, OPERATOR } from '../landscape/landscape.ts'
import type { LinkFault } from '../network/faults/link-fault.ts'

export type Protocol = 'tcp' | 'udp'

/** A port of a host, by protocol: the same number in TCP and UDP is two doors. */
export interface Door {
  readonly to: string
  readonly port: number
  readonly protocol: Protocol
}

/** Who may talk to whom, and what happens to the traffic: the landscape's flows, its sites and the faults in force. */
export class Firewall {
  readonly #allowed = new Map<string, Set<string>>()
  readonly #everybody: readonly string[]
  readonly #delays: ReadonlyMap<string, number>
  readonly #sites: ReadonlyMap<string, string>
  readonly #dropsByDefault: boolean
  readonly #faults = new Map<string, TrafficFault>()

  constructor(landscape: Landscape) {
    this.#everybody = [...landscape.hosts.map(({ name }) => name), OPERATOR]
    this.#delays = new Map(landscape.sites.map(({ name, delayMs }) => [name, delayMs]))
    this.#sites = new Map(landscape.hosts.map(({ name, site }) => [name, site]))
    this.#dropsByDefault = landscape.firewallDefault === 'drop'
    for (const { from, to, port, protocol } of landscape.flows) this.#openersAt({ to, port, protocol }).add(from)
    landscape.faults
      .filter(isTrafficFault)
      .forEach((fault, index) => void this.#faults.set(`deviation-${index + 1}`, fault))
  }

  put(id: string, fault: TrafficFault): void {
    this.#faults.set(id, fault)
  }

  remove(id: string): TrafficFault | undefined {
    const fault = this.#faults.get(id)
    this.#faults.delete(id)
    return fault
  }

  get faults(): ReadonlyMap<string, TrafficFault> {
    return this.#faults
  }

  /** The hosts for which something stands at this port: those let through, and those whose packets are dropped. */
  callersOf(door: Door): readonly string[] {
    if (this.#dropsByDefault) return this.#everybody
    const callers = new Set([door.to, OPERATOR, ...this.#openersAt(door)])
    for (const fault of this.#faults.values()) {
      // A firewall that drops says nothing, whether or not a rule lets the traffic through.
      if (fault.fault !== 'open' && fault.fault !== 'drop') continue
      if (!concerns(fault, door)) continue
      for (const from of fault.from === undefined ? this.#everybody : [fault.from]) callers.add(from)
    }
    return [...callers]
  }

  /** What acts on the traffic of one caller. Nothing but RST can be expected of a port that is not open. */
  faultsOn(from: string, door: Door): readonly LinkFault[] {
    if (!this.#isOpen(from, door)) return [{ kind: 'drop' }]
    const delayMs = this.#siteDelayMs(from, door.to)
    const own = [...this.#faults.values()].flatMap((fault) => (matches(fault, from, door) ? linkFault(fault) : []))
    return delayMs > 0 ? [{ kind: 'delay', delayMs }, ...own] : own
  }

  #isOpen(from: string, door: Door): boolean {
    if (from === OPERATOR || from === door.to || this.#openersAt(door).has(from)) return true
    return this.#faults.values().some((fault) => fault.fault === 'open' && matches(fault, from, door))
  }

  #openersAt({ to, port, protocol }: Door): Set<string> {
    const key = `${to}:${port}/${protocol}`
    const openers = this.#allowed.get(key) ?? new Set()
    this.#allowed.set(key, openers)
    return openers
  }

  #siteDelayMs(from: string, to: string): number {
    const [here, there] = [this.#sites.get(from), this.#sites.get(to)]
    if (here === undefined || there === undefined || here === there) return 0
    return (this.#delays.get(here) ?? 0) + (this.#delays.get(there) ?? 0)
  }
}

/** Whether a fault acts on a door, whoever comes. */
export const concerns = (fault: TrafficFault, { to, port, protocol }: Door): boolean =>
  fault.to === to &&
  (fault.port === undefined || fault.port === port) &&
  (fault.protocol === undefined || fault.protocol === protocol)

const matches = (fault: TrafficFault, from: string, door: Door): boolean =>
  concerns(fault, door) && (fault.from === undefined || fault.from === from)

function linkFault(fault: TrafficFault): readonly LinkFault[] {
  switch (fault.fault) {
    case 'open':
      return []
    case 'delay':
      return [{ kind: 'delay', delayMs: fault.delayMs }]
    case 'reset':
      return [{ kind: 'reset', ...(fault.afterBytes === undefined ? {} : { afterBytes: fault.afterBytes }) }]
    case 'drop':
    case 'reject':
    case 'stall':
      return [{ kind: fault.fault }]
  }
}
