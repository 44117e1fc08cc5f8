/** #temporary tables and table variables as they move: to another database's connection, or across a rollback. */
import type { Cell } from '../../tds/data-type.ts'
import type { TableDef } from '../catalog/definitions.ts'
import { createSql } from '../execute/table-sql.ts'
import type { SqlSession } from '../session.ts'
import type { Store } from '../storage/store.ts'
import { withSession } from '../udf/running-session.ts'

interface Kept {
  readonly table: TableDef
  readonly rows: readonly Cell[][]
}

const stored = (table: TableDef): string[] => [
  'rowid',
  ...table.columns.filter((column) => !column.computed).map((column) => `c${column.id}`),
]

export const exists = (store: Store, table: TableDef): boolean =>
  store.all('SELECT 1 FROM temp.sqlite_schema WHERE name=?', [`t${table.id}`]).length > 0

export const keep = (store: Store, tables: Iterable<TableDef>): Kept[] =>
  [...new Map([...tables].map((table) => [table.id, table])).values()]
    .filter((table) => exists(store, table))
    .map((table) => ({
      table,
      rows: store.all(`SELECT ${stored(table).join(',')} FROM temp."t${table.id}"`, [], true),
    }))

/** The tables with their rows, whatever is left of them. */
export function putBack(session: SqlSession, store: Store, kept: readonly Kept[]): void {
  withSession(session, () => {
    for (const { table, rows } of kept) {
      if (exists(store, table)) store.exec(`DELETE FROM temp."t${table.id}"`)
      else for (const sql of createSql(table)) store.exec(sql)
      const columns = stored(table)
      const sql = `INSERT INTO temp."t${table.id}"(${columns.join(',')}) VALUES(${columns.map(() => '?').join(',')})`
      for (const row of rows) store.run(sql, row)
    }
  })
}

export function move(session: SqlSession, from: Store, to: Store, tables: Iterable<TableDef>): void {
  const kept = keep(from, tables)
  putBack(session, to, kept)
  for (const { table } of kept) from.exec(`DROP TABLE temp."t${table.id}"`)
}
