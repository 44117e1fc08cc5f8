/** How large a database is: pages of 8 KB, as the product counts, at least as many as a new database has. */
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from './database.ts'

const freshPages = 1024
export const logPages = 1024

/** Pages of the data file. A database that no session can open has those of a new one. */
export function dataPages(session: SqlSession, database: SqlDatabase): number {
  if (database.state !== 'ONLINE') return freshPages
  const store = session.store(database)
  const bytes =
    Number(store.all('PRAGMA page_count')[0]?.[0] ?? 0) * Number(store.all('PRAGMA page_size')[0]?.[0] ?? 4096)
  return Math.max(freshPages, Math.ceil(bytes / 8192))
}

/** Data and log together. */
export const databaseKilobytes = (session: SqlSession, database: SqlDatabase): number =>
  (dataPages(session, database) + logPages) * 8
