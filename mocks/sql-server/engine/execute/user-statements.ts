/** Users, roles and schemas of a database. */
import type { WindowsName } from '../../../directory/authority.ts'
import type { Login } from '../../security/login.ts'
import { hasPermission, permissionDenied, requireDatabase } from '../../security/permissions.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { CatalogEntry, PrincipalDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { catalogOf, type Execution } from './execution.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

export const put = (x: Execution, entries: readonly CatalogEntry[], removed: readonly number[] = []): Promise<void> =>
  changeCatalog(x, x.session.database, [], (store) => putEntries(x, x.session.database, store, entries, removed))

export async function createUser(x: Execution, s: Of<'createUser'>): Promise<void> {
  const { session } = x
  const { database } = session
  if (!hasPermission(session, database, 'ALTER ANY USER')) throw permissionDenied()
  const catalog = catalogOf(session, database)
  if (catalog.principal(s.name))
    throw new SqlError(15023, 16, 1, `User, group, or role '${s.name}' already exists in the current database.`)
  const login = s.withoutLogin ? undefined : session.instance.logins.find(s.login ?? s.name)
  const name = s.login ?? s.name
  // A Windows user or group may be a user without a login of its own: it enters through a group's.
  const windows =
    !s.withoutLogin && !login && name.includes('\\')
      ? await (await import('./windows-login-statements.ts')).needWindowsName(session.instance, name)
      : undefined
  if (!s.withoutLogin && !login && !windows)
    throw new SqlError(15007, 16, 1, `'${s.login ?? s.name}' is not a valid login or you do not have permission.`)
  if (
    login &&
    [...catalog.principals()].some((principal) => principal.login?.toLowerCase() === login.name.toLowerCase())
  ) {
    throw new SqlError(15063, 16, 1, 'The login already has an account under a different user name.')
  }
  const user: PrincipalDef = {
    kind: 'principal',
    id: database.newObjectId(),
    name: s.name,
    role: false,
    fixed: false,
    ...(login ? { login: login.name } : windows ? { login: windows.name } : {}),
    ...windowsKind(login, windows),
    defaultSchema: s.defaultSchema ?? 'dbo',
    memberOf: [],
    created: session.instance.nowText(),
  }
  await put(x, [user])
}

const windowsKind = (login: Login | undefined, found: WindowsName | undefined): Pick<PrincipalDef, 'windows'> => {
  const kind = login ? login.windows : found && (found.kind === 'group' ? 'group' : 'user')
  return kind ? { windows: kind } : {}
}

export async function alterUser(x: Execution, s: Of<'alterUser'>): Promise<void> {
  const catalog = catalogOf(x.session, x.session.database)
  const user = catalog.principal(s.name)
  if (!user || user.role || !hasPermission(x.session, x.session.database, 'ALTER ANY USER'))
    throw errors.cannotFind('user', s.name, 'alter')
  await put(x, [
    {
      ...user,
      ...(s.newName ? { name: s.newName } : {}),
      ...(s.login ? { login: s.login } : {}),
      ...(s.defaultSchema ? { defaultSchema: s.defaultSchema } : {}),
    },
  ])
}

export async function createRole(x: Execution, s: Of<'createRole'>): Promise<void> {
  if (s.server) throw unsupported('user-defined server roles')
  const { session } = x
  if (!hasPermission(session, session.database, 'ALTER ANY ROLE')) throw permissionDenied()
  if (catalogOf(session, session.database).principal(s.name))
    throw new SqlError(15023, 16, 1, `User, group, or role '${s.name}' already exists in the current database.`)
  await put(x, [
    {
      kind: 'principal',
      id: session.database.newObjectId(),
      name: s.name,
      role: true,
      fixed: false,
      defaultSchema: '',
      memberOf: [],
      created: session.instance.nowText(),
    },
  ])
}

export async function alterRole(x: Execution, s: Of<'alterRole'>): Promise<void> {
  const { session } = x
  const catalog = catalogOf(session, session.database)
  const role = catalog.principal(s.role)
  if (!role?.role || !hasPermission(session, session.database, 'ALTER ANY ROLE'))
    throw errors.cannotFind('role', s.role, 'alter')
  const member = catalog.principal(s.member)
  if (!member)
    throw new SqlError(
      15151,
      16,
      1,
      `Cannot ${s.add ? 'add' : 'drop'} the principal '${s.member}', because it does not exist or you do not have permission.`,
    )
  const key = role.name.toLowerCase()
  const memberOf = s.add ? [...new Set([...member.memberOf, key])] : member.memberOf.filter((name) => name !== key)
  await put(x, [{ ...member, memberOf }])
}

export async function createSchema(x: Execution, s: Of<'createSchema'>): Promise<void> {
  const { session } = x
  requireDatabase(session, session.database, 'CREATE SCHEMA')
  const catalog = catalogOf(session, session.database)
  if (catalog.schema(s.name) || ['sys', 'information_schema'].includes(s.name.toLowerCase()))
    throw errors.exists(s.name)
  if (s.owner && !catalog.principal(s.owner)) throw errors.cannotFind('user', s.owner)
  await put(x, [{ kind: 'schema', id: session.database.newObjectId(), name: s.name, owner: s.owner ?? 'dbo' }])
}
