/** Who one is and what one may: IS_SRVROLEMEMBER, HAS_PERMS_BY_NAME and their kin. */
import {
  parentClass,
  permissionFact,
  permissionsOf,
  type SecurableClass,
  securableClasses,
} from '../../security/permission-table.ts'
import { columnsOf } from '../../security/permissions.ts'
import { Rights, rightsOf } from '../../security/rights.ts'
import {
  databaseSecurable,
  loginSecurable,
  objectSecurable,
  principalSecurable,
  type Securable,
  schemaSecurable,
  server,
  serverRoleSecurable,
  typeSecurable,
} from '../../security/securable.ts'
import type { Cell } from '../../tds/data-type.ts'
import type { ObjectDef } from '../catalog/definitions.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { objectOf, splitName } from './object-functions.ts'
import { text } from './session-answer.ts'

export const roleAnswer = (session: SqlSession, role: string, login: Cell | undefined): Cell => {
  const { security, logins } = session.instance
  const wanted = role.toLowerCase()
  if (!security.isRole(wanted)) return null
  if (login === undefined) {
    const rights = rightsOf(session)
    return rights.serverRoles.has(wanted) || rights.administrator ? 1 : 0
  }
  const who = logins.find(text(login))
  if (!who) return null
  const roles = security.rolesOf(who)
  return roles.has(wanted) || roles.has('sysadmin') ? 1 : 0
}

/** Membership of another principal of the database. */
export function roleMember(session: SqlSession, role: string, principal: Cell): Cell {
  const catalog = catalogOf(session, session.database)
  const who = catalog.principal(text(principal))
  if (!catalog.principal(role)?.role || !who) return null
  const seen = new Set<string>()
  const isIn = (name: string): boolean => {
    const key = name.toLowerCase()
    if (seen.has(key)) return false
    seen.add(key)
    return key === role.toLowerCase() || (catalog.principal(key)?.memberOf.some(isIn) ?? false)
  }
  return role.toLowerCase() === 'public' || isIn(who.name) ? 1 : 0
}

/** dbo is 1, guest 2, public 0; fixed roles count from 16384. */
export const principalId = (id: number): number =>
  id === -2 ? 1 : id === -3 ? 2 : id === -1 ? 0 : id <= -firstAfterGap ? 1 - id : id < 0 ? -id : id
/** No role has the number 16388. */
const firstAfterGap = 16_388

interface Asked {
  readonly securable: Securable
  readonly database: SqlDatabase
  readonly object?: ObjectDef
}

function securableNamed(session: SqlSession, kind: SecurableClass, name: string): Asked | undefined {
  const { database, instance } = session
  const catalog = session.transaction.catalogOf(database)
  const last = splitName(name).at(-1) ?? ''
  const here = (securable: Securable | undefined): Asked | undefined => securable && { securable, database }
  switch (kind) {
    case 'SERVER':
      return here(server)
    case 'DATABASE': {
      const other = instance.findDatabase(last)
      return other && { securable: databaseSecurable, database: other }
    }
    case 'OBJECT': {
      const object = objectOf(session, name)
      const there = instance.findDatabase(splitName(name).at(-3) ?? '') ?? database
      const schema = object && session.transaction.catalogOf(there).schema(object.schema)
      return object && { securable: objectSecurable(object, schema), database: there, object }
    }
    case 'SCHEMA': {
      const schema = catalog.schema(last)
      return here(schema && schemaSecurable(schema))
    }
    case 'USER':
    case 'ROLE': {
      const principal = catalog.principal(last)
      return here(principal?.role === (kind === 'ROLE') ? principalSecurable(principal) : undefined)
    }
    case 'LOGIN': {
      const login = instance.logins.find(last)
      return here(login && loginSecurable(login.id))
    }
    case 'SERVER ROLE': {
      const id = instance.security.roleId(last)
      return here(id === undefined ? undefined : serverRoleSecurable(id))
    }
    case 'TYPE': {
      const schema = splitName(name).at(-2) ?? session.defaultSchema(database)
      const type = catalog.type(schema, last) ?? catalog.type('dbo', last)
      return here(type && typeSecurable(type, catalog.schema(type.schema)))
    }
  }
}

export const classNamed = (kind: string): SecurableClass | undefined =>
  securableClasses.find((known) => known === kind.toUpperCase())

/** NULL for what is not there or not known; `sub` is a column. */
export function hasPermissionByName(
  session: SqlSession,
  asked: { readonly securable: Cell; readonly kind: Cell; readonly permission: string; readonly column?: Cell },
): Cell {
  const kind = asked.kind === null ? 'SERVER' : classNamed(text(asked.kind))
  if (!kind) return null
  const name = asked.securable === null ? session.databaseName : text(asked.securable)
  const found = securableNamed(session, kind, name)
  const permission = asked.permission.trim().toUpperCase()
  if (!found) return null
  const any = permission === 'ANY'
  if (!any && !permissionFact(kind, permission)) return null
  const rights = rightsOf(session, found.database)
  const outside = kind === 'DATABASE' && found.database !== session.database && !mayEnter(session, found.database)
  if (outside) return 0
  if (any) return anyPermission(rights, found) ? 1 : 0
  const whole = rights.allows(found.securable, permission)
  if (asked.column === undefined || asked.column === null || !found.object) return whole ? 1 : 0
  const wanted = text(asked.column).toLowerCase()
  const column = columnsOf(session, found.database, found.object).find(([, each]) => each.toLowerCase() === wanted)
  if (!column) return null
  const entry = rights.unlimited ? undefined : rights.columns(found.object, permission).get(column[0])
  return entry === 'DENY' ? 0 : entry === 'GRANT' || whole ? 1 : 0
}

const mayEnter = (session: SqlSession, database: SqlDatabase): boolean =>
  new Rights(session.instance, session.login, database, database.catalog).allows(databaseSecurable, 'CONNECT')

const anyPermission = (rights: Rights, { securable, object }: Asked): boolean =>
  object
    ? rights.sees(object)
    : permissionNames(securable.class).some((permission) => rights.allows(securable, permission))

const permissionNames = (kind: SecurableClass): readonly string[] => permissionsOf(kind).map(({ name }) => name)

/** sys.fn_builtin_permissions: all that there is, or those of one class. */
export const builtinPermissions = (kind: Cell): readonly (readonly string[])[] =>
  securableClasses
    .filter((each) => kind === null || text(kind) === '' || each === text(kind).toUpperCase())
    .flatMap((each) =>
      permissionsOf(each).map(({ name, type, covering = '', parent = '' }) => [
        each,
        name,
        type.padEnd(4),
        covering,
        parent === '' ? '' : (parentClass[each] ?? ''),
        parent,
      ]),
    )

/** fn_my_permissions: every permission that one has on a securable. */
export function myPermissions(
  session: SqlSession,
  securable: Cell,
  kind: Cell,
): readonly (readonly [name: string, column: string, permission: string])[] {
  const known = kind === null ? 'SERVER' : classNamed(text(kind))
  if (!known) return []
  const name = securable === null ? session.databaseName : text(securable)
  const found = securableNamed(session, known, name)
  if (!found) return []
  const rights = rightsOf(session, found.database)
  const shown = securable === null ? (known === 'SERVER' ? 'server' : 'database') : name
  const whole = permissionNames(known).filter((permission) => rights.allows(found.securable, permission))
  return whole.map((permission) => [shown, '', permission] as const)
}
