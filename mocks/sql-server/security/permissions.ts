/** Who may do what: asked by every statement. The rules stand in rights.ts; here are the questions and their errors. */
import type { TableUse } from '../engine/binder/environment.ts'
import type { ObjectDef } from '../engine/catalog/definitions.ts'
import { viewColumnNames } from '../engine/catalog/view-columns.ts'
import type { Execution } from '../engine/execute/execution.ts'
import type { SqlInstance } from '../engine/instance.ts'
import { isGlobalTemporary } from '../engine/session/temporary-name.ts'
import type { SqlSession } from '../engine/session.ts'
import { SqlError } from '../engine/sql-error.ts'
import type { SqlDatabase } from '../engine/storage/database.ts'
import type { Login } from './login.ts'
import { permissionFact } from './permission-table.ts'
import { isServerAdministrator, Rights, rightsOf } from './rights.ts'
import { databaseSecurable, objectSecurable, type Securable, server } from './securable.ts'

export { userOf } from './rights.ts'

const open = new Set(['master', 'tempdb', 'msdb'])

/** True when a login may use a database: as a user with CONNECT, as sysadmin, or as a guest where guests may. */
export function canUse(instance: SqlInstance, login: Login, database: SqlDatabase): boolean {
  if (isServerAdministrator(instance, login)) return true
  if (open.has(database.name.toLowerCase())) return true
  // A user of another database that somebody acts as has no rights outside it.
  return new Rights(instance, login, database, database.catalog).allows(databaseSecurable, 'CONNECT')
}

export function hasPermission(
  session: SqlSession,
  database: SqlDatabase,
  permission: string,
  object?: ObjectDef,
): boolean {
  const rights = rightsOf(session, database)
  if (rights.unlimited || (object && isTemporary(object))) return true
  if (!object) return rights.allows(databaseSecurable, permission)
  const schema = session.transaction.catalogOf(database).schema(object.schema)
  return rights.allows(objectSecurable(object, schema), permission)
}

export const allows = (
  session: SqlSession,
  securable: Securable,
  permission: string,
  database: SqlDatabase = session.database,
): boolean => rightsOf(session, database).allows(securable, permission)

export const hasServerPermission = (session: SqlSession, permission: string, securable: Securable = server): boolean =>
  rightsOf(session).allows(securable, permission)

export function isRoleMember(session: SqlSession, database: SqlDatabase, role: string): number | null {
  // A Windows group is asked of the token, whether or not the database has a user for it.
  if (role.includes('\\')) return session.login.token ? (session.login.token.has(role.toLowerCase()) ? 1 : 0) : null
  if (!session.transaction.catalogOf(database).principal(role)?.role) return null
  const rights = rightsOf(session, database)
  if (rights.user?.name === 'dbo' && role.toLowerCase() === 'db_owner') return 1
  return rights.names.has(role.toLowerCase()) ? 1 : 0
}

const denied = (permission: string, object: ObjectDef, database: string): SqlError =>
  new SqlError(
    229,
    14,
    5,
    `The ${permission} permission was denied on the object '${object.name}', database '${database}', schema '${object.schema}'.`,
  )

const deniedColumn = (permission: string, column: string, object: ObjectDef, database: string): SqlError =>
  new SqlError(
    230,
    14,
    1,
    `The ${permission} permission was denied on the column '${column}' of the object '${object.name}', database '${database}', schema '${object.schema}'.`,
  )

export function ownerOf(session: SqlSession, database: SqlDatabase, object: ObjectDef): string {
  if (object.owner) return object.owner.toLowerCase()
  return (session.transaction.catalogOf(database).schema(object.schema)?.owner ?? 'dbo').toLowerCase()
}

/** An object below a module of the same owner and database is not asked for again: the ownership chain. */
function isChained(x: Execution, database: SqlDatabase, object: ObjectDef): boolean {
  const { chained, chain } = x.frame
  if (!chained || !chain) return chained
  return chain.database === database && chain.owner === ownerOf(x.session, database, object)
}

