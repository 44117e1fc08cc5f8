/** ALTER AUTHORIZATION: another owner for a database, schema, object or role. */
import { allows, hasPermission } from '../../security/permissions.ts'
import { fixedServerRoleId } from '../../security/server-security.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { CatalogEntry } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { securityErrors } from '../security-errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { catalogOf, type Execution } from './execution.ts'
import { findSecurable } from './securable-of-name.ts'
import { principalId } from './server-role-statements.ts'
import { mayGiveTo, put } from './user-statements.ts'

type Authorization = Extract<Statement, { kind: 'alterAuthorization' }>

export async function alterAuthorization(x: Execution, s: Authorization): Promise<void> {
  const last = s.name.at(-1) ?? ''
  if (s.class === 'DATABASE') {
    const database = x.session.instance.findDatabase(last)
    if (!database) throw errors.cannotFind('database', last)
    return changeOwner(x, database, s.owner ?? '')
  }
  if (s.class === 'SERVER ROLE') return serverRoleOwner(x, last, s.owner ?? '')
  const catalog = catalogOf(x.session, x.session.database)
  const { securable, object } = findSecurable(x, s.class, s.name)
  if (!allows(x.session, securable, 'TAKE OWNERSHIP')) throw errors.cannotFind(s.class.toLowerCase(), last)
  const owner = s.owner === undefined ? undefined : catalog.principal(s.owner)
  if (s.owner !== undefined && (!owner || !mayGiveTo(x, owner))) throw errors.cannotFind('principal', s.owner)
  await put(x, [changed(x, s, object ?? catalog.entry(securable.major), owner?.name)], grantsOf(x, s, securable.major))
}

function changed(
  x: Execution,
  s: Authorization,
  entry: CatalogEntry | undefined,
  owner: string | undefined,
): CatalogEntry {
  if (!entry) throw unsupported(`ALTER AUTHORIZATION ON ${s.class}`)
  switch (entry.kind) {
    case 'schema':
      return { ...entry, owner: owner ?? 'dbo' }
    case 'principal':
      if (!entry.role || entry.fixed) throw securityErrors.cannotVerb('alter', 'role', entry.name)
      return { ...entry, owner: owner ?? 'dbo' }
    case 'permission':
    case 'property':
      throw unsupported(`ALTER AUTHORIZATION ON ${s.class}`)
    default: {
      const { owner: _, ...rest } = entry
      const schema = catalogOf(x.session, x.session.database).schema(entry.schema)?.owner ?? 'dbo'
      return owner === undefined || owner.toLowerCase() === schema.toLowerCase() ? rest : { ...rest, owner }
    }
  }
}

/** A new owner starts with a clean sheet: what was granted on an object goes. */
const grantsOf = (x: Execution, s: Authorization, major: number): readonly number[] =>
  s.class === 'OBJECT'
    ? catalogOf(x.session, x.session.database)
        .permissions.filter((entry) => entry.class === 1 && entry.major === major)
        .map((entry) => entry.id)
    : []

/** The login of dbo. */
export async function changeOwner(x: Execution, database: SqlDatabase, name: string): Promise<void> {
  const { session } = x
  const login = session.instance.logins.find(name)
  const catalog = catalogOf(session, database)
  if (!login) throw errors.cannotFind('principal', name)
  if (!hasPermission(session, database, 'TAKE OWNERSHIP')) throw errors.cannotFind('database', database.name)
  const user = catalog.userOfLogin(login)
  if (user && user.name !== 'dbo')
    throw new SqlError(15110, 16, 1, 'The proposed new database owner is already a user or aliased in the database.')
  const dbo = catalog.principal('dbo')
  if (!dbo) return
  const entry = { ...dbo, login: login.name, sid: login.sid }
  await changeCatalog(x, database, [], (store) => putEntries(x, database, store, [entry]))
}

function serverRoleOwner(x: Execution, name: string, owner: string): void {
  const { security } = x.session.instance
  const role = security.role(name)
  const id = principalId(x, owner)
  if (fixedServerRoleId(name) !== undefined) throw securityErrors.cannotVerb('alter', 'server role', name)
  if (!role) throw errors.cannotFind('server role', name)
  if (id === undefined) throw errors.cannotFind('principal', owner)
  const securable = findSecurable(x, 'SERVER ROLE', [name]).securable
  if (!allows(x.session, securable, 'TAKE OWNERSHIP')) throw errors.cannotFind('server role', name)
  security.change({ roles: security.roles.map((each) => (each === role ? { ...role, owner: id } : each)) })
}
