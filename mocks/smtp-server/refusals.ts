import type { Stage } from './actions.ts'
import type { Reply } from './reply.ts'

export interface OrderedRefusal extends Reply {
  readonly stage: Stage
  readonly times?: number | undefined
}

/** The refusals that were ordered, one a stage. */
export class Refusals {
  readonly #ordered = new Map<Stage, OrderedRefusal>()

  order(refusal: OrderedRefusal): void {
    this.#ordered.set(refusal.stage, refusal)
  }

  end(stage: Stage | undefined): void {
    if (stage === undefined) this.#ordered.clear()
    else this.#ordered.delete(stage)
  }

  /** The reply to refuse with at this stage, and one refusal fewer to come. */
  next(stage: Stage): Reply | undefined {
    const refusal = this.#ordered.get(stage)
    if (refusal?.times === undefined) return refusal
    if (refusal.times > 1) this.#ordered.set(stage, { ...refusal, times: refusal.times - 1 })
    else this.#ordered.delete(stage)
    return refusal
  }

  list(): OrderedRefusal[] {
    return [...this.#ordered.values()]
  }
}
