/** Who may do what: server roles, database roles, and what GRANT and DENY say. DENY goes before everything but sysadmin. */
import type { TableUse } from '../engine/binder/environment.ts'
import type { Catalog } from '../engine/catalog/catalog.ts'
import type { ObjectDef, PrincipalDef } from '../engine/catalog/definitions.ts'
import { catalogOf, type Execution } from '../engine/execute/execution.ts'
import type { SqlSession } from '../engine/session.ts'
import { SqlError } from '../engine/sql-error.ts'
import type { SqlDatabase } from '../engine/storage/database.ts'
import type { Login } from './login.ts'

/** The user that a login is in a database; undefined when it may not enter. */
export function userOf(login: Login, catalog: Catalog): PrincipalDef | undefined {
  if (login.roles.has('sysadmin')) return catalog.principal('dbo')
  for (const principal of catalog.principals()) {
    if (!principal.role && principal.login?.toLowerCase() === login.name.toLowerCase())
      return login.token ? withGroups(principal, login.token, catalog) : principal
  }
  return login.token && userThroughGroups(login, login.token, catalog)
}

const usersOf = (token: ReadonlySet<string>, catalog: Catalog): readonly PrincipalDef[] =>
  [...catalog.principals()].filter(({ role, login }) => !role && login !== undefined && token.has(login.toLowerCase()))

/** What the users of a Windows account's groups may do, it may too. */
const withGroups = (user: PrincipalDef, token: ReadonlySet<string>, catalog: Catalog): PrincipalDef => ({
  ...user,
  memberOf: [...user.memberOf, ...usersOf(token, catalog).map(({ name }) => name.toLowerCase())],
})

/** Who enters as a member of groups alone goes by the account's own name. */
function userThroughGroups(login: Login, token: ReadonlySet<string>, catalog: Catalog): PrincipalDef | undefined {
  const users = usersOf(token, catalog)
  const [first] = users
  return first && { ...first, name: login.name, memberOf: users.map(({ name }) => name.toLowerCase()) }
}

const open = new Set(['master', 'tempdb', 'msdb'])

/** True when a login may use a database: as a user, as sysadmin, or as a guest of the system databases. */
export const canUse = (login: Login, database: SqlDatabase): boolean =>
  open.has(database.name.toLowerCase()) ||
  userOf(login, database.catalog) !== undefined ||
  login.granted.has('CONNECT ANY DATABASE')

/** All principals whose permissions count for a user: itself, its roles, theirs, and public. */
function principalsOf(user: PrincipalDef | undefined, catalog: Catalog): Set<string> {
  const names = new Set(['public'])
  const visit = (principal: PrincipalDef | undefined) => {
    if (!principal || names.has(principal.name.toLowerCase())) return
    names.add(principal.name.toLowerCase())
    for (const role of principal.memberOf) visit(catalog.principal(role))
  }
  visit(user ?? catalog.principal('guest'))
  return names
}

const ofReader = new Set(['SELECT'])
const ofWriter = new Set(['INSERT', 'UPDATE', 'DELETE'])
const ofDdlAdmin = new Set([
  'CREATE TABLE',
  'CREATE VIEW',
  'CREATE PROCEDURE',
  'CREATE SCHEMA',
  'CREATE FUNCTION',
  'ALTER',
  'ALTER ANY SCHEMA',
])

export function hasPermission(
  session: SqlSession,
  database: SqlDatabase,
  permission: string,
  object?: ObjectDef,
): boolean {
  if (session.login.roles.has('sysadmin')) return true
  const catalog = catalogOf(session, database)
  const user = userOf(session.login, catalog)
  if (user?.name === 'dbo') return true
  const names = principalsOf(user, catalog)
  const schema = object ? catalog.schema(object.schema)?.id : undefined
  let granted = false
  for (const entry of catalog.permissions) {
    if (!names.has(entry.grantee.toLowerCase())) continue
    const covers =
      entry.permission === permission ||
      entry.permission === 'CONTROL' ||
      (entry.permission === 'ALTER' && permission.startsWith('ALTER'))
    const placed =
      entry.class === 0 ||
      (entry.class === 1 && entry.major === object?.id) ||
      (entry.class === 3 && entry.major === schema)
    if (!covers || !placed) continue
    if (entry.state === 'DENY') return false
    granted = true
  }
  if (
    (names.has('db_denydatareader') && ofReader.has(permission)) ||
    (names.has('db_denydatawriter') && ofWriter.has(permission))
  )
    return false
  if (granted || names.has('db_owner')) return true
  if (names.has('db_datareader') && ofReader.has(permission)) return true
  if (names.has('db_datawriter') && ofWriter.has(permission)) return true
  if (names.has('db_ddladmin') && ofDdlAdmin.has(permission)) return true
  if (names.has('db_securityadmin') && (permission === 'ALTER ANY ROLE' || permission === 'GRANT')) return true
  if (names.has('db_accessadmin') && permission === 'ALTER ANY USER') return true
  return names.has('db_backupoperator') && permission === 'BACKUP DATABASE'
}

export function isRoleMember(session: SqlSession, database: SqlDatabase, role: string): number | null {
  const catalog = catalogOf(session, database)
  // A Windows group is asked of the token, whether or not the database has a user for it.
  if (role.includes('\\')) return session.login.token ? (session.login.token.has(role.toLowerCase()) ? 1 : 0) : null
  if (!catalog.principal(role)?.role) return null
  if (session.login.roles.has('sysadmin') && role.toLowerCase() === 'db_owner') return 1
  return principalsOf(userOf(session.login, catalog), catalog).has(role.toLowerCase()) ? 1 : 0
}

const denied = (permission: string, object: ObjectDef, database: string): SqlError =>
  new SqlError(
    229,
    14,
    5,
    `The ${permission} permission was denied on the object '${object.name}', database '${database}', schema '${object.schema}'.`,
  )

export function requireObject(x: Execution, database: SqlDatabase, permission: string, object: ObjectDef): void {
  if (object.kind === 'table' && object.temporary) return
  if (x.frame.chained) return
  if (!hasPermission(x.session, database, permission, object)) throw denied(permission, object, database.name)
}

/** SELECT on everything that a statement reads. */
export function requireUses(x: Execution, uses: readonly TableUse[]): void {
  if (x.session.login.roles.has('sysadmin')) return
  for (const use of uses) {
    if (use.hints.includes('(chained)')) continue
    const database = x.session.instance.findDatabase(use.database)
    if (database) requireObject(x, database, use.hints.includes('(execute)') ? 'EXECUTE' : 'SELECT', use.object)
  }
}

/** A permission of the database, as CREATE TABLE; error 262 without it. */
export function requireDatabase(session: SqlSession, database: SqlDatabase, permission: string): void {
  if (hasPermission(session, database, permission)) return
  throw new SqlError(262, 14, 1, `${permission} permission denied in database '${database.name}'.`)
}

export function requireServerRole(
  session: SqlSession,
  roles: readonly string[],
  refusal: () => SqlError = permissionDenied,
): void {
  if (session.login.roles.has('sysadmin') || roles.some((role) => session.login.roles.has(role))) return
  throw refusal()
}

export const permissionDenied = (): SqlError =>
  new SqlError(15247, 16, 1, 'User does not have permission to perform this action.')
