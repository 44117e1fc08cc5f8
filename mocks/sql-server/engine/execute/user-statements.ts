/** Users and schemas of a database. */
import type { WindowsName } from '../../../directory/authority.ts'
import type { Login } from '../../security/login.ts'
import { allows, hasPermission, permissionDenied, requireDatabase } from '../../security/permissions.ts'
import { rightsOf } from '../../security/rights.ts'
import { principalSecurable } from '../../security/securable.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { CatalogEntry, PermissionDef, PrincipalDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { securityErrors } from '../security-errors.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { catalogOf, type Execution } from './execution.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

export const put = (x: Execution, entries: readonly CatalogEntry[], removed: readonly number[] = []): Promise<void> =>
  changeCatalog(x, x.session.database, [], (store) => putEntries(x, x.session.database, store, entries, removed))

export async function createUser(x: Execution, s: Of<'createUser'>): Promise<void> {
  const { session } = x
  const { database } = session
  if (!hasPermission(session, database, 'CREATE USER')) throw permissionDenied()
  const catalog = catalogOf(session, database)
  if (catalog.principal(s.name)) throw securityErrors.principalExists(s.name)
  const login = s.withoutLogin ? undefined : session.instance.logins.find(s.login ?? s.name)
  const name = s.login ?? s.name
  // A Windows user or group may be a user without a login of its own: it enters through a group's.
  const windows =
    !s.withoutLogin && !login && name.includes('\\')
      ? await (await import('./windows-login-statements.ts')).needWindowsName(session.instance, name)
      : undefined
  if (!s.withoutLogin && !login && !windows) throw securityErrors.notALogin(name)
  if (login && catalog.userOfLogin(login)) throw securityErrors.loginMapped()
  const user: PrincipalDef = {
    kind: 'principal',
    id: catalog.newPrincipalId(),
    name: s.name,
    role: false,
    fixed: false,
    ...(login ? { login: login.name } : windows ? { login: windows.name } : {}),
    ...(login && login.sid !== '' ? { sid: login.sid } : {}),
    ...windowsKind(login, windows),
    defaultSchema: s.defaultSchema ?? 'dbo',
    memberOf: [],
    created: session.instance.nowText(),
  }
  const connect: PermissionDef = {
    kind: 'permission',
    id: database.newObjectId(),
    grantee: user.name,
    state: 'GRANT',
    permission: 'CONNECT',
    class: 0,
    major: 0,
  }
  await put(x, [user, connect])
}

const windowsKind = (login: Login | undefined, found: WindowsName | undefined): Pick<PrincipalDef, 'windows'> => {
  const kind = login ? login.windows : found && (found.kind === 'group' ? 'group' : 'user')
  return kind ? { windows: kind } : {}
}

export async function alterUser(x: Execution, s: Of<'alterUser'>): Promise<void> {
  const { session } = x
  const catalog = catalogOf(session, session.database)
  const user = catalog.principal(s.name)
  const own = user !== undefined && rightsOf(session).user === user && !s.login && !s.newName
  if (!user || user.role || !(own || allows(session, principalSecurable(user), 'ALTER')))
    throw errors.cannotFind('user', s.name, 'alter')
  if (user.name === 'dbo' || user.name === 'guest') throw securityErrors.cannotVerb('alter', 'user', user.name)
  if (s.newName && s.newName.toLowerCase() !== user.name.toLowerCase() && catalog.principal(s.newName))
    throw securityErrors.principalExists(s.newName)
  const login = s.login ? session.instance.logins.find(s.login) : undefined
  if (s.login && !login) throw securityErrors.notALogin(s.login)
  if (login) {
    if (user.login === undefined) throw securityErrors.cannotRemap()
    const mapped = catalog.userOfLogin(login)
    if (mapped && mapped !== user) throw securityErrors.loginMapped()
  }
  // A Windows login whose account has not been seen yet has no SID: its user is found by name.
  const { sid: before, ...kept } = user
  const sid = login ? login.sid : before
  const changed: PrincipalDef = {
    ...kept,
    ...(sid ? { sid } : {}),
    ...(s.newName ? { name: s.newName } : {}),
    ...(login ? { login: login.name } : {}),
    ...(s.defaultSchema ? { defaultSchema: s.defaultSchema } : {}),
  }
  await put(x, [changed, ...(s.newName ? renamed(x, user.name, s.newName) : [])])
}

/** All that names a principal, with its new name. */
export function renamed(x: Execution, name: string, newName: string): CatalogEntry[] {
  const before = name.toLowerCase()
  const entries: CatalogEntry[] = []
  const move = (each: string): string => (each.toLowerCase() === before ? newName : each)
  for (const entry of catalogOf(x.session, x.session.database).entries()) {
    if (entry.kind === 'permission') {
      if (entry.grantee.toLowerCase() !== before && entry.grantor?.toLowerCase() !== before) continue
      const grantor = entry.grantor === undefined ? {} : { grantor: move(entry.grantor) }
      entries.push({ ...entry, grantee: move(entry.grantee), ...grantor })
    } else if (entry.kind === 'principal') {
      if (entry.name.toLowerCase() === before) continue
      if (!entry.memberOf.includes(before) && entry.owner?.toLowerCase() !== before) continue
      const memberOf = entry.memberOf.map((role) => (role === before ? newName.toLowerCase() : role))
      entries.push({ ...entry, memberOf, ...(entry.owner === undefined ? {} : { owner: move(entry.owner) }) })
    } else if (entry.kind !== 'property' && entry.owner?.toLowerCase() === before)
      entries.push({ ...entry, owner: newName })
  }
  return entries
}

export async function createSchema(x: Execution, s: Of<'createSchema'>): Promise<void> {
  const { session } = x
  requireDatabase(session, session.database, 'CREATE SCHEMA')
  const catalog = catalogOf(session, session.database)
  if (catalog.schema(s.name) || ['sys', 'information_schema'].includes(s.name.toLowerCase()))
    throw errors.exists(s.name)
  const rights = rightsOf(session)
  const owner = s.owner === undefined ? undefined : catalog.principal(s.owner)
  if (s.owner !== undefined && (!owner || !mayGiveTo(x, owner))) throw errors.cannotFind('user', s.owner)
  await put(x, [
    {
      kind: 'schema',
      id: catalog.newSchemaId(),
      name: s.name,
      owner: owner?.name ?? rights.user?.name ?? 'dbo',
    },
  ])
}

/** Giving things away needs the right to be that user, or membership in that role. */
export function mayGiveTo(x: Execution, owner: PrincipalDef): boolean {
  const rights = rightsOf(x.session)
  if (rights.unlimited || rights.names.has(owner.name.toLowerCase())) return true
  return rights.allows(principalSecurable(owner), owner.role ? 'ALTER' : 'IMPERSONATE')
}
