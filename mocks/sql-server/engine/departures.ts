import { Cancelled } from './sql-error.ts'

/** Who waits until others have gone looks again whenever somebody has. */
export class Departures {
  readonly #looks = new Set<() => void>()

  tell(): void {
    for (const look of this.#looks) look()
  }

  /** True once `holds` does; false when the time is over. -1 waits without end; rejects with Cancelled. */
  until(
    holds: () => boolean,
    { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<boolean> {
    if (holds()) return Promise.resolve(true)
    return new Promise((resolve, reject) => {
      const settle = (how: () => void) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', cancel)
        this.#looks.delete(look)
        how()
      }
      const look = () => {
        if (holds()) settle(() => resolve(true))
      }
      const cancel = () => settle(() => reject(new Cancelled()))
      const timer = timeoutMs < 0 ? undefined : setTimeout(() => settle(() => resolve(false)), timeoutMs)
      signal.addEventListener('abort', cancel, { once: true })
      this.#looks.add(look)
    })
  }
}
