/** CREATE TABLE and table variables. */

import { requireDatabase } from '../../security/permissions.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { ColumnDef, ConstraintDef, Statement } from '../../tsql/ast.ts'
import type { TableDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { isGlobalTemporary, isLocalTemporary } from '../session/temporary-name.ts'
import type { Store } from '../storage/store.ts'
import { buildTable } from './build-table.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { catalogOf, type Execution } from './execution.ts'
import { type Place, placeOf, requireSchema } from './place.ts'
import { createSql } from './table-sql.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

export async function runCreateTable(x: Execution, s: Of<'createTable'>): Promise<void> {
  const place = placeOf(x, s.name)
  const { session } = x
  if (isLocalTemporary(place.name)) {
    requireNewTemporary(x, place.name)
    makeTemporary(
      x,
      place.name,
      buildTable(x, { ...place, schema: 'dbo' }, s, { temporary: 'table', newId: () => session.newTemporaryId() }),
    )
  } else {
    requirePlace(x, place)
    await changeCatalog(x, place.database, [], (store) => createIn(x, store, place, s))
    if (isGlobalTemporary(place.name)) session.globalTemporaries.add(place.name)
  }
  x.sink.done({ kind: x.frame.done, command: statementCodes.createTable })
}

/** Everybody may make a global temporary table. */
export function requirePlace(x: Execution, place: Place): void {
  if (isGlobalTemporary(place.name)) return
  requireDatabase(x.session, place.database, 'CREATE TABLE')
  requireSchema(x, place)
}

export function createIn(x: Execution, store: Store, place: Place, given: Parameters<typeof buildTable>[2]): TableDef {
  if (catalogOf(x.session, place.database).nameTaken(place.schema, place.name)) throw errors.exists(place.name)
  const table = buildTable(x, place, given, { newId: () => place.database.newObjectId() })
  for (const sql of createSql(table)) store.exec(sql)
  putEntries(x, place.database, store, [table])
  return table
}

/** Temporary objects live in the connection of the current database; the catalogue knows nothing of them. */
export function makeTemporary(x: Execution, name: string, table: TableDef): void {
  const store = x.session.store(x.session.database)
  for (const sql of createSql(table)) store.exec(sql)
  if (x.frame.depth > 0)
    x.frame.temporaries.set(name.toLowerCase(), { id: table.id, shadowed: x.session.temporary(name) })
  x.session.setTemporary(name, table)
}

/** In a procedure a table may have the name of one outside. */
export function requireNewTemporary(x: Execution, name: string): void {
  const known = x.session.temporary(name)
  if (!known) return
  if (x.frame.depth === 0 || x.frame.temporaries.get(name.toLowerCase())?.id === known.id) throw errors.exists(name)
}

/** A procedure ends: its temporary tables go, and those that they hid come back. */
export function dropOwnTemporaries(x: Execution): void {
  const { session, frame } = x
  for (const [name, { id, shadowed }] of frame.temporaries) {
    const current = session.temporary(name)
    if (current?.id === id) session.store(session.database).exec(`DROP TABLE IF EXISTS temp."t${id}"`)
    if (current?.id === id || shadowed) session.setTemporary(name, shadowed)
  }
  frame.temporaries.clear()
}

export function declareTable(
  x: Execution,
  name: string,
  given: { columns: readonly ColumnDef[]; constraints: readonly ConstraintDef[] },
): void {
  const { session, frame } = x
  const old = frame.tables.get(name.toLowerCase())
  if (old) {
    // The same DECLARE in a loop: one table, kept with what is in it.
    return
  }
  const place: Place = { database: session.database, schema: 'dbo', name }
  const table = buildTable(
    x,
    place,
    { ...given, indexes: [] },
    { temporary: 'variable', newId: () => session.newTemporaryId() },
  )
  const store = session.store(session.database)
  for (const sql of createSql(table)) store.exec(sql)
  frame.tables.set(name.toLowerCase(), table)
  session.touchTemporaries()
}
