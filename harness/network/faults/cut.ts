import type { LinkFault } from './link-fault.ts'
import type { Pipe, PipeTools } from './pipe.ts'

/** How a connection ends that is cut: torn, ended as if the server had, or nothing comes any more. */
export type CutEnd = 'rst' | 'fin' | 'silence'

/**
 * Something in the network ends connections: each after so many bytes of answers, or, when it comes, those that are open
 * then and no others.
 */
export interface CutFault {
  readonly kind: 'cut'
  /** Tells a cut that comes from one that was there already. */
  readonly id: string
  readonly end: CutEnd
  readonly afterBytes?: number
}

/** How the connections end that are open when `now` follows on `before`; undefined where they do not. */
export function freshCut(before: readonly LinkFault[], now: readonly LinkFault[]): CutEnd | undefined {
  const cuts = (faults: readonly LinkFault[]) =>
    faults.flatMap((fault) => (fault.kind === 'cut' && fault.afterBytes === undefined ? [fault] : []))
  const known = new Set(cuts(before).map(({ id }) => id))
  return cuts(now).find(({ id }) => !known.has(id))?.end
}

/** Lets `afterBytes` bytes through to the client, then ends the connection. */
export function cutPipe(end: CutEnd, afterBytes: number, tools: PipeTools): Pipe {
  let left = afterBytes
  return {
    push(item) {
      if (left < 0) return
      if (item.kind !== 'data' || left > item.chunk.length) {
        if (item.kind === 'data') left -= item.chunk.length
        tools.next(item)
        return
      }
      tools.next({ ...item, chunk: item.chunk.subarray(0, left) })
      left = -1
      if (end === 'rst') tools.next({ kind: 'reset', atMs: item.atMs, delivered: true })
      else tools.next({ kind: end === 'fin' ? 'end' : 'silence', atMs: item.atMs })
    },
    full: false,
    release: () => [],
  }
}
