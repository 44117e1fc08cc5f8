import type { CaseResult, RunEvent, RunSummary } from '../context/events.ts'

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>

/** What a report needs that is written when all is over: a run's events, sorted by what they are. */
export interface RunRecord {
  readonly started: EventOf<'run-started'> | undefined
  readonly ready: EventOf<'landscape-ready'> | undefined
  readonly components: readonly EventOf<'component-started'>[]
  readonly results: readonly CaseResult[]
  readonly summary: RunSummary | undefined
}

export interface RunRecorder {
  event(event: RunEvent): void
  readonly record: RunRecord
}

export function runRecorder(): RunRecorder {
  const components: EventOf<'component-started'>[] = []
  const results: CaseResult[] = []
  let started: EventOf<'run-started'> | undefined
  let ready: EventOf<'landscape-ready'> | undefined
  let summary: RunSummary | undefined
  return {
    event(event) {
      switch (event.type) {
        case 'run-started':
          started = event
          break
        case 'landscape-ready':
          ready = event
          break
        case 'component-started':
          components.push(event)
          break
        case 'case-finished':
          results.push(event.result)
          break
        case 'run-finished':
          summary = event.summary
          break
        case 'component-stopped':
        case 'fault-injected':
        case 'fault-cleared':
        case 'case-started':
        case 'journal':
          break
      }
    },
    get record() {
      return { started, ready, components, results, summary }
    },
  }
}

/** `app=app1,sql=sql1`: the hosts of a case, as they stand in its id. */
export const hostsOf = (result: { readonly hosts: Readonly<Record<string, string>> }): string =>
  Object.entries(result.hosts)
    .map(([role, host]) => `${role}=${host}`)
    .join(',')

/** The closing line that people and machines look for. */
export const countsOf = (counts: Pick<RunSummary, 'passed' | 'failed' | 'skipped'>): string =>
  `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`

/** The same without what is zero: `14 passed, 1 failed`. */
export const shortCountsOf = (results: readonly CaseResult[]): string =>
  (['passed', 'failed', 'skipped'] as const)
    .map((outcome) => ({ outcome, count: results.filter((result) => result.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${outcome}`)
    .join(', ')

/** `412 ms`, `2.1 s`, `3 min 5 s`. */
export function durationText(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(durationMs < 10_000 ? 2 : 1)} s`
  const seconds = Math.round(durationMs / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
