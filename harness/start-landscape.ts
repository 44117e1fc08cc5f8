import type { EventStream } from './context/events.ts'
import type { HostHandle, InjectedFault, SeenEndpoint } from './engines/engine.ts'
import type { TrafficFault } from './landscape/fault.ts'
import type { Landscape } from './landscape/landscape.ts'

export interface StartOptions {
  /** `embedded` (the default). */
  readonly engine?: string
  /** Faults as on the command line (`drop:from=client1,to=app1,port=11018`) or as data. */
  readonly with?: readonly (string | object)[]
  /** Settings as on the command line: `host.component.key=value`. */
  readonly set?: readonly string[]
  readonly signal?: AbortSignal
  /** Faults will be injected while connections live. */
  readonly live?: boolean
  readonly seed?: number
  /** Replaces the landscape's patience, in milliseconds. */
  readonly patienceMs?: number
  /** Receives TLS keys, NSS key log format. */
  readonly keylog?: string
  /** Receives everything that happens; made by the caller so that nothing is missed. */
  readonly events?: EventStream
  /** Forces the mapping to 127.0.0.1 and free ports. */
  readonly mapped?: boolean
}

/** A landscape that is up. Disposing it stops everything in reverse and leaves nothing behind; it is idempotent. */
export interface RunningLandscape extends AsyncDisposable {
  readonly name: string
  readonly landscape: Landscape
  readonly engine: string
  readonly seed: number
  readonly readyMs: number
  readonly events: EventStream
  readonly hosts: ReadonlyMap<string, HostHandle>
  /** Throws HarnessError('unknown-name') with the nearest known name. */
  host(name: string): HostHandle
  endpoints(from?: string): readonly SeenEndpoint[]
  /** Text as on the command line, or data. */
  inject(fault: string | TrafficFault): Promise<InjectedFault>
  clear(id?: string): Promise<void>
  readonly injected: readonly InjectedFault[]
  readonly notes: readonly string[]
}