const isTemporary = (object: ObjectDef): boolean =>
  object.kind === 'table' && (object.temporary !== undefined || isGlobalTemporary(object.name))

export function requireObject(
  x: Execution,
  database: SqlDatabase,
  permission: string,
  object: ObjectDef,
  columns?: ReadonlySet<string>,
): void {
  if (isTemporary(object) || isChained(x, database, object)) return
  checkObject(x.session, database, permission, object, columns)
}

/** `columns` are the ones that the statement touches, in lower case; without them the object as a whole is asked for. */
function checkObject(
  session: SqlSession,
  database: SqlDatabase,
  permission: string,
  object: ObjectDef,
  columns?: ReadonlySet<string>,
): void {
  const rights = rightsOf(session, database)
  if (rights.unlimited) return
  const whole = hasPermission(session, database, permission, object)
  if (!columns) {
    if (!whole) throw denied(permission, object, database.name)
    return
  }
  const entries = rights.columns(object, permission)
  if (entries.size === 0 || columns.size === 0) {
    if (whole || [...entries.values()].includes('GRANT')) return
    throw denied(permission, object, database.name)
  }
  if (!whole && ![...entries.values()].includes('GRANT')) throw denied(permission, object, database.name)
  for (const [id, name] of columnsOf(session, database, object)) {
    if (!columns.has(name.toLowerCase())) continue
    const entry = entries.get(id)
    if (entry === 'DENY' || (!whole && entry !== 'GRANT')) throw deniedColumn(permission, name, object, database.name)
  }
}

/** The columns of an object by the number that permissions have for them. */
export function columnsOf(
  session: SqlSession,
  database: SqlDatabase,
  object: ObjectDef,
): readonly (readonly [id: number, name: string])[] {
  if (object.kind === 'table') return object.columns.map((column) => [column.id, column.name] as const)
  return viewColumnNames(session, database, object).map((name, i) => [i + 1, name] as const)
}

/** SELECT on everything that a statement reads, down to the columns. */
export function requireUses(x: Execution, uses: readonly TableUse[]): void {
  if (isServerAdministrator(x.session.instance, x.session.login)) return
  for (const use of uses) {
    const database = x.session.instance.findDatabase(use.database)
    if (!database || isTemporary(use.object)) continue
    if (use.target && use.columns.size === 0) continue
    const { under } = use
    const chained = under
      ? under.database === use.database &&
        ownerOf(x.session, database, under.object) === ownerOf(x.session, database, use.object)
      : isChained(x, database, use.object)
    if (chained) continue
    if (use.hints.includes('(execute)')) checkObject(x.session, database, 'EXECUTE', use.object)
    else checkObject(x.session, database, 'SELECT', use.object, use.columns)
  }
}

/** A permission of the database, as CREATE TABLE; error 262 without it. */
export function requireDatabase(session: SqlSession, database: SqlDatabase, permission: string): void {
  if (hasPermission(session, database, permission)) return
  throw new SqlError(262, 14, 1, `${permission} permission denied in database '${database.name}'.`)
}

/** VIEW SERVER STATE and its kin: 300 with 297 behind it. */
export function requireServerState(session: SqlSession, permission = 'VIEW SERVER STATE'): void {
  if (hasServerPermission(session, permission)) return
  throw new SqlError(300, 14, 1, `${permission} permission was denied on object 'server', database 'master'.`)
}

export function requireServerRole(
  session: SqlSession,
  roles: readonly string[],
  refusal: () => SqlError = permissionDenied,
): void {
  const rights = rightsOf(session)
  if (rights.administrator || roles.some((role) => rights.serverRoles.has(role))) return
  throw refusal()
}

export function requireServer(
  session: SqlSession,
  permission: string,
  refusal: () => SqlError = permissionDenied,
  securable: Securable = server,
): void {
  if (!hasServerPermission(session, permission, securable)) throw refusal()
}

export const permissionDenied = (): SqlError =>
  new SqlError(15247, 16, 1, 'User does not have permission to perform this action.')

export const isServerPermission = (name: string): boolean => permissionFact('SERVER', name) !== undefined
