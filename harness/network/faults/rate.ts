import { DueQueue } from './due-queue.ts'
import type { Passing, Pipe, PipeTools } from './pipe.ts'

/** A slow line: so many bytes a second in each direction. */
export interface RateFault {
  readonly kind: 'rate'
  readonly bytesPerSecond: number
}

/** Chunks are cut so that a slow line trickles instead of delivering in lumps. */
const SLICE_MS = 20
/** What a narrow line's buffer takes before the sender is held back. */
const MAX_QUEUED_MS = 250

export function ratePipe({ bytesPerSecond }: RateFault, tools: PipeTools): Pipe {
  const perMs = Math.max(1, bytesPerSecond) / 1000
  const sliceBytes = Math.max(1, Math.floor(perMs * SLICE_MS))
  let full = false
  const queuedMs = () => queue.lastDueMs - tools.clock.elapsedMs()
  const queue = new DueQueue({
    ...tools,
    next(item) {
      tools.next(item)
      if (full && queuedMs() < MAX_QUEUED_MS) {
        full = false
        tools.changed()
      }
    },
  })
  const send = (item: Passing, bytes: number) =>
    queue.add(item, Math.max(queue.lastDueMs, tools.clock.elapsedMs()) + bytes / perMs)
  return {
    push(item) {
      if (item.kind !== 'data') send(item, 0)
      else {
        for (let start = 0; start < item.chunk.length; start += sliceBytes) {
          const chunk = item.chunk.subarray(start, start + sliceBytes)
          send({ ...item, chunk }, chunk.length)
        }
      }
      if (full || queuedMs() < MAX_QUEUED_MS) return
      full = true
      tools.changed()
    },
    get full() {
      return full || queue.full
    },
    release: () => queue.release(),
  }
}
