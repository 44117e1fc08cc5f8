import type { Passing, PipeTools } from './pipe.ts'

/** What a line holds at most in one direction: enough for 1 Gbit/s over 8 ms, and a bound for what a run can take. */
const MAX_HELD_BYTES = 1 << 20

/** Holds items until their time, in order, with one timer. */
export class DueQueue {
  readonly #tools: PipeTools
  #waiting: { item: Passing; dueMs: number }[] = []
  #heldBytes = 0
  #lastDueMs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(tools: PipeTools) {
    this.#tools = tools
  }

  get full(): boolean {
    return this.#heldBytes >= MAX_HELD_BYTES
  }

  /** When the last of those held is due. */
  get lastDueMs(): number {
    return this.#lastDueMs
  }

  add(item: Passing, dueMs: number): void {
    this.#lastDueMs = Math.max(this.#lastDueMs, dueMs)
    this.#waiting.push({ item, dueMs: this.#lastDueMs })
    this.#heldBytes += sizeOf(item)
    if (this.#timer === undefined) this.#arm()
    if (this.full) this.#tools.changed()
  }

  release(): readonly Passing[] {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const items = this.#waiting.map(({ item }) => item)
    this.#waiting = []
    this.#heldBytes = 0
    return items
  }

  #arm(): void {
    const [first] = this.#waiting
    if (first === undefined) return
    const waitMs = Math.max(0, Math.ceil(first.dueMs - this.#tools.clock.elapsedMs()))
    this.#timer = setTimeout(() => this.#flush(), waitMs)
  }

  #flush(): void {
    this.#timer = undefined
    const wasFull = this.full
    const nowMs = this.#tools.clock.elapsedMs()
    const later = this.#waiting.findIndex(({ dueMs }) => dueMs > nowMs)
    const due = this.#waiting.splice(0, later === -1 ? this.#waiting.length : later)
    for (const { item } of due) this.#heldBytes -= sizeOf(item)
    this.#arm()
    for (const { item } of due) this.#tools.next(item)
    if (wasFull && !this.full) this.#tools.changed()
  }
}

const sizeOf = (item: Passing): number => (item.kind === 'data' ? item.chunk.length : 0)
