import type { LockOwner } from '../storage/locks.ts'

/** Holds the application locks of a session that outlive its transactions, and counts how often each was taken. */
export class ApplicationLocks implements LockOwner {
  readonly #owner: LockOwner
  readonly #counts = new Map<string, number>()

  constructor(owner: LockOwner) {
    this.#owner = owner
  }

  get spid(): number {
    return this.#owner.spid
  }

  get deadlockPriority(): number {
    return this.#owner.deadlockPriority
  }

  note(resource: string, ofTransaction: boolean): void {
    const key = `${ofTransaction ? 't' : 's'}${resource}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  /** True when this was the last of them. */
  release(resource: string, ofTransaction: boolean): boolean {
    const key = `${ofTransaction ? 't' : 's'}${resource}`
    const left = (this.#counts.get(key) ?? 1) - 1
    if (left > 0) this.#counts.set(key, left)
    else this.#counts.delete(key)
    return left <= 0
  }

  /** The transaction has ended, and its locks with it. */
  endTransaction(): void {
    for (const key of this.#counts.keys()) if (key.startsWith('t')) this.#counts.delete(key)
  }

  clear(): void {
    this.#counts.clear()
  }
}
