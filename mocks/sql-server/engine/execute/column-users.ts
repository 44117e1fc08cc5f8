/** What stands on a column, and keeps it from being dropped or altered: errors 5074 and 4922. */
import { type DataType, familyOf, maxLength } from '../../tds/data-type.ts'
import { columnsIn } from '../catalog/definition-text.ts'
import type { ColumnInfo, TableDef } from '../catalog/definitions.ts'
import { SqlError } from '../sql-error.ts'

interface ColumnUser {
  readonly kind: 'default' | 'primary' | 'unique' | 'index' | 'foreign' | 'check' | 'computed'
  readonly name: string
}

export interface Surroundings {
  readonly table: TableDef
  /** All whose foreign keys may point here, this one too. */
  readonly tables: readonly TableDef[]
  /** What is bound to the schema, as 5074 names it. */
  readonly bound: readonly string[]
}

function usersOf({ table, tables }: Surroundings, column: ColumnInfo): ColumnUser[] {
  const mentions = (text: string): boolean => columnsIn(text).has(column.name.toLowerCase())
  const users: ColumnUser[] = column.default ? [{ kind: 'default', name: column.default.name }] : []
  for (const { kind, name, columns, include, where } of table.keys)
    if (columns.some(({ id }) => id === column.id) || include.includes(column.id) || (where && mentions(where)))
      users.push({ kind, name })
  for (const other of tables)
    for (const { name, columns, referenced, table: parent } of other.foreignKeys)
      if (
        (other.id === table.id && columns.includes(column.id)) ||
        (parent === table.id && referenced.includes(column.id))
      )
        users.push({ kind: 'foreign', name })
  for (const { name, text } of table.checks) if (mentions(text)) users.push({ kind: 'check', name })
  for (const { name, computed } of table.columns)
    if (computed && mentions(computed.text)) users.push({ kind: 'computed', name })
  return users
}

function textOf({ kind, name }: ColumnUser): string {
  return `The ${kind === 'index' ? 'index' : kind === 'computed' ? 'column' : 'object'} '${name}'`
}

function refuse(users: readonly string[], column: ColumnInfo, verb: string): void {
  const [first, ...others] = users.map(
    (user) => new SqlError(5074, 16, 1, `${user} is dependent on column '${column.name}'.`),
  )
  if (!first) return
  const failed = new SqlError(
    4922,
    16,
    9,
    `ALTER TABLE ${verb} ${column.name} failed because one or more objects access this column.`,
  )
  first.others = [...others, failed]
  throw first
}

export function refuseDrop(around: Surroundings, column: ColumnInfo): void {
  refuse([...usersOf(around, column).map(textOf), ...around.bound], column, 'DROP COLUMN')
}

type Change = 'none' | 'longer' | 'resized' | 'retyped' | 'recollated'

function changeOf(old: DataType, next: DataType): Change {
  if (old.name !== next.name) return 'retyped'
  if (familyOf(old) === 'text' && old.collation?.name !== next.collation?.name) return 'recollated'
  if (old.length === next.length && old.precision === next.precision && old.scale === next.scale) return 'none'
  const variable = old.name.includes('var')
  return variable && next.length !== maxLength && next.length > old.length ? 'longer' : 'resized'
}

/** As "ALTER TABLE (Transact-SQL)" lists what a column must not be used in. */
export function refuseAlter(around: Surroundings, old: ColumnInfo, next: ColumnInfo): void {
  const change = changeOf(old.type, next.type)
  const narrowed = old.nullable && !next.nullable
  const widened = !old.nullable && next.nullable
  const inTheWay = ({ kind }: ColumnUser): boolean => {
    switch (kind) {
      case 'default':
        return change === 'retyped'
      case 'computed':
        return change !== 'none' || narrowed || widened
      case 'check':
        return !(change === 'none' || change === 'longer' || (change === 'resized' && old.type.name.includes('var')))
      case 'foreign':
        return change !== 'none'
      case 'primary':
        return change !== 'none' || widened
      case 'unique':
      case 'index':
        return narrowed || (change !== 'none' && change !== 'longer')
    }
  }
  refuse([...usersOf(around, old).filter(inTheWay).map(textOf), ...around.bound], old, 'ALTER COLUMN')
}
