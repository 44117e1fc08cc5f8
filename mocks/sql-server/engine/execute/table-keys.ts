import { maxLength } from '../../tds/data-type.ts'
import type { IndexDef } from '../../tsql/ast.ts'
import { isUncomparable } from '../binder/uncomparable.ts'
import type { ColumnInfo, KeyInfo, TableDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'

export const needColumn = (table: TableDef, name: string): ColumnInfo => {
  const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
  if (!column) throw errors.noTargetColumn(name)
  return column
}

/** A column that may be part of a key: its values are short and have an order. */
export function needKeyColumn(table: TableDef, name: string): ColumnInfo {
  const column = needColumn(table, name)
  if (isUncomparable(column.type) || column.type.length === maxLength)
    throw new SqlError(
      1919,
      16,
      1,
      `Column '${column.name}' in table '${table.name}' is of a type that is invalid for use as a key column in an index.`,
    )
  return column
}

export function indexKey(table: TableDef, index: IndexDef, id: number): KeyInfo {
  if (table.keys.some((key) => key.name.toLowerCase() === index.name.toLowerCase()))
    throw new SqlError(
      1913,
      16,
      1,
      `The operation failed because an index or statistics with name '${index.name}' already exists on table '${table.name}'.`,
    )
  if (index.clustered && table.keys.some((key) => key.clustered))
    throw new SqlError(
      1902,
      16,
      3,
      `Cannot create more than one clustered index on table '${table.name}'. Drop the existing clustered index before creating another.`,
    )
  return {
    id,
    name: index.name,
    kind: 'index',
    unique: index.unique,
    clustered: index.clustered,
    columns: index.columns.map(({ name, descending }) => ({ id: needKeyColumn(table, name).id, descending })),
    include: index.include.map((name) => needColumn(table, name).id),
    ...(index.where ? { where: index.where.text } : {}),
  }
}
