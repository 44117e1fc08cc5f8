import type { EventStream, JournalEntry } from '../context/events.ts'
import type { JsonObject } from '../context/json.ts'
import { masked } from '../context/mask.ts'

/** Entries kept of one host; older ones are forgotten, so that a long run does not grow. */
const MAX_ENTRIES = 10_000
const MAX_TEXT = 2_000

/** Counts a run's journal entries, over all hosts. */
export interface Sequence {
  next(): number
  readonly last: number
}

export function sequence(): Sequence {
  let last = 0
  return {
    next: () => ++last,
    get last() {
      return last
    },
  }
}

/** The ordered record that a host's components keep. */
export interface Journal {
  write(kind: string, type: string, facts: JsonObject): void
  read(kind?: string, afterSequence?: number): readonly JournalEntry[]
}

const shortened = (facts: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [
      key,
      typeof value === 'string' && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value,
    ]),
  )

export function hostJournal(options: {
  readonly host: string
  readonly now: () => Date
  readonly sequence: Sequence
  readonly events: EventStream
}): Journal {
  let entries: JournalEntry[] = []
  return {
    write(kind, type, facts) {
      const at = options.now().toISOString()
      // masked() gives back an object for an object.
      const clean = masked(shortened(facts)) as JsonObject
      const entry: JournalEntry = {
        sequence: options.sequence.next(),
        at,
        host: options.host,
        kind,
        type,
        facts: clean,
      }
      entries.push(entry)
      if (entries.length > 2 * MAX_ENTRIES) entries = entries.slice(-MAX_ENTRIES)
      options.events.emit({ type: 'journal', at, entry })
    },
    read: (kind, afterSequence = 0) =>
      entries.filter((entry) => entry.sequence > afterSequence && (kind === undefined || entry.kind === kind)),
  }
}
