/** ALTER TABLE. */

import { hasPermission } from '../../security/permissions.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import { parseExpressionText } from '../../tsql/parser.ts'
import { Binder } from '../binder/binder.ts'
import { convertBound } from '../binder/convert-bound.ts'
import { bindExpr } from '../binder/expression.ts'
import { Scope } from '../binder/scope.ts'
import type { ColumnInfo, TableDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { Store } from '../storage/store.ts'
import { withSession } from '../udf/running-session.ts'
import { addConstraint, constraining } from './build-constraint.ts'
import { addColumn } from './build-table.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { refuseAlter, refuseDrop, type Surroundings } from './column-users.ts'
import { makeIndex } from './create-index.ts'
import { catalogOf, type Execution } from './execution.ts'
import { type ChangedTable, findTable } from './resolve-target.ts'
import { RowWriter } from './row-writer.ts'
import { boundUser } from './schema-binding.ts'
import { sessionEnvironment } from './session-environment.ts'

type AlterTable = Extract<Statement, { kind: 'alterTable' }>
type Action = AlterTable['action']

export async function runAlterTable(x: Execution, s: AlterTable): Promise<void> {
  let target: ChangedTable
  try {
    target = findTable(x, s.name, s.line)
  } catch (error) {
    if (error instanceof SqlError && error.number === 208)
      throw new SqlError(
        4902,
        16,
        1,
        `Cannot find the object "${s.name.join('.')}" because it does not exist or you do not have permissions.`,
      )
    throw error
  }
  const { database, table } = target
  if (!table.temporary && !hasPermission(x.session, database, 'ALTER', table))
    throw new SqlError(
      1088,
      16,
      13,
      `Cannot find the object "${table.name}" because it does not exist or you do not have permissions.`,
    )
  await changeCatalog(x, database, [table], (store) => {
    const changed = { ...apply(x, store, target, s.action), modified: x.session.instance.nowText() }
    if (table.temporary) x.session.setTemporary(table.name, changed)
    else putEntries(x, database, store, [changed])
  })
  x.sink.done({ kind: x.frame.done, command: statementCodes.alterTable })
}

function apply(x: Execution, store: Store, target: ChangedTable, action: Action): TableDef {
  switch (action.kind) {
    case 'storage':
      return target.table
    case 'add':
      return add(x, store, target, action)
    case 'alterColumn':
      return alterColumn(x, store, target, action.column)
    case 'drop':
      return drop(x, store, target, action)
    case 'checkConstraint': {
      const all = action.names === 'ALL'
      const named = (name: string): boolean =>
        all || (action.names as readonly string[]).some((wanted) => wanted.toLowerCase() === name.toLowerCase())
      const on = <T extends { readonly name: string; readonly enabled: boolean }>(item: T): T =>
        named(item.name) ? { ...item, enabled: action.enable } : item
      const table = {
        ...target.table,
        checks: target.table.checks.map(on),
        foreignKeys: target.table.foreignKeys.map(on),
      }
      if (action.enable && action.validate) {
        const others = {
          checks: table.checks.filter((check) => !named(check.name)),
          foreignKeys: table.foreignKeys.filter((key) => !named(key.name)),
        }
        validate(x, store, { ...target, table: { ...target.table, ...others } }, table)
      }
      return table
    }
  }
}

const newIdOf = (x: Execution, table: TableDef, database: SqlDatabase) => () =>
  table.temporary ? x.session.newTemporaryId() : database.newObjectId()

function add(x: Execution, store: Store, target: ChangedTable, action: Extract<Action, { kind: 'add' }>): TableDef {
  const newId = newIdOf(x, target.table, target.database)
  let table = target.table
  for (const def of action.columns) {
    table = addColumn(x, table, def, target.database)
    for (const constraint of def.constraints) table = addConstraint(x, table, constraint, target.database, newId)
    const column = table.columns.at(-1)
    if (!column || column.computed) continue
    const empty = Number(store.all(`SELECT count(*) FROM ${target.sql}`)[0]?.[0] ?? 0) === 0
    if (!column.nullable && !column.default && !column.identity && !empty) {
      throw new SqlError(
        4901,
        16,
        1,
        `ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified, or the column being added is an identity or timestamp column, or alternatively if none of the previous conditions are satisfied the table must be empty to allow addition of this column. Column '${column.name}' cannot be added to non-empty table '${table.name}' because it does not satisfy these conditions.`,
      )
    }
    store.exec(`ALTER TABLE ${target.sql} ADD COLUMN c${column.id}`)
    fill(
      x,
      store,
      target,
      column,
      def.constraints.some((each) => each.kind === 'default' && each.withValues),
    )
  }
  for (const constraint of action.constraints) table = addConstraint(x, table, constraint, target.database, newId)
  for (const key of table.keys)
    if (!target.table.keys.some((old) => old.id === key.id)) constraining(() => makeIndex(store, table, key))
  if (action.check) validate(x, store, target, table)
  return table
}

/** A new NOT NULL column, or one WITH VALUES, gets its default in the rows that are there; an identity column its numbers. */
function fill(x: Execution, store: Store, target: ChangedTable, column: ColumnInfo, withValues: boolean): void {
  if (column.identity) {
    const { seed, increment } = column.identity
    store.exec(
      `UPDATE ${target.sql} SET c${column.id}=${seed}+${increment}*((SELECT count(*) FROM ${target.sql} AS before WHERE before.rowid<="t${target.table.id}".rowid)-1)`,
    )
    return
  }
  if ((column.nullable && !withValues) || !column.default) return
  const binder = new Binder(sessionEnvironment(x.session, x.frame, { catalogs: new Map(), temporary: false }))
  const value = convertBound(bindExpr(binder, new Scope(), parseExpressionText(column.default.text)), column.type)
  withSession(x.session, () => store.exec(`UPDATE ${target.sql} SET c${column.id}=${value.sql}`))
}

/** WITH CHECK: the rows that are there must satisfy what is new. */
function validate(x: Execution, store: Store, target: ChangedTable, table: TableDef): void {
  const fresh = <T extends { id: number }>(now: readonly T[], before: readonly T[]): T[] =>
    now.filter((item) => !before.some((old) => old.id === item.id))
  const checks = fresh(table.checks, target.table.checks)
  const foreignKeys = fresh(table.foreignKeys, target.table.foreignKeys)
  if (checks.length === 0 && foreignKeys.length === 0) return
  const writer = new RowWriter(x, { ...target, table: { ...table, checks, foreignKeys } }, store, 'INSERT')
  const rows = store.all(
    `SELECT ${['rowid', ...writer.stored.map((column) => `c${column.id}`)].join(',')} FROM ${target.sql}`,
    [],
    writer.bigInts,
  )
  try {
    writer.checkParents(rows.map(([, ...row]) => row))
    writer.recheck(rows.map(([rowid]) => Number(rowid)))
  } catch (error) {
    if (error instanceof SqlError && error.number === 547)
      throw new SqlError(547, 16, 0, error.message.replace('The INSERT statement', 'The ALTER TABLE statement'))
    throw error
  }
}

function alterColumn(
  x: Execution,
  store: Store,
  target: ChangedTable,
  def: Extract<Action, { kind: 'alterColumn' }>['column'],
): TableDef {
  const { table, database } = target
  const old = table.columns.find((column) => column.name.toLowerCase() === def.name.toLowerCase())
  if (!old)
    throw new SqlError(
      4924,
      16,
      1,
      `ALTER TABLE ALTER COLUMN failed because column '${def.name}' does not exist in table '${table.name}'.`,
    )
  if (old.computed) throw new SqlError(4928, 16, 1, `Cannot alter column '${old.name}' because it is 'COMPUTED'.`)
  const scratch = addColumn(x, { ...table, columns: [] }, { ...def, nullable: def.nullable ?? true }, database)
  const next = scratch.columns[0]
  if (!next) throw errors.noColumn(def.name, def.line)
  const column: ColumnInfo = { ...old, type: next.type, nullable: next.nullable }
  refuseAlter(around(x, target, old), old, column)
  if (
    !column.nullable &&
    Number(store.all(`SELECT count(*) FROM ${target.sql} WHERE c${old.id} IS NULL`)[0]?.[0] ?? 0) > 0
  ) {
    throw errors.nullInsert(old.name, target.display, 'UPDATE')
  }
  const changed: TableDef = {
    ...table,
    columns: table.columns.map((candidate) => (candidate === old ? column : candidate)),
  }
  const keys = table.keys.filter((key) => key.columns.some((part) => part.id === old.id))
  for (const key of keys) store.exec(`DROP INDEX IF EXISTS "i${key.id}"`)
  const value = convertBound({ sql: `c${old.id}`, type: old.type, nullable: true }, column.type)
  withSession(x.session, () => store.exec(`UPDATE ${target.sql} SET c${old.id}=${value.sql}`))
  for (const key of keys) makeIndex(store, changed, key)
  return changed
}

/** What may use a column: the table as it is now, foreign keys of others, modules bound to the schema. */
function around(x: Execution, { table, database }: ChangedTable, column: ColumnInfo): Surroundings {
  const others = table.temporary ? [] : [...catalogOf(x.session, database).objects()]
  const tables = others.filter((other): other is TableDef => other.kind === 'table' && other.id !== table.id)
  return { table, tables: [table, ...tables], bound: boundUser(x, database, table, column) }
}

function drop(x: Execution, store: Store, target: ChangedTable, action: Extract<Action, { kind: 'drop' }>): TableDef {
  let table = target.table
  for (const name of action.constraints) {
    const same = (item: { name: string }): boolean => item.name.toLowerCase() === name.toLowerCase()
    const key = table.keys.find((candidate) => candidate.kind !== 'index' && same(candidate))
    const found =
      key ??
      table.checks.find(same) ??
      table.foreignKeys.find(same) ??
      table.columns.find((column) => column.default && same(column.default))
    if (!found) {
      if (action.ifExists) continue
      throw errors.notAConstraint(name)
    }
    if (key) store.exec(`DROP INDEX IF EXISTS "i${key.id}"`)
    table = {
      ...table,
      keys: table.keys.filter((candidate) => candidate !== key),
      checks: table.checks.filter((check) => !same(check)),
      foreignKeys: table.foreignKeys.filter((foreign) => !same(foreign)),
      columns: table.columns.map((column) => {
        if (!column.default || !same(column.default)) return column
        const { default: _, ...rest } = column
        return rest
      }),
    }
  }
  for (const name of action.columns) table = dropColumn(x, store, target, table, { name, ifExists: action.ifExists })
  return table
}

function dropColumn(
  x: Execution,
  store: Store,
  target: ChangedTable,
  table: TableDef,
  { name, ifExists }: { readonly name: string; readonly ifExists: boolean },
): TableDef {
  const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
  if (!column) {
    if (ifExists) return table
    throw new SqlError(
      4924,
      16,
      1,
      `ALTER TABLE DROP COLUMN failed because column '${name}' does not exist in table '${table.name}'.`,
    )
  }
  refuseDrop(around(x, { ...target, table }, column), column)
  if (!column.computed) {
    if (table.columns.every((other) => other === column || other.computed))
      throw new SqlError(
        4923,
        16,
        1,
        `ALTER TABLE DROP COLUMN failed because '${column.name}' is the only data column in table '${table.name}'. A table must have at least one data column.`,
      )
    store.exec(`ALTER TABLE ${target.sql} DROP COLUMN c${column.id}`)
  }
  return { ...table, columns: table.columns.filter((candidate) => candidate !== column) }
}
