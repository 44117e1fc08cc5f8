import type { EventStream, JournalEntry } from '../context/events.ts'
import type { Json, JsonObject } from '../context/json.ts'
import type { Random } from '../context/random.ts'
import type { AnyComponentKind } from '../host/component.ts'
import type { Fault, TrafficFault } from '../landscape/fault.ts'
import type { Landscape } from '../landscape/landscape.ts'
import type { Observation } from '../probes/observation.ts'
import type { AnyProbe } from '../probes/probe.ts'

/** What a run carries through every room. */
export interface RunContext {
  /** Names the run's folder, labels and address file. */
  readonly name: string
  readonly events: EventStream
  readonly random: Random
  readonly signal: AbortSignal
  /** A folder of this run, mode 0700, swept when it ends. */
  readonly folder: string
  /** A folder kept between runs (caches), mode 0700. */
  readonly stateFolder: string
  /** Faults will be injected while connections live: relays stand in the way from the start. */
  readonly live: boolean
  /** File that receives TLS keys, NSS key log format. */
  readonly keylogFile?: string
}

export interface EngineStart {
  readonly landscape: Landscape
  readonly kinds: ReadonlyMap<string, AnyComponentKind>
  readonly probes: ReadonlyMap<string, AnyProbe>
  readonly context: RunContext
}

/** An address at which a port of a host is reached from another host. */
export interface SeenEndpoint {
  readonly from: string
  readonly to: string
  readonly kind: string
  readonly listen: string
  /** The port in the model. */
  readonly port: number
  readonly address: string
  /** The port on this machine: the model's, unless the platform forbids. */
  readonly seenPort: number
}

/** Requests to one host: data in, data out. */
export interface HostHandle {
  readonly name: string
  probe(name: string, input: JsonObject, signal?: AbortSignal): Promise<Observation>
  call(kind: string, action: string, input: JsonObject, signal?: AbortSignal): Promise<Json>
  journal(kind?: string, afterSequence?: number): Promise<readonly JournalEntry[]>
  /** Stops a component; its ports refuse. */
  stop(kind: string): Promise<void>
  /** Starts it (again), with other settings if given. */
  start(kind: string, settings?: JsonObject): Promise<void>
  /** Host name → address as this host sees it: its hosts file. */
  names(): Promise<ReadonlyMap<string, string>>
  /** PEM bundle of what this host trusts. */
  trusted(): Promise<string>
}

export interface InjectedFault {
  readonly id: string
  readonly fault: Fault
}

/** A landscape that an engine has brought to life. Disposing it leaves nothing behind; it is idempotent. */
export interface RunningEngine extends AsyncDisposable {
  readonly hosts: ReadonlyMap<string, HostHandle>
  endpoints(from?: string): readonly SeenEndpoint[]
  inject(fault: TrafficFault): Promise<InjectedFault>
  clear(id: string): Promise<void>
  readonly injected: readonly InjectedFault[]
  /** What this platform cannot show, for the report. */
  readonly notes: readonly string[]
}

export interface Engine {
  readonly name: string
  start(start: EngineStart): Promise<RunningEngine>
}
