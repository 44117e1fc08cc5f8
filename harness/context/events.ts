import type { JsonObject } from './json.ts'
import type { Realness } from './realness.ts'

/** One entry of a component's journal. `facts` are masked. */
export interface JournalEntry {
  /** Counts up through a run, over all hosts. */
  readonly sequence: number
  /** By the host's clock, ISO 8601. */
  readonly at: string
  readonly host: string
  readonly kind: string
  readonly type: string
  readonly facts: JsonObject
}

/** A step of a scenario, as it ended. */
export interface StepResult {
  /** Empty for what was seen outside every step: only its evidence is to be shown. */
  readonly title: string
  readonly outcome: 'passed' | 'failed'
  readonly durationMs: number
  /** Observations, answers and other evidence that the step kept. */
  readonly evidence: readonly JsonObject[]
}

export interface CaseId {
  /** `scenario id [role=host,…]`: stable from run to run. */
  readonly id: string
  readonly scenario: string
  readonly title: string
  readonly requirement: string
  /** Role → host. */
  readonly hosts: Readonly<Record<string, string>>
}

export interface CaseResult extends CaseId {
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly durationMs: number
  readonly steps: readonly StepResult[]
  /** Why it failed, or was skipped. */
  readonly reason?: string
  /** It failed, and the landscape file says that a faithful reproduction fails so. */
  readonly expected?: true
}

export interface RunSummary {
  readonly landscape: string
  readonly engine: string
  readonly seed: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly readyMs: number
  readonly durationMs: number
  readonly outcome: 'passed' | 'failed' | 'interrupted'
}

/** Everything that happens in a run, in one ordered stream; reports subscribe. Times are ISO 8601 and milliseconds. */
export type RunEvent =
  | {
      readonly type: 'run-started'
      readonly at: string
      readonly landscape: string
      readonly engine: string
      readonly seed: number
      readonly notes: readonly string[]
    }
  | ({
      readonly type: 'component-started'
      readonly at: string
      readonly host: string
      readonly kind: string
      readonly elapsedMs: number
    } & Realness)
  | { readonly type: 'component-stopped'; readonly at: string; readonly host: string; readonly kind: string }
  | {
      readonly type: 'landscape-ready'
      readonly at: string
      readonly elapsedMs: number
      readonly hosts: number
      readonly components: number
      readonly endpoints: number
    }
  | {
      readonly type: 'fault-injected' | 'fault-cleared'
      readonly at: string
      readonly id: string
      readonly fault: JsonObject
    }
  | { readonly type: 'journal'; readonly at: string; readonly entry: JournalEntry }
  | {
      readonly type: 'case-started'
      readonly at: string
      readonly case: CaseId
      readonly index: number
      readonly total: number
    }
  | {
      readonly type: 'case-finished'
      readonly at: string
      readonly result: CaseResult
      readonly index: number
      readonly total: number
    }
  | { readonly type: 'run-finished'; readonly at: string; readonly summary: RunSummary }

export type RunEventType = RunEvent['type']

/** One ordered stream of events. A listener that throws is dropped and named, never breaks the run. */
export interface EventStream {
  emit(event: RunEvent): void
  subscribe(listener: (event: RunEvent) => void): Disposable
  /** What listeners threw, so that a report can say that it is incomplete. */
  readonly failures: readonly unknown[]
}

export function eventStream(): EventStream {
  const listeners = new Set<(event: RunEvent) => void>()
  const failures: unknown[] = []
  return {
    failures,
    emit(event) {
      for (const listener of [...listeners]) {
        try {
          listener(event)
        } catch (error) {
          listeners.delete(listener)
          failures.push(error)
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
  }
}
