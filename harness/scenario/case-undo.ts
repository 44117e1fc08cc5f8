import { HarnessError, messageOf } from '../context/error.ts'

/** What a case has changed, and how it is undone; nothing is changed any more once the undoing has begun. */
export class CaseUndo {
  readonly #what: string
  readonly #undone: (() => Promise<void>)[] = []
  readonly #changing = new Set<Promise<unknown>>()
  #state: 'playing' | 'ending' | 'undone' = 'playing'

  /** `what` names the case in the error of who comes too late. */
  constructor(what: string) {
    this.#what = what
  }

  /** Last deferred is undone first. */
  defer(undo: () => Promise<void>): void {
    if (this.#state === 'undone') throw this.#tooLate()
    this.#undone.push(undo)
  }

  /** Does something that `defer` undoes. The undoing waits for it, also when nobody else does any more. */
  async change<T>(work: () => Promise<T>): Promise<T> {
    if (this.#state !== 'playing') throw this.#tooLate()
    const changing = work()
    this.#changing.add(changing)
    try {
      return await changing
    } finally {
      this.#changing.delete(changing)
    }
  }

  /** Undoes everything, whatever fails on the way; says what failed. */
  async end(): Promise<readonly string[]> {
    this.#state = 'ending'
    await Promise.allSettled(this.#changing)
    this.#state = 'undone'
    const failures: string[] = []
    for (const undo of this.#undone.splice(0).reverse()) {
      try {
        await undo()
      } catch (error) {
        // What cannot be done to a real program has not been done either.
        if (!(error instanceof HarnessError && error.code === 'not-shown')) failures.push(messageOf(error))
      }
    }
    return failures
  }

  #tooLate(): HarnessError {
    return new HarnessError('interrupted', `${this.#what} has ended and changes nothing any more`)
  }
}
