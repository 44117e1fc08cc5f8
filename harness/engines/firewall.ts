import { isTrafficFault, type PathFault, type TrafficFault } from '../landscape/fault.ts'
import { type Landscape, OPERATOR } from '../landscape/landscape.ts'
import { pathFaultsOf } from '../landscape/path-faults.ts'
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
  readonly #landscape: Landscape
  readonly #faults = new Map<string, TrafficFault>()
  /** The faults as what they do to the traffic to single hosts. */
  #paths: readonly { readonly id: string; readonly fault: PathFault }[] = []

  constructor(landscape: Landscape) {
    this.#landscape = landscape
    this.#everybody = [...landscape.hosts.map(({ name }) => name), OPERATOR]
    this.#delays = new Map(landscape.sites.map(({ name, delayMs }) => [name, delayMs]))
    this.#sites = new Map(landscape.hosts.map(({ name, site }) => [name, site]))
    this.#dropsByDefault = landscape.firewallDefault === 'drop'
    for (const { from, to, port, protocol } of landscape.flows) this.#openersAt({ to, port, protocol }).add(from)
    for (const [index, fault] of landscape.faults.filter(isTrafficFault).entries())
      this.put(`deviation-${index + 1}`, fault)
  }

  put(id: string, fault: TrafficFault): void {
    this.#faults.set(id, fault)
    const paths = pathFaultsOf(fault, this.#landscape).map((path) => ({ id, fault: path }))
    this.#paths = [...this.#paths.filter((path) => path.id !== id), ...paths]
  }

  remove(id: string): TrafficFault | undefined {
    const fault = this.#faults.get(id)
    this.#faults.delete(id)
    this.#paths = this.#paths.filter((path) => path.id !== id)
    return fault
  }

  /** The hosts whose traffic a fault changes. */
  hostsAt(fault: TrafficFault): readonly string[] {
    return [...new Set(pathFaultsOf(fault, this.#landscape).map(({ to }) => to))]
  }

  get faults(): ReadonlyMap<string, TrafficFault> {
    return this.#faults
  }

  /** The hosts for which something stands at this port: those let through, and those whose packets are dropped. */
  callersOf(door: Door): readonly string[] {
    if (this.#dropsByDefault) return this.#everybody
    const callers = new Set([door.to, OPERATOR, ...this.#openersAt(door)])
    for (const { fault } of this.#paths) {
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
    const own = this.#paths.flatMap(({ id, fault }) => (matches(fault, from, door) ? linkFault(fault, id) : []))
    return delayMs > 0 ? [{ kind: 'delay', delayMs }, ...own] : own
  }

  #isOpen(from: string, door: Door): boolean {
    if (from === OPERATOR || from === door.to || this.#openersAt(door).has(from)) return true
    return this.#paths.some(({ fault }) => fault.fault === 'open' && matches(fault, from, door))
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
export const concerns = (fault: PathFault, { to, port, protocol }: Door): boolean =>
  fault.to === to &&
  (fault.port === undefined || fault.port === port) &&
  (fault.protocol === undefined || fault.protocol === protocol)

const matches = (fault: PathFault, from: string, door: Door): boolean =>
  concerns(fault, door) && (fault.from === undefined || fault.from === from)

function linkFault(fault: PathFault, id: string): readonly LinkFault[] {
  switch (fault.fault) {
    case 'open':
      return []
    case 'delay':
      return [{ kind: 'delay', delayMs: fault.delayMs }]
    case 'reset':
      return [{ kind: 'reset', ...(fault.afterBytes === undefined ? {} : { afterBytes: fault.afterBytes }) }]
    case 'rate':
      return [{ kind: 'rate', bytesPerSecond: fault.bytesPerSecond }]
    case 'cut': {
      const { with: end = 'rst', afterBytes } = fault
      return [{ kind: 'cut', id, end, ...(afterBytes === undefined ? {} : { afterBytes }) }]
    }
    case 'drop':
      return [{ kind: 'drop', ...(fault.lost === 'answers' ? { answersOnly: true } : {}) }]
    case 'reject':
      return [{ kind: 'reject', with: fault.with ?? 'rst' }]
    case 'stall':
      return [{ kind: 'stall' }]
  }
}
