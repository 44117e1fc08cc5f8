import type { EventStream } from '../context/events.ts'
import type { HostHandle } from '../host/host-handle.ts'
import type { LiveFault } from '../landscape/fault.ts'
import type { Landscape } from '../landscape/landscape.ts'

/** What scenarios play on: a landscape that is up, whatever brought it up. */
export interface Stage {
  readonly landscape: Landscape
  readonly events: EventStream
  host(name: string): HostHandle
  inject(fault: LiveFault): Promise<{ readonly id: string }>
  clear(id: string): Promise<void>
}
