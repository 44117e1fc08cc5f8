/** What one login may do in one database, worked out once for each state of both. */
import type { Catalog } from '../engine/catalog/catalog.ts'
import type { ObjectDef, PermissionDef, PrincipalDef } from '../engine/catalog/definitions.ts'
import type { SqlInstance } from '../engine/instance.ts'
import type { SqlSession } from '../engine/session.ts'
import type { SqlDatabase } from '../engine/storage/database.ts'
import { databaseRoleDenials, databaseRolePermissions, serverRolePermissions } from './fixed-roles.ts'
import type { Login } from './login.ts'
import { permissionsOf, type SecurableClass } from './permission-table.ts'
import { implying, objectSecurable, type PermissionNode, type Securable } from './securable.ts'

/** sys.database_permissions.class of each securable class in a database. */
export const classNumbers = { DATABASE: 0, OBJECT: 1, SCHEMA: 3, USER: 4, ROLE: 4, TYPE: 6 } as const
const classNumber = (securable: SecurableClass): number | undefined =>
  securable === 'SERVER' || securable === 'LOGIN' || securable === 'SERVER ROLE' ? undefined : classNumbers[securable]

type Index = ReadonlyMap<string, readonly PermissionDef[]>
const indexes = new WeakMap<Catalog, Index>()

function indexOf(catalog: Catalog): Index {
  let index = indexes.get(catalog)
  if (!index) {
    const made = new Map<string, PermissionDef[]>()
    for (const entry of catalog.permissions) {
      const key = `${entry.class}:${entry.major}:${entry.permission}`
      const list = made.get(key)
      if (list) list.push(entry)
      else made.set(key, [entry])
    }
    index = made
    indexes.set(catalog, index)
  }
  return index
}

export const isServerAdministrator = (instance: SqlInstance, login: Login): boolean =>
  (!login.within || login.within.trusted) &&
  (login.roles.has('sysadmin') || (login.roles.size > 0 && instance.security.rolesOf(login).has('sysadmin')))

