import type { StepResult } from '../context/events.ts'
import type { Json, JsonObject } from '../context/json.ts'
import { masked } from '../context/mask.ts'

/** Evidence kept of one step; a story that asks a thousand questions keeps the last ones. */
const MAX_EVIDENCE = 50
const MAX_TEXT = 4_000
const MAX_ITEMS = 200

/** Writes down the steps of one case while it runs. */
export class CaseRecorder {
  readonly steps: StepResult[] = []
  #evidence: JsonObject[] = []

  keep(facts: JsonObject): void {
    // Both give back an object for an object.
    this.#evidence.push(shortened(masked(facts)) as JsonObject)
    if (this.#evidence.length > MAX_EVIDENCE) this.#evidence.shift()
  }

  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now()
    const end = (outcome: StepResult['outcome']) => {
      this.steps.push({ title, outcome, durationMs: performance.now() - started, evidence: this.#evidence })
      this.#evidence = []
    }
    try {
      const result = await work()
      end('passed')
      return result
    } catch (error) {
      end('failed')
      throw error
    }
  }

  /** Evidence that was gathered outside every step stands behind them, without a title. */
  finish(outcome: StepResult['outcome']): void {
    if (this.#evidence.length > 0) this.steps.push({ title: '', outcome, durationMs: 0, evidence: this.#evidence })
  }
}

/** What goes into every report keeps the beginnings of long texts and lists. */
function shortened(value: Json | undefined): Json {
  if (typeof value === 'string') return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item: Json) => shortened(item))
    return value.length > MAX_ITEMS ? [...items, `… ${value.length - MAX_ITEMS} more`] : items
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortened(item)]))
  }
  return value ?? null
}
