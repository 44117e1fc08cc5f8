import type { EventStream, JournalEntry } from '../../context/events.ts'
import type { Sequence } from '../../host/journal.ts'

/** Entries kept of one host, as in a host of this process. */
const MAX_ENTRIES = 10_000

/** What a host in a container has written, numbered anew as it arrives: the count goes over all hosts of a run. */
export interface RemoteJournal {
  take(entry: JournalEntry): void
  read(kind?: string, afterSequence?: number): readonly JournalEntry[]
}

export function remoteJournal(sequence: Sequence, events: EventStream): RemoteJournal {
  let entries: JournalEntry[] = []
  return {
    take(arrived) {
      const entry = { ...arrived, sequence: sequence.next() }
      entries.push(entry)
      if (entries.length > 2 * MAX_ENTRIES) entries = entries.slice(-MAX_ENTRIES)
      events.emit({ type: 'journal', at: entry.at, entry })
    },
    read: (kind, afterSequence = 0) =>
      entries.filter((entry) => entry.sequence > afterSequence && (kind === undefined || entry.kind === kind)),
  }
}
