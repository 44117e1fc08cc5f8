/** Whom SQLite works for. One statement runs at a time, so one place tells whose it is. */
import type { SqlSession } from '../session.ts'

let running: SqlSession | undefined

export function currentSession(): SqlSession {
  if (!running) throw new Error('no statement runs')
  return running
}

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
