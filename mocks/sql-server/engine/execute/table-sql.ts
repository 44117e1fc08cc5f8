import { latin1 } from '../../tds/collation.ts'
import { parseExpressionText } from '../../tsql/parser.ts'
import { Binder } from '../binder/binder.ts'
import type { Environment } from '../binder/environment.ts'
import { tableColumns } from '../binder/from.ts'
import { bindPredicate } from '../binder/predicate.ts'
import { Scope } from '../binder/scope.ts'
import type { ColumnInfo, KeyInfo, TableDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { keyForm } from './row-sql.ts'

/** The table and its indexes in SQLite: columns without types, so that cells stay as they are. */
export function createSql(table: TableDef): string[] {
  const place = table.temporary ? 'temp' : 'main'
  const stored = table.columns.filter((column) => !column.computed)
  const columns = stored.length > 0 ? stored.map((column) => `c${column.id}`).join(',') : 'c0'
  return [`CREATE TABLE ${place}."t${table.id}"(${columns})`, ...table.keys.map((key) => createIndexSql(table, key))]
}

/** An index over the compared form of its columns; NULLs meet like values, as SQL Server has it. */
export function createIndexSql(table: TableDef, key: KeyInfo): string {
  const place = table.temporary ? 'temp' : 'main'
  const parts = keyParts(table, key).map(({ form, descending }) => `${form}${descending ? ' DESC' : ''}`)
  if (parts.length === 0 || key.disabled) return 'SELECT 1'
  const filter = key.where ? ` WHERE ${filterSql(table, key.where)}` : ''
  return `CREATE ${key.unique ? 'UNIQUE ' : ''}INDEX ${place}."i${key.id}" ON "t${table.id}"(${parts.join(',')})${filter}`
}

/** One row of those that a unique key has twice. */
export function duplicateSql(table: TableDef, key: KeyInfo): string {
  const place = table.temporary ? 'temp' : 'main'
  const parts = keyParts(table, key)
  const filter = key.where ? ` WHERE ${filterSql(table, key.where)}` : ''
  return `SELECT ${parts.map(({ column }) => `c${column.id}`).join(',')} FROM ${place}."t${table.id}"${filter} GROUP BY ${parts.map(({ form }) => form).join(',')} HAVING count(*)>1 LIMIT 1`
}

export const keyParts = (
  table: TableDef,
  key: KeyInfo,
): { readonly column: ColumnInfo; readonly form: string; readonly descending: boolean }[] =>
  key.columns.flatMap(({ id, descending }) => {
    const column = table.columns.find((candidate) => candidate.id === id)
    if (!column || column.computed) return []
    const form = keyForm(column, `c${id}`)
    return [{ column, form: key.unique && column.nullable ? `ifnull(${form},x'00')` : form, descending }]
  })

const plainEnvironment: Environment = {
  database: '',
  collation: latin1,
  options: { ansiNulls: true, concatNullYieldsNull: true },
  variable: () => undefined,
  tableVariable: () => undefined,
  resolve: (name, line) => {
    throw errors.noObject(name.join('.'), line)
  },
  functionOf: () => undefined,
  sequenceOf: (name, line) => {
    throw errors.noObject(name.join('.'), line)
  },
  withVariables: () => plainEnvironment,
}

/** The filter of an index: bound over the table alone. */
function filterSql(table: TableDef, text: string): string {
  const binder = new Binder(plainEnvironment)
  const scope = new Scope()
  scope.add({ name: table.name, columns: tableColumns(binder, table, '') })
  return bindPredicate(binder, scope, parseExpressionText(text))
}
