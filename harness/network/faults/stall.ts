import type { Passing, Pipe } from './pipe.ts'

/** Connections open, then not a byte passes either way; when it is cleared, everything that was held flows on. */
export interface StallFault {
  readonly kind: 'stall'
}

/** What a dropped packet filter does to connections that are open: nothing passes, the end neither. */
export interface DropFault {
  readonly kind: 'drop'
  /** What clients send arrives. */
  readonly answersOnly?: boolean
}

/** Reading stops, so the kernel's windows fill as they do behind a peer that hangs. */
export function stallPipe(): Pipe {
  const held: Passing[] = []
  return {
    push: (item) => void held.push(item),
    full: true,
    release: () => held.splice(0),
  }
}
