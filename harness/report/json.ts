import type { RunEvent } from '../context/events.ts'
import type { Reporter } from './reporter.ts'
import { type RunRecord, type RunRecorder, runRecorder } from './run-record.ts'

/** The version of the documents below: goes up when something in them changes its meaning or goes away. */
export const JSON_REPORT_VERSION = 1

/** A run as one JSON document. */
export const jsonDocument = (record: RunRecord): object => ({
  version: JSON_REPORT_VERSION,
  landscape: record.started?.landscape,
  engine: record.started?.engine,
  seed: record.started?.seed,
  startedAt: record.started?.at,
  notes: record.started?.notes ?? [],
  components: record.components.map(({ host, kind, elapsedMs, real, version, warning }) => ({
    host,
    kind,
    elapsedMs,
    real,
    version,
    warning,
  })),
  results: record.results,
  summary: record.summary,
})

/** One document when all is over. */
export function jsonReporter(write: (text: string) => void | Promise<void>): Reporter {
  const recorder: RunRecorder = runRecorder()
  return {
    name: 'json',
    event: recorder.event,
    async finish() {
      await write(`${JSON.stringify(jsonDocument(recorder.record), undefined, 2)}\n`)
    },
  }
}

/** Every event as a line of JSON, as it happens. */
export const jsonLinesReporter = (write: (text: string) => void): Reporter => ({
  name: 'json-lines',
  event: (event: RunEvent) => write(`${JSON.stringify(event)}\n`),
})
