import type { Execution } from './execution.ts'

/** SET ROWCOUNT: a statement stops behind so many rows. */
export function limitRows<T>(x: Execution, rows: readonly T[]): readonly T[] {
  const limit = x.session.settings.rowCount
  return limit > 0 && rows.length > limit ? rows.slice(0, limit) : rows
}
