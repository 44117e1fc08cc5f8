import type { EventStream } from '../context/events.ts'
import type { Random } from '../context/random.ts'
import type { AnyComponentKind } from '../host/component.ts'
import type { HostHandle } from '../host/host-handle.ts'
import type { Fault, LiveFault } from '../landscape/fault.ts'
import type { Landscape } from '../landscape/landscape.ts'
import type { SharedKeys } from '../pki/index.ts'
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
  /** Forces the mapping to 127.0.0.1 and free ports. */
  readonly mapped: boolean
  /** File that receives TLS keys, NSS key log format. */
  readonly keylogFile?: string
  /** Between the landscapes of one run, which play side by side. */
  readonly sharedKeys?: SharedKeys
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
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  /** The port on this machine: the model's, unless the platform forbids. */
  readonly seenPort: number
}

export interface InjectedFault {
  readonly id: string
  readonly fault: Fault
}

export type { HostHandle } from '../host/host-handle.ts'

/** A landscape that an engine has brought to life. Disposing it leaves nothing behind; it is idempotent. */
export interface RunningEngine extends AsyncDisposable {
  readonly hosts: ReadonlyMap<string, HostHandle>
  endpoints(from?: string): readonly SeenEndpoint[]
  inject(fault: LiveFault): Promise<InjectedFault>
  clear(id: string): Promise<void>
  readonly injected: readonly InjectedFault[]
  /** What this platform cannot show, for the report. */
  readonly notes: readonly string[]
}

export interface Engine {
  readonly name: string
  start(start: EngineStart): Promise<RunningEngine>
}
