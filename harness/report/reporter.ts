import type { EventStream, RunEvent } from '../context/events.ts'

/** Turns the event stream into something for a reader. Both hooks are optional. */
export interface Reporter {
  /** `console`, `junit`, …: names the report when it fails. */
  readonly name: string
  event?(event: RunEvent): void
  /** Writes what can only be written when all is over. */
  finish?(): Promise<void> | void
  /** The run did not come to its end: leaves what it writes to clean. */
  abandon?(): void
}

export interface ReporterFailure {
  readonly reporter: string
  readonly error: unknown
}

export interface AttachedReporters {
  /** Finishes every reporter that still stands; tells which ones broke. Never throws. */
  finish(): Promise<readonly ReporterFailure[]>
  /** For a run that did not come to its end: nothing is written any more. */
  abandon(): void
}

/** Subscribes reporters to a run's events. One that throws is dropped and named; the run and the others go on. */
export function attachReporters(events: EventStream, reporters: readonly Reporter[]): AttachedReporters {
  const failures: ReporterFailure[] = []
  const standing = new Set(reporters)
  const failed = (reporter: Reporter, error: unknown) => {
    standing.delete(reporter)
    failures.push({ reporter: reporter.name, error })
  }
  const subscription = events.subscribe((event) => {
    for (const reporter of [...standing]) {
      try {
        reporter.event?.(event)
      } catch (error) {
        failed(reporter, error)
      }
    }
  })
  return {
    abandon() {
      subscription[Symbol.dispose]()
      for (const reporter of standing) reporter.abandon?.()
    },
    async finish() {
      subscription[Symbol.dispose]()
      for (const reporter of [...standing]) {
        try {
          await reporter.finish?.()
        } catch (error) {
          failed(reporter, error)
        }
      }
      return failures
    },
  }
}
