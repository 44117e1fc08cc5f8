/** WHERE CURRENT OF a cursor that a driver has opened and named (sp_cursoroption 2). */
import { cursorErrors } from '../cursors/cursor-errors.ts'
import type { Execution } from '../execute/execution.ts'
import type { ChangedTable } from '../execute/resolve-target.ts'
import { withSession } from '../udf/running-session.ts'
import { concurrencyOptions } from './api-cursor.ts'

/** The current row's place in the table; undefined where no such cursor has the name, in small letters. */
export function currentApiRow(x: Execution, name: string, { table, sql, database }: ChangedTable): number | undefined {
  const cursor = [...x.session.apiCursors.values()].find((candidate) => candidate.name.toLowerCase() === name)
  if (!cursor) return undefined
  if (!cursor.table || cursor.concurrency === concurrencyOptions.readOnly) throw cursorErrors.readOnly()
  if (cursor.table.parts.at(-1)?.toLowerCase() !== table.name.toLowerCase()) throw cursorErrors.notItsTable()
  const row = cursor.rows[cursor.at - 1 + cursor.place]
  if (!row || cursor.fetched === 0) throw cursorErrors.noRow()
  const where = cursor.table.keys.map(({ name: key }, i) => {
    const column = table.columns.find((candidate) => candidate.name === key)
    return `c${column?.id} IS ?${i + 1}`
  })
  const [found] = withSession(x.session, () =>
    x.session.store(database).all(`SELECT rowid FROM ${sql} WHERE ${where.join(' AND ')}`, [...row.keys]),
  )
  if (!found) throw cursorErrors.noRow()
  return Number(found[0])
}
