import { DueQueue } from './due-queue.ts'
import type { Pipe, PipeTools } from './pipe.ts'

/** Everything arrives later; order is kept. Jitter adds a random part between 0 and `jitterMs`. */
export interface DelayFault {
  readonly kind: 'delay'
  readonly delayMs: number
  readonly jitterMs?: number
}

export function delayPipe({ delayMs, jitterMs = 0 }: DelayFault, tools: PipeTools): Pipe {
  const queue = new DueQueue(tools)
  return {
    push: (item) => queue.add(item, item.atMs + delayMs + (jitterMs > 0 ? tools.random.next() * jitterMs : 0)),
    get full() {
      return queue.full
    },
    release: () => queue.release(),
  }
}
