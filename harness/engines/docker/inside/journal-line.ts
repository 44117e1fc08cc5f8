import type { JournalEntry } from '../../../context/events.ts'

/** What a component's journal says, as a line of its container's log. */
export const journalLine = ({ at, kind, type, facts }: JournalEntry): string =>
  `${at} ${kind} ${type}${Object.keys(facts).length === 0 ? '' : ` ${JSON.stringify(facts)}`}`
