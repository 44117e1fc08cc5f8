import { HarnessError, messageOf } from '../context/error.ts'
import type { ComponentSpec } from '../landscape/landscape.ts'
import type { Stage } from './stage.ts'

/**
 * Components that a case has changed and left stopped. They start as the landscape says before the next case sees anything, except
 * where that case first stops or starts the very one: what is changed twice in a row is started once less.
 */
export class LateRestores {
  readonly #stage: Stage
  /** By component, who left it. */
  readonly #left = new Map<ComponentSpec, string>()
  #restoring: Promise<void> | undefined

  constructor(stage: Stage) {
    this.#stage = stage
  }

  get none(): boolean {
    return this.#left.size === 0 && !this.#restoring
  }

  /** `by` names the case in the error of a start that fails. */
  leave(spec: ComponentSpec, by: string): void {
    this.#left.set(spec, by)
  }

  /** Whether somebody who starts or stops this one himself may take it as it was left: only where all else is as declared. */
  takeOver(spec: ComponentSpec): boolean {
    return !this.#restoring && this.#left.size === 1 && this.#left.delete(spec)
  }

  /** Starts what was left, in the order in which it was. */
  restore(): Promise<void> {
    this.#restoring ??= this.#start().finally(() => {
      this.#restoring = undefined
    })
    return this.#restoring
  }

  async #start(): Promise<void> {
    const failures: HarnessError[] = []
    for (const [spec, by] of this.#left) {
      this.#left.delete(spec)
      try {
        await this.#stage.host(spec.host).start(spec.kind)
      } catch (cause) {
        // What cannot be done to a real program has not been done either.
        if (cause instanceof HarnessError && cause.code === 'not-shown') continue
        const what = `${spec.kind} on ${spec.host}, which scenario ${by} had changed`
        const message = `${what}, could not be started as the landscape says: ${messageOf(cause)}`
        failures.push(new HarnessError('start-failed', message, { cause }))
      }
    }
    const [first] = failures
    if (first) throw failures.length === 1 ? first : new AggregateError(failures, failures.map(messageOf).join('; '))
  }
}
