import type { ConstraintDef } from '../../tsql/ast.ts'
import { Binder } from '../binder/binder.ts'
import { tableColumns } from '../binder/from.ts'
import { bindPredicate } from '../binder/predicate.ts'
import { Scope } from '../binder/scope.ts'
import type { KeyInfo, TableDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupportedNumber } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { foreignKey } from './build-foreign-key.ts'
import { catalogOf, type Execution } from './execution.ts'
import { sessionEnvironment } from './session-environment.ts'
import { needColumn, needKeyColumn } from './table-keys.ts'

/** PK__ and UQ__ with sixteen digits, the others with the first column's beginning and eight. */
function inventedName(prefix: string, table: string, column: string | undefined, id: number): string {
  const digits = randomSuffix(id * 2_654_435)
  if (prefix === 'PK' || prefix === 'UQ')
    return `${prefix}__${table.slice(0, 8)}__${digits}${randomSuffix(id * 40_503)}`
  return `${prefix}__${table.slice(0, 9)}__${column === undefined ? '' : `${column.slice(0, 5)}__`}${digits}`
}

const randomSuffix = (id: number): string => (id >>> 0).toString(16).toUpperCase().padStart(8, '0')

export function addConstraint(...given: Parameters<typeof withConstraint>): TableDef {
  return constraining(() => withConstraint(...given))
}

const permissionClass = 14

/** What is wrong with a constraint is told first, and then that it was not made. */
export function constraining<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof SqlError && error.number !== unsupportedNumber && error.class !== permissionClass)
      error.others = [...error.others, errors.constraintNotCreated()]
    throw error
  }
}

function withConstraint(
  x: Execution,
  table: TableDef,
  def: ConstraintDef,
  database: SqlDatabase,
  newId: () => number,
): TableDef {
  const id = newId()
  const named = (prefix: 'PK' | 'UQ' | 'CK' | 'DF' | 'FK', column?: string): string => {
    if (def.name === undefined) return inventedName(prefix, table.name, column, id)
    if (!table.temporary && catalogOf(x.session, database).nameTaken(table.schema, def.name))
      throw errors.exists(def.name)
    return def.name
  }
  switch (def.kind) {
    case 'primary':
    case 'unique': {
      if (def.kind === 'primary' && table.keys.some((key) => key.kind === 'primary'))
        throw new SqlError(1779, 16, 0, `Table '${table.name}' already has a primary key defined on it.`)
      const columns = def.columns.map((name) => needKeyColumn(table, name))
      if (def.kind === 'primary' && columns.some((column) => column.nullable && !column.computed))
        throw new SqlError(
          8111,
          16,
          1,
          `Cannot define PRIMARY KEY constraint on nullable column in table '${table.name}'.`,
        )
      const key: KeyInfo = {
        id,
        name: named(def.kind === 'primary' ? 'PK' : 'UQ'),
        kind: def.kind,
        unique: true,
        clustered: (def.clustered ?? false) && !table.keys.some((other) => other.clustered),
        columns: columns.map((column) => ({ id: column.id, descending: false })),
        include: [],
      }
      const strictColumns =
        def.kind === 'primary'
          ? table.columns.map((column) => (columns.includes(column) ? { ...column, nullable: false } : column))
          : table.columns
      return { ...table, columns: strictColumns, keys: [...table.keys, key] }
    }
    case 'check':
      return {
        ...table,
        checks: [
          ...table.checks,
          checkOf(x, table, { id, name: named('CK', def.column), text: def.text, expr: def.expr }),
        ],
      }
    case 'default': {
      const column = needColumn(table, def.column)
      if (column.default) throw new SqlError(1781, 16, 1, 'Column already has a DEFAULT bound to it.')
      const name = named('DF', column.name)
      return {
        ...table,
        columns: table.columns.map((candidate) =>
          candidate === column ? { ...candidate, default: { id, name, text: def.text } } : candidate,
        ),
      }
    }
    case 'foreign':
      return {
        ...table,
        foreignKeys: [
          ...table.foreignKeys,
          foreignKey(x, table, def, database, { id, name: named('FK', def.columns[0]) }),
        ],
      }
  }
}

function checkOf(
  x: Execution,
  table: TableDef,
  check: { id: number; name: string; text: string; expr: Extract<ConstraintDef, { kind: 'check' }>['expr'] },
): TableDef['checks'][number] {
  const binder = new Binder(sessionEnvironment(x.session, x.frame, { catalogs: new Map(), temporary: false }))
  const scope = new Scope()
  scope.add({ name: table.name, columns: tableColumns(binder, table, 's') })
  bindPredicate(binder, scope, check.expr)
  return { id: check.id, name: check.name, text: check.text, enabled: true }
}
