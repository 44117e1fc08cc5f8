import { sqlFailure } from '../../../../harness/clients/sql-failure.ts'
import { messageOf } from '../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { type Outcome, refusal } from '../../protocol/refusal.ts'
import { DatabaseUnavailable } from '../store/database.ts'

/** Runs a request; what fails underneath becomes a refusal for the caller and an entry in the journal. */
export async function guarded<T>(
  host: ComponentHost,
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
    // A code without an error of the server is the client library's: the connection, not the statement.
    return refusal(!first && failure.code !== undefined ? 'database-unavailable' : 'server-error')
  }
}
