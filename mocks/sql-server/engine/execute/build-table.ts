import { familyOf } from '../../tds/data-type.ts'
import type { ColumnDef, ConstraintDef, IndexDef } from '../../tsql/ast.ts'
import { Binder } from '../binder/binder.ts'
import { bindExpr } from '../binder/expression.ts'
import { tableColumns } from '../binder/from.ts'
import { Scope } from '../binder/scope.ts'
import { databaseCollation, needCollation, typeOfRef } from '../binder/type-of-ref.ts'
import type { ColumnInfo, TableDef, TypeDef } from '../catalog/definitions.ts'
import { userType } from '../catalog/user-types.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { addConstraint } from './build-constraint.ts'
import type { Execution } from './execution.ts'
import type { Place } from './place.ts'
import { sessionEnvironment } from './session-environment.ts'
import { indexKey } from './table-keys.ts'

/** A definition from its syntax. Ids come from `newId`, so that temporary tables have their own. */
const maxColumns = 1024

export function buildTable(
  x: Execution,
  place: Place,
  given: { columns: readonly ColumnDef[]; constraints: readonly ConstraintDef[]; indexes: readonly IndexDef[] },
  how: { temporary?: 'table' | 'variable'; newId: () => number },
): TableDef {
  const created = x.session.instance.nowText()
  let table: TableDef = {
    kind: 'table',
    id: how.newId(),
    schema: place.schema,
    name: place.name,
    created,
    modified: created,
    columns: [],
    keys: [],
    checks: [],
    foreignKeys: [],
    nextColumnId: 1,
    ...(how.temporary ? { temporary: how.temporary } : {}),
  }
  const inKey = new Set(
    given.constraints.flatMap((each) =>
      each.kind === 'primary' ? each.columns.map((name) => name.toLowerCase()) : [],
    ),
  )
  for (const column of given.columns) {
    const keyed = column.nullable === undefined && inKey.has(column.name.toLowerCase())
    table = addColumn(x, table, keyed ? { ...column, nullable: false } : column, place.database)
  }
  for (const column of given.columns)
    for (const constraint of column.constraints) table = addConstraint(x, table, constraint, place.database, how.newId)
  for (const constraint of given.constraints) table = addConstraint(x, table, constraint, place.database, how.newId)
  for (const index of given.indexes) table = { ...table, keys: [...table.keys, indexKey(table, index, how.newId())] }
  return table
}

export function addColumn(x: Execution, table: TableDef, def: ColumnDef, database: SqlDatabase): TableDef {
  if (table.columns.some((column) => column.name.toLowerCase() === def.name.toLowerCase()))
    throw errors.duplicateColumn(table.name, def.name)
  if (table.columns.length === maxColumns) throw errors.tooManyColumns(table.name, def.name)
  const id = table.nextColumnId
  const collation =
    def.collation && !databaseCollation.has(def.collation.toUpperCase())
      ? needCollation(def.collation)
      : database.collation
  if (!def.type) {
    const computed = def.computed
    if (!computed) throw errors.unknownColumnType(def.name, '', def.line)
    const binder = new Binder(sessionEnvironment(x.session, x.frame, { catalogs: new Map(), temporary: false }))
    const scope = new Scope()
    scope.add({ name: table.name, columns: tableColumns(binder, table, 's') })
    const bound = bindExpr(binder, scope, computed.expr)
    const column: ColumnInfo = {
      id,
      name: def.name,
      type: bound.type,
      nullable: bound.nullable,
      computed: { text: computed.text, persisted: computed.persisted },
    }
    return { ...table, columns: [...table.columns, column], nextColumnId: id + 1 }
  }
  let type: ColumnInfo['type']
  let alias: TypeDef | undefined
  try {
    alias = userType(x, def.type)
    if (alias?.table) throw errors.tableTypeColumn(def.name)
    type = alias?.alias?.type ?? typeOfRef(def.type, collation)
  } catch (error) {
    if (error instanceof SqlError && error.number === 243)
      throw errors.unknownColumnType(String(id), def.type.name, def.line)
    throw error
  }
  const key = def.constraints.some((constraint) => constraint.kind === 'primary')
  const nullable =
    def.nullable ??
    (x.session.settings.switches.has('ANSI_NULL_DFLT_ON') &&
      !(key || alias?.alias?.nullable === false || def.identity !== undefined || type.name === 'timestamp'))
  if (def.identity && familyOf(type) !== 'integer' && familyOf(type) !== 'exact')
    throw new SqlError(
      2749,
      16,
      2,
      `Identity column '${def.name}' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, unencrypted, and constrained to be nonnullable.`,
    )
  const column: ColumnInfo = { id, name: def.name, type, nullable, ...(def.identity ? { identity: def.identity } : {}) }
  return { ...table, columns: [...table.columns, column], nextColumnId: id + 1 }
}
