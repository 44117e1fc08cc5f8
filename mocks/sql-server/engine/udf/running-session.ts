/** Whom SQLite works for. One statement runs at a time, so one place tells whose it is. */
import type { SqlSession } from '../session.ts'
import { unsupported } from '../sql-error.ts'

let running: SqlSession | undefined

export function currentSession(): SqlSession {
  if (!running) throw new Error('no statement runs')
  return running
}

/** How the running session reads and writes dates; outside of statements as a session starts. */
export const currentCalendar = (): Calendar => running?.settings ?? startCalendar

/** Whether a SET option is on for whom SQLite works now. */
export const isOn = (option: string): boolean => running?.settings.switches.has(option) ?? false

interface Calendar {
  readonly dateFormat: string
  readonly dateFirst: number
  readonly language: string
}

const startCalendar: Calendar = { dateFormat: 'mdy', dateFirst: 7, language: 'us_english' }

/** A statement runs without a pause; nobody else is served, and no attention is heard, for as long as this at most. */
const maxHoldMs = 60_000
const callsBetweenLooks = 1024
let heldSince = 0
let calls = 0

/** SQLite keeps the rows of a recursion in memory. */
const maxRecursions = 5_000_000
let recursions = 0

/** Asked for every row of a recursive CTE. */
export function countRecursion(): void {
  recursions += 1
  if (recursions > maxRecursions) throw unsupported('a recursive CTE of more than 5,000,000 rows')
}

/** Asked by every function that SQLite calls: the only places where a statement that has no end can be ended. */
export function countCall(): void {
  calls += 1
  if (calls % callsBetweenLooks !== 0) return
  const now = performance.now()
  if (heldSince === 0) heldSince = now
  else if (now - heldSince > maxHoldMs)
    throw unsupported(`a statement that keeps the server busy for more than ${maxHoldMs / 1000} seconds`)
}

/** Runs SQLite on behalf of a session. */
export function withSession<T>(session: SqlSession, work: () => T): T {
  const before = running
  running = session
  if (!before) {
    heldSince = 0
    recursions = 0
  }
  try {
    return work()
  } finally {
    running = before
  }
}
