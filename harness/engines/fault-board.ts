import { HarnessError } from '../context/error.ts'
import type { EventStream } from '../context/events.ts'
import { jsonObjectOf } from '../context/json.ts'
import type { LiveFault, RootName, TrafficFault } from '../landscape/fault.ts'
import type { InjectedFault } from './engine.ts'
import type { Firewall } from './firewall.ts'
import type { NamePlaces } from './wrong-answers.ts'

/** Gives a fault its effect, or takes it away, as the firewall has it by then. */
export interface FaultEffect {
  refresh(fault: TrafficFault): Promise<void>
}

/** Where a host's trust store can be changed. */
export interface TrustPlaces {
  distrust(host: string, root: RootName): void | Promise<void>
  takeBack(host: string, root: RootName): void | Promise<void>
}

/** The faults that were injected into a landscape that is up. */
export class FaultBoard {
  readonly #firewall: Firewall
  readonly #effect: FaultEffect
  readonly #trust: TrustPlaces
  readonly #names: NamePlaces
  readonly #events: EventStream
  readonly #injected = new Map<string, InjectedFault>()
  #count = 0

  constructor(
    firewall: Firewall,
    places: { readonly effect: FaultEffect; readonly trust: TrustPlaces; readonly names: NamePlaces },
    events: EventStream,
  ) {
    this.#firewall = firewall
    this.#effect = places.effect
    this.#trust = places.trust
    this.#names = places.names
    this.#events = events
  }

  get injected(): readonly InjectedFault[] {
    return [...this.#injected.values()]
  }

  async inject(fault: LiveFault): Promise<InjectedFault> {
    const entry = { id: `fault-${++this.#count}`, fault }
    if (fault.fault === 'distrust') {
      this.#injected.set(entry.id, entry)
      await this.#trust.distrust(fault.at, fault.root)
      this.#tell('fault-injected', entry)
      return entry
    }
    if (fault.fault === 'dns-answer') {
      await this.#names.answerWrongly(entry.id, fault)
      this.#injected.set(entry.id, entry)
      this.#tell('fault-injected', entry)
      return entry
    }
    this.#firewall.put(entry.id, fault)
    this.#injected.set(entry.id, entry)
    try {
      await this.#effect.refresh(fault)
    } catch (error) {
      // What could not be had in full is taken back in full.
      this.#injected.delete(entry.id)
      this.#firewall.remove(entry.id)
      await this.#effect.refresh(fault)
      throw error
    }
    this.#tell('fault-injected', entry)
    return entry
  }

  async clear(id: string): Promise<void> {
    const entry = this.#injected.get(id)
    if (!entry)
      throw new HarnessError('unknown-name', `there is no injected fault "${id}": \`landscape ps\` lists them`)
    this.#injected.delete(id)
    if (entry.fault.fault === 'distrust') await this.#trust.takeBack(entry.fault.at, entry.fault.root)
    if (entry.fault.fault === 'dns-answer') await this.#names.answerRightly(id)
    const fault = this.#firewall.remove(id)
    if (fault) await this.#effect.refresh(fault)
    this.#tell('fault-cleared', entry)
  }

  #tell(type: 'fault-injected' | 'fault-cleared', { id, fault }: InjectedFault): void {
    this.#events.emit({ type, at: new Date().toISOString(), id, fault: jsonObjectOf(fault) })
  }
}
