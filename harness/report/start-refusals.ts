import type { RunEvent } from '../context/events.ts'
import { visibleText } from './visible-text.ts'

/** What a component's journal calls it when its program does not start, with the reason in the fact `text`. */
const START_REFUSED = 'start-refused'

/** Why a program does not run although its component stands, in one line: else nobody would see it but its callers. */
export function startRefusal(event: RunEvent): string | undefined {
  if (event.type !== 'journal' || event.entry.type !== START_REFUSED) return undefined
  const { host, kind, facts } = event.entry
  const reason = typeof facts.text === 'string' ? `: ${visibleText(facts.text, 400)}` : ''
  return `${visibleText(host)}: ${visibleText(kind)} does not start${reason}`
}
