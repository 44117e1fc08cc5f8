import { visibleCatalog } from '../../security/visible-catalog.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { errors } from '../errors.ts'
import type { ResultSink } from '../result-sink.ts'
import type { Frame } from '../session/frame.ts'
import type { SqlSession } from '../session.ts'
import { Cancelled } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { isFull, type Store } from '../storage/store.ts'

/** What every statement runs with. */
export interface Execution {
  readonly session: SqlSession
  readonly sink: ResultSink
  readonly signal: AbortSignal
  readonly frame: Frame
}

export const throwIfCancelled = (x: Execution): void => {
  if (x.signal.aborted) throw new Cancelled()
}

export const catalogOf = (session: SqlSession, database: SqlDatabase): Catalog =>
  session.showing ? visibleCatalog(session, database) : session.transaction.catalogOf(database)

/** Runs what shows the catalogue to the caller. */
export function showing<T>(session: SqlSession, work: () => T): T {
  const before = session.showing
  session.showing = true
  try {
    return work()
  } finally {
    session.showing = before
  }
}

const writerOf = (database: SqlDatabase): string => `writer of ${database.name}`
export const tableResource = (database: string, id: number): string => `${database.toLowerCase()}:${id}`

export const lockWait = (x: Pick<Execution, 'session' | 'signal'>) => ({
  timeoutMs: x.session.settings.lockTimeoutMs,
  signal: x.signal,
})

/** The database's one writer: waits for the one before, then begins the SQLite transaction. */
export async function beginWrite(x: Execution, database: SqlDatabase, object = ''): Promise<Store> {
  const { transaction } = x.session
  if (transaction.doomed) throw errors.doomed()
  const store = x.session.store(database)
  if (transaction.writes(database)) return store
  const waited = transaction.lock(writerOf(database), 'X', lockWait(x))
  if (waited) await waited
  if (!transaction.open(database, store)) throw errors.snapshotConflict(object, database.name)
  return store
}

/** Runs a change; what it wrote is undone when it fails, and kept as the transaction says when it does not. */
export async function atomically<T>(
  x: Execution,
  database: SqlDatabase,
  work: (store: Store) => Promise<T> | T,
  object = '',
): Promise<T> {
  const { transaction } = x.session
  const alone = !transaction.active
  let store: Store
  try {
    store = await beginWrite(x, database, object)
  } catch (error) {
    transaction.finishStatement(true)
    throw error
  }
  const before = catalogOf(x.session, database)
  if (!alone) store.exec('SAVEPOINT statement')
  try {
    const result = await work(store)
    if (!alone) store.exec('RELEASE statement')
    transaction.finishStatement(false)
    return result
  } catch (error) {
    if (!alone && store.inTransaction) {
      store.exec('ROLLBACK TO statement; RELEASE statement')
      if (catalogOf(x.session, database) !== before) transaction.setCatalog(database, before)
    }
    transaction.finishStatement(true)
    throw isFull(error) ? errors.databaseFull(object, database.name) : error
  }
}
