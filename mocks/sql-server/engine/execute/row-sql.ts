import { equatable } from '../binder/convert-bound.ts'
import type { ColumnInfo, TableDef } from '../catalog/definitions.ts'
import type { ChangedTable } from './resolve-target.ts'

/** `columns = ?1, ?2, …` in the form in which keys compare, so that their indexes serve. */
export function matchSql(table: TableDef, ids: readonly number[]): string {
  return ids
    .map((id, i) => {
      const column = table.columns.find((candidate) => candidate.id === id)
      if (!column) return '0'
      const form = (sql: string): string => equatable({ sql, type: column.type, nullable: true })
      return `${keyForm(column, `c${id}`)}=${form(`?${i + 1}`)}`
    })
    .join(' AND ')
}

/** A column as it stands in an index. NULLs count as equal there, as in SQL Server. */
export const keyForm = (column: ColumnInfo, sql: string): string =>
  equatable({ sql, type: column.type, nullable: column.nullable })

export const insertSql = (target: ChangedTable, columns: readonly ColumnInfo[]): string =>
  columns.length === 0
    ? `INSERT INTO ${target.sql} DEFAULT VALUES`
    : `INSERT INTO ${target.sql}(${columns.map((column) => `c${column.id}`).join(',')}) VALUES(${columns.map(() => '?').join(',')})`
