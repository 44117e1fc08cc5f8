/**
 * NOLOCK and READ UNCOMMITTED. SQLite shows what a connection has written to no other one, so a table that another session is
 * changing is copied, as it is there now, into this session's temporary schema, and the query reads the copy.
 */
import type { TableDef } from '../catalog/definitions.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { Store } from '../storage/store.ts'
import { type Execution, tableResource } from './execution.ts'
import type { Plan } from './plan.ts'

interface Change {
  readonly database: SqlDatabase
  readonly table: TableDef
  readonly writer: SqlSession
}

/** What another session has changed of a table, and not yet committed. */
export function openChange({ session }: Execution, databaseName: string, table: TableDef): Change | undefined {
  const { instance } = session
  const holder = instance.locks.exclusiveHolder(tableResource(databaseName, table.id), session)
  const writer = holder && instance.sessions().find((other) => other === holder)
  const database = instance.findDatabase(databaseName)
  return database && writer?.transaction.writes(database) ? { database, table, writer } : undefined
}

/** Whether the table itself is being changed: nobody may then read it, whatever the level. */
export const changesShape = ({ database, table, writer }: Change): boolean =>
  writer.transaction.catalogOf(database).table(table.id) !== database.catalog.table(table.id)

/** The plan over copies of what others are changing; they go with the disposal. */
export function withUncommitted<T>(
  x: Execution,
  plan: Plan<T>,
  changes: readonly Change[],
): { readonly plan: Plan<T> } & Disposable {
  const { session } = x
  const store = session.store(session.database)
  let { sql } = plan
  const copies = changes.map(({ database, table, writer }) => {
    const place = database === session.database ? 'main' : `"d${database.id}"`
    const copy = `temp."u${database.id}_${table.id}"`
    copyRows(table, writer.store(database), store, copy)
    sql = sql.replaceAll(`${place}."t${table.id}"`, copy)
    return copy
  })
  return {
    plan: { ...plan, sql },
    [Symbol.dispose]() {
      for (const copy of copies) store.exec(`DROP TABLE ${copy}`)
    },
  }
}

function copyRows(table: TableDef, from: Store, to: Store, copy: string): void {
  const stored = table.columns.filter((column) => !column.computed).map((column) => `c${column.id}`)
  to.exec(`CREATE TABLE ${copy}(${stored.length > 0 ? stored.join(',') : 'c0'})`)
  const columns = ['rowid', ...stored]
  const insert = `INSERT INTO ${copy}(${columns.join(',')}) VALUES(${columns.map(() => '?').join(',')})`
  for (const row of from.all(`SELECT ${columns.join(',')} FROM main."t${table.id}"`, [], true)) to.run(insert, row)
}
