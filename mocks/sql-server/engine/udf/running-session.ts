/** Whom SQLite works for. One statement runs at a time, so one place tells whose it is. */
import type { SqlSession } from '../session.ts'

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

/** Runs SQLite on behalf of a session. */
export function withSession<T>(session: SqlSession, work: () => T): T {
  const before = running
  running = session
  try {
    return work()
  } finally {
    running = before
  }
}
