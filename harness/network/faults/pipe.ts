import type { Clock } from '../../context/clock.ts'
import type { Random } from '../../context/random.ts'

/** What goes along one direction of a relayed connection, with the time at which it came in. */
export type Passing =
  | { readonly kind: 'data'; readonly chunk: Buffer; readonly atMs: number }
  | { readonly kind: 'end'; readonly atMs: number }
  /** From here on nothing passes any more, either way. */
  | { readonly kind: 'silence'; readonly atMs: number }
  /** The connection is torn: by its source, or by a fault after everything before it has been delivered. */
  | { readonly kind: 'reset'; readonly atMs: number; readonly delivered: boolean }

export type Direction = 'to-server' | 'to-client'

export interface PipeTools {
  readonly direction: Direction
  readonly clock: Clock
  readonly random: Random
  /** Hands an item on. */
  next(item: Passing): void
  /** Says that `full` may have changed. */
  changed(): void
}

/** What a fault does to one direction of one connection. */
export interface Pipe {
  push(item: Passing): void
  /** No more should be read from the source for now. */
  readonly full: boolean
  /** Ends the fault's effect: stops its timers and gives back what it held, in order. */
  release(): readonly Passing[]
}
