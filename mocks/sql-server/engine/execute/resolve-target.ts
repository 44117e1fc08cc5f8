import { requireObject } from '../../security/permissions.ts'
import type { Name, Source, Target } from '../../tsql/ast.ts'
import type { ModuleDef, ObjectDef, TableDef } from '../catalog/definitions.ts'
import { needWritable } from '../database-access.ts'
import { errors } from '../errors.ts'
import { isLocalTemporary } from '../session/temporary-name.ts'
import { unsupported } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { catalogOf, type Execution, lockWait, tableResource } from './execution.ts'
import { viewTarget } from './instead-target.ts'

/** The table that a statement changes. */
export interface ChangedTable {
  readonly table: TableDef
  readonly database: SqlDatabase
  /** Its name in SQLite. */
  readonly sql: string
  /** As messages write it: `db.dbo.t`. */
  readonly display: string
  /** Set where a view is changed, which only an INSTEAD OF trigger can do. */
  readonly view?: ModuleDef
}

/** What tempdb calls a table: its name, filled up with underscores, and a number in its last 12 places. */
export const nameInTempdb = (table: TableDef): string =>
  table.temporary === 'table'
    ? `${table.name.padEnd(116, '_')}${table.id.toString(16).toUpperCase().padStart(12, '0')}`
    : table.name

export function changedTable(table: TableDef, database: SqlDatabase): ChangedTable {
  return {
    table,
    database,
    sql: table.temporary ? `temp."t${table.id}"` : `main."t${table.id}"`,
    display: table.temporary
      ? table.temporary === 'variable'
        ? table.name
        : `tempdb.dbo.${nameInTempdb(table)}`
      : `${database.name}.${table.schema}.${table.name}`,
  }
}

/** Finds a table by its name; views cannot be changed through. */
export function findTable(x: Execution, name: Name, line: number): ChangedTable {
  const [object = '', schema = '', databaseName = ''] = [...name].reverse()
  const { session } = x
  if (isLocalTemporary(object)) {
    const table = session.temporary(object)
    if (!table) throw errors.noObject(object, line)
    return changedTable(table, session.database)
  }
  const database =
    databaseName === '' ? (session.elsewhere ?? session.database) : session.openableDatabase(databaseName, name, line)
  if (database !== session.database)
    throw unsupported('changing a table of another database by its three-part name', line)
  const catalog = catalogOf(session, database)
  const found: ObjectDef | undefined =
    schema === ''
      ? (catalog.object(session.defaultSchema(database), object) ?? catalog.object('dbo', object))
      : catalog.object(schema, object)
  if (!found) throw errors.noObject(name.filter((part, i) => part !== '' || i > 0).join('.'), line)
  if (found.kind === 'synonym') return findTable(x, found.target, line)
  if (found.kind === 'view' && catalog.triggersOn(found.id).some((trigger) => trigger.trigger?.instead))
    return viewTarget(x, found, database)
  if (found.kind !== 'table') throw unsupported(`changing, or indexing, the ${found.kind} ${found.name}`, line)
  return changedTable(found, database)
}

/** UPDATE a SET … FROM t AS a: the target is an alias of FROM. */
export function aliasOf(from: Source | undefined, name: string): Name | string | undefined {
  if (!from) return undefined
  if (from.kind === 'join') return aliasOf(from.left, name) ?? aliasOf(from.right, name)
  const own = from.kind === 'table' || from.kind === 'variable' ? from.alias : undefined
  if (own === undefined || own.toLowerCase() !== name.toLowerCase()) return undefined
  return from.kind === 'table' ? from.name : from.kind === 'variable' ? from.name : undefined
}

export function resolveTarget(x: Execution, target: Target, from?: Source): ChangedTable {
  const variable = (name: string): ChangedTable => {
    const table = x.frame.tables.get(name.toLowerCase())
    if (!table) throw errors.mustDeclareTable(name, target.line)
    if (x.frame.borrowed?.has(name.toLowerCase())) throw errors.readOnlyTable(name, target.line)
    return changedTable(table, x.session.database)
  }
  if (target.variable) return variable(target.variable)
  const name = target.name ?? []
  const [only] = name
  const aliased = name.length === 1 && only !== undefined ? aliasOf(from, only) : undefined
  if (typeof aliased === 'string') return variable(aliased)
  return findTable(x, aliased ?? name, target.line)
}

/** The right to change, and the table's exclusive lock. Gives false when waiting means looking again. */
export async function lockForChange(
  x: Execution,
  target: ChangedTable,
  permission: string,
  columns?: ReadonlySet<string>,
): Promise<boolean> {
  requireObject(x, target.database, permission, target.view ?? target.table, columns)
  if (target.table.temporary) return true
  needWritable(target.database)
  if (target.view) return true
  const waited = x.session.transaction.lock(tableResource(target.database.name, target.table.id), 'X', lockWait(x))
  if (!waited) return true
  await waited
  return false
}
