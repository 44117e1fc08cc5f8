import { sqlFailure } from '../../../../harness/clients/sql-failure.ts'
import { messageOf } from '../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { type Outcome, refusal } from '../../protocol/refusal.ts'
import { type Database, DatabaseUnavailable } from '../store/database.ts'

/** Codes of `mssql` for errors that SQL Server raised in a statement; every other code is the connection's. */
const STATEMENT = 'EREQUEST'

/** Errors of a database that is not the one that was opened: it went, or came back empty. */
const goneNumbers = new Set([208, 911, 4060, 18456])

export interface Guard {
  readonly host: ComponentHost
  readonly database: Database
}

/**
 * Runs a request; what fails underneath becomes a refusal for the caller and an entry in the journal. A database that is
 * gone is opened anew at the next need.
 */
export async function guarded<T>(
  { host, database }: Guard,
  what: string,
  work: () => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DatabaseUnavailable) return refusal('database-unavailable')
    const failure = sqlFailure(error)
    const [first] = failure.all
    const code = first ? String(first.number) : (failure.code ?? 'unknown')
    host.journal('request-failed', { what, code, text: first?.text ?? messageOf(error) })
    const isGone = failure.all.some(({ number }) => goneNumbers.has(number))
    if (isGone) host.background('close a database that is gone', () => database.reset())
    const isConnection = failure.code !== undefined && failure.code !== STATEMENT
    return refusal(isGone || isConnection ? 'database-unavailable' : 'server-error')
  }
}
