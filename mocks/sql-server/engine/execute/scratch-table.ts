/** Tables that a session needs again and again for a moment: those of functions and triggers. Made once, then emptied. */
import type { TableDef } from '../catalog/definitions.ts'
import type { Execution } from './execution.ts'
import { createSql } from './table-sql.ts'

/** The table of an owner (a piece of syntax, or a table) and a key, empty. */
export function scratchTable(
  x: Execution,
  owner: object,
  key: string,
  build: (newId: () => number) => TableDef,
): TableDef {
  const { session } = x
  const store = session.store(session.database)
  const tables = session.scratchOf(session.database, owner)
  const known = tables.get(key)
  if (known) {
    if (session.hasTemporary(session.database, known)) store.exec(`DELETE FROM temp."t${known.id}"`)
    // A rollback has taken it away.
    else for (const sql of createSql(known)) store.exec(sql)
    session.identitiesOf(known).delete(known.id)
    return known
  }
  const table = build(() => session.newTemporaryId())
  for (const sql of createSql(table)) store.exec(sql)
  tables.set(key, table)
  session.touchTemporaries()
  return table
}