/** The user that a login is in a database; undefined when it has none of its own. */
export function userOf(
  instance: SqlInstance,
  login: Login,
  database: SqlDatabase,
  catalog = database.catalog,
): PrincipalDef | undefined {
  const { within } = login
  if (within) return within.database === database ? catalog.principal(within.user) : undefined
  if (isServerAdministrator(instance, login)) return catalog.principal('dbo')
  const user = catalog.userOfLogin(login)
  if (!login.token) return user
  return user ? withGroups(user, login.token, catalog) : userThroughGroups(login, login.token, catalog)
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

/** Itself, its roles, theirs, and public; in lower case. */
export function principalsOf(user: PrincipalDef | undefined, catalog: Catalog): ReadonlySet<string> {
  const names = new Set(['public'])
  const visit = (principal: PrincipalDef | undefined) => {
    if (!principal || names.has(principal.name.toLowerCase())) return
    names.add(principal.name.toLowerCase())
    for (const role of principal.memberOf) visit(catalog.principal(role))
  }
  visit(user ?? catalog.principal('guest'))
  return names
}

type Verdict = 'GRANT' | 'DENY' | undefined

export class Rights {
  readonly user: PrincipalDef | undefined
  readonly names: ReadonlySet<string>
  readonly administrator: boolean
  readonly serverRoles: ReadonlySet<string>
  readonly #catalog: Catalog
  readonly #instance: SqlInstance
  readonly #serverIds: ReadonlySet<number>
  readonly #login: Login
  readonly #answers = new Map<string, boolean>()

  constructor(instance: SqlInstance, login: Login, database: SqlDatabase, catalog: Catalog) {
    const outside = login.within !== undefined && !login.within.trusted
    this.#instance = instance
    this.#catalog = catalog
    this.#login = login
    this.user = userOf(instance, login, database, catalog)
    this.names = principalsOf(this.user, catalog)
    this.administrator = isServerAdministrator(instance, login)
    this.serverRoles = outside ? new Set(['public']) : instance.security.rolesOf(login)
    this.#serverIds = new Set([
      ...(outside ? [] : (login.ids ?? [login.id])),
      ...[...this.serverRoles].map((role) => instance.security.roleId(role) ?? 0),
    ])
  }

  /** dbo in this database, or sysadmin: nothing is denied to it. */
  get unlimited(): boolean {
    return this.administrator || this.user?.name === 'dbo'
  }

  allows(securable: Securable, permission: string): boolean {
    const key = `${securable.class}:${securable.major}:${permission}`
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const answer = this.#decide(securable, permission)
    this.#answers.set(key, answer)
    return answer
  }

  #decide(securable: Securable, permission: string): boolean {
    if (this.administrator) return true
    const inDatabase = classNumber(securable.class) !== undefined
    if (inDatabase && this.user?.name === 'dbo') return true
    if (inDatabase && securable.class !== 'USER' && this.#owns(securable)) return true
    let granted = false
    for (const node of implying(securable, permission)) {
      const verdict = classNumber(node.securable.class) === undefined ? this.#onServer(node) : this.#inDatabase(node)
      if (verdict === 'DENY') return false
      if (verdict === 'GRANT') granted = true
    }
    return granted
  }

  #owns(securable: Securable): boolean {
    if (securable.class === 'DATABASE') return false
    if (securable.owner !== undefined && this.names.has(securable.owner.toLowerCase())) return true
    return securable.parent !== undefined && this.#owns(securable.parent)
  }

  #onServer({ securable, permission }: PermissionNode): Verdict {
    let granted = false
    for (const entry of this.#instance.security.permissions) {
      if (
        entry.permission !== permission ||
        entry.class !== securable.class ||
        entry.major !== securable.major ||
        !this.#serverIds.has(entry.grantee)
      )
        continue
      if (entry.state === 'DENY') return 'DENY'
      if (entry.state !== 'REVOKED') granted = true
    }
    if (granted) return 'GRANT'
    if (securable.class === 'SERVER ROLE') {
      const role = this.#instance.security.roles.find((candidate) => candidate.id === securable.major)
      return role && this.#serverIds.has(role.owner) ? 'GRANT' : undefined
    }
    if (securable.class !== 'SERVER') return undefined
    if (permission === 'CONNECT SQL') return this.#instance.security.mayConnect(this.#login) ? 'GRANT' : undefined
    for (const role of this.serverRoles) if (serverRolePermissions.get(role)?.includes(permission)) return 'GRANT'
    return undefined
  }

  #inDatabase({ securable, permission }: PermissionNode): Verdict {
    let granted = false
    const number = classNumber(securable.class)
    for (const entry of indexOf(this.#catalog).get(`${number}:${securable.major}:${permission}`) ?? []) {
      if (entry.minor || !this.names.has(entry.grantee.toLowerCase())) continue
      if (entry.state === 'DENY') return 'DENY'
      granted = true
    }
    if (securable.class === 'DATABASE') {
      for (const [role, denied] of databaseRoleDenials)
        if (this.names.has(role) && denied.includes(permission)) return 'DENY'
      for (const [role, allowed] of databaseRolePermissions)
        if (this.names.has(role) && allowed.includes(permission)) return 'GRANT'
    }
    return granted ? 'GRANT' : undefined
  }

  /** Entries on single columns, by column id. A GRANT there goes before a DENY on the table, as the product has it. */
  columns(object: ObjectDef, permission: string): ReadonlyMap<number, 'GRANT' | 'DENY'> {
    const columns = new Map<number, 'GRANT' | 'DENY'>()
    for (const entry of indexOf(this.#catalog).get(`1:${object.id}:${permission}`) ?? []) {
      if (!entry.minor || !this.names.has(entry.grantee.toLowerCase())) continue
      if (entry.state === 'DENY') columns.set(entry.minor, 'DENY')
      else if (!columns.has(entry.minor)) columns.set(entry.minor, 'GRANT')
    }
    return columns
  }

  /** True when the catalogue shows an object: with any permission on it, unless seeing it is denied. */
  sees(object: ObjectDef): boolean {
    if (this.unlimited) return true
    const securable = objectSecurable(object, this.#catalog.schema(object.schema))
    if (this.allows(securable, 'VIEW DEFINITION')) return true
    if (this.#denied(securable, 'VIEW DEFINITION')) return false
    if (object.kind === 'trigger') {
      const parent = object.trigger && this.#catalog.table(object.trigger.parent)
      return parent !== undefined && this.sees(parent)
    }
    const apart = isExecuted(object) ? rowPermissions : ['EXECUTE']
    return permissionsOf('OBJECT').some(
      ({ name }) =>
        !apart.includes(name) &&
        name !== 'UNMASK' &&
        (this.allows(securable, name) || [...this.columns(object, name).values()].includes('GRANT')),
    )
  }

  #denied(securable: Securable, permission: string): boolean {
    return implying(securable, permission).some(
      (node) =>
        (classNumber(node.securable.class) === undefined ? this.#onServer(node) : this.#inDatabase(node)) === 'DENY',
    )
  }
}

/** Procedures and scalar functions are executed; everything else is read. */
export const isExecuted = (object: ObjectDef): boolean =>
  object.kind === 'procedure' || (object.kind === 'function' && object.functionType === 'FN')

const rowPermissions = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REFERENCES', 'RECEIVE', 'VIEW CHANGE TRACKING']

interface Known {
  readonly login: Login
  readonly logins: number
  readonly security: number
  readonly byCatalog: WeakMap<Catalog, Rights>
}
const known = new WeakMap<SqlSession, Known>()

/** The rights of the session's present login in a database, as its transaction sees the catalogue. */
export function rightsOf(session: SqlSession, database: SqlDatabase = session.database): Rights {
  const { instance, login } = session
  const { stamp: logins } = instance.logins
  const { stamp: security } = instance.security
  let entry = known.get(session)
  if (!entry || entry.login !== login || entry.logins !== logins || entry.security !== security) {
    entry = { login, logins, security, byCatalog: new WeakMap() }
    known.set(session, entry)
  }
  const catalog = session.transaction.catalogOf(database)
  let rights = entry.byCatalog.get(catalog)
  if (!rights) {
    rights = new Rights(instance, login, database, catalog)
    entry.byCatalog.set(catalog, rights)
  }
  return rights
}
