/** Logins, users, roles, schemas and permissions. */

import { type Login, serverRoles } from '../../security/login.ts'
import { hashPassword, isPassword } from '../../security/password.ts'
import { hasPermission, permissionDenied, requireDatabase, requireServerRole } from '../../security/permissions.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { CatalogEntry, PermissionDef, PrincipalDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { catalogOf, type Execution } from './execution.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>
type SecurityStatement = Of<
  'createSchema' | 'createLogin' | 'alterLogin' | 'createUser' | 'alterUser' | 'createRole' | 'alterRole' | 'permission'
>

export async function runSecurityStatement(x: Execution, s: SecurityStatement): Promise<void> {
  switch (s.kind) {
    case 'createLogin':
      createLogin(x, s)
      break
    case 'alterLogin':
      alterLogin(x, s)
      break
    case 'createUser':
      await createUser(x, s)
      break
    case 'alterUser':
      await alterUser(x, s)
      break
    case 'createRole':
      await createRole(x, s)
      break
    case 'alterRole':
      if (s.server) alterServerRole(x, s)
      else await alterRole(x, s)
      break
    case 'createSchema':
      await createSchema(x, s)
      break
    case 'permission':
      if (!s.on && s.permissions.every((permission) => serverPermissions.has(permission))) serverPermission(x, s)
      else await permission(x, s)
      break
  }
  x.sink.done({
    kind: x.frame.done,
    command:
      s.kind === 'permission'
        ? { GRANT: statementCodes.grant, DENY: statementCodes.deny, REVOKE: statementCodes.revoke }[s.verb]
        : 0,
  })
}

/** CHECK_POLICY: the rules of Windows' password policy. */
function checkPolicy(password: string, name: string): void {
  if (password.length < 8)
    throw new SqlError(
      15116,
      16,
      1,
      'Password validation failed. The password does not meet the operating system policy requirements because it is too short.',
    )
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length
  if (kinds < 3 || password.toLowerCase().includes(name.toLowerCase()))
    throw new SqlError(
      15118,
      16,
      1,
      'Password validation failed. The password does not meet the operating system policy requirements because it is not complex enough.',
    )
}

function createLogin(x: Execution, s: Of<'createLogin'>): void {
  const { instance } = x.session
  requireServerRole(x.session, ['securityadmin'])
  if (s.windows)
    throw new SqlError(15401, 16, 1, `Windows NT user or group '${s.name}' not found. Check the name again.`)
  if (instance.logins.find(s.name)) throw new SqlError(15025, 16, 1, `The server principal '${s.name}' already exists.`)
  const password = s.options.get('PASSWORD')
  if (password === undefined || s.flags.has('HASHED')) throw unsupported('CREATE LOGIN without a plain password')
  const policy = s.options.get('CHECK_POLICY')?.toUpperCase() !== 'OFF'
  if (policy) checkPolicy(password, s.name)
  const defaultDatabase = s.options.get('DEFAULT_DATABASE')
  const login = instance.logins.add({ name: s.name, password, ...(defaultDatabase ? { defaultDatabase } : {}) })
  instance.logins.update(login, () => {
    login.mustChange = s.flags.has('MUST_CHANGE')
    login.policy = policy
  })
}

function alterLogin(x: Execution, s: Of<'alterLogin'>): void {
  const { instance, login: own } = x.session
  const login = instance.logins.find(s.name)
  const ownPassword = login === own && s.options.has('PASSWORD') && s.options.has('OLD_PASSWORD')
  if (!ownPassword) requireServerRole(x.session, ['securityadmin'], () => errors.cannotFind('login', s.name, 'alter'))
  if (!login) throw errors.cannotFind('login', s.name, 'alter')
  const password = s.options.get('PASSWORD')
  if (password !== undefined) {
    if (ownPassword && !isPassword(login.passwordHash, s.options.get('OLD_PASSWORD') ?? ''))
      throw new SqlError(
        15151,
        16,
        1,
        `Cannot alter the login '${s.name}', because it does not exist or you do not have permission.`,
      )
    if (checkOf(s, login.policy)) checkPolicy(password, s.name)
  }
  instance.logins.update(login, () => applyOptions(login, s))
  const name = s.options.get('NAME')
  if (name) instance.logins.rename(login, name)
}

const checkOf = (s: Of<'alterLogin'>, before: boolean): boolean => {
  const asked = s.options.get('CHECK_POLICY')?.toUpperCase()
  return asked === undefined ? before : asked !== 'OFF'
}

function applyOptions(login: Login, s: Of<'alterLogin'>): void {
  const password = s.options.get('PASSWORD')
  if (password !== undefined) {
    login.passwordHash = hashPassword(password)
    login.expired = false
    login.mustChange = s.flags.has('MUST_CHANGE')
  }
  login.policy = checkOf(s, login.policy)
  if (s.flags.has('UNLOCK')) {
    login.locked = false
    login.badPasswords = 0
  }
  if (s.flags.has('DISABLE')) login.disabled = true
  if (s.flags.has('ENABLE')) login.disabled = false
  const defaultDatabase = s.options.get('DEFAULT_DATABASE')
  if (defaultDatabase) login.defaultDatabase = defaultDatabase
}

const put = (x: Execution, entries: readonly CatalogEntry[], removed: readonly number[] = []): Promise<void> =>
  changeCatalog(x, x.session.database, [], (store) => putEntries(x, x.session.database, store, entries, removed))

async function createUser(x: Execution, s: Of<'createUser'>): Promise<void> {
  const { session } = x
  const { database } = session
  if (!hasPermission(session, database, 'ALTER ANY USER')) throw permissionDenied()
  const catalog = catalogOf(session, database)
  if (catalog.principal(s.name))
    throw new SqlError(15023, 16, 1, `User, group, or role '${s.name}' already exists in the current database.`)
  const login = s.withoutLogin ? undefined : session.instance.logins.find(s.login ?? s.name)
  if (!s.withoutLogin && !login)
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
    ...(login ? { login: login.name } : {}),
    defaultSchema: s.defaultSchema ?? 'dbo',
    memberOf: [],
    created: session.instance.nowText(),
  }
  await put(x, [user])
}

async function alterUser(x: Execution, s: Of<'alterUser'>): Promise<void> {
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

async function createRole(x: Execution, s: Of<'createRole'>): Promise<void> {
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

async function alterRole(x: Execution, s: Of<'alterRole'>): Promise<void> {
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

function alterServerRole(x: Execution, s: Of<'alterRole'>): void {
  const role = s.role.toLowerCase()
  if (!serverRoles.some((known) => known === role)) throw errors.cannotFind('server role', s.role, 'alter')
  // Members of a role may add others to it; sysadmin is for sysadmins alone.
  requireServerRole(
    x.session,
    role === 'sysadmin' ? [] : [role],
    () =>
      new SqlError(
        15151,
        16,
        1,
        `Cannot alter the server role '${s.role}', because it does not exist or you do not have permission.`,
      ),
  )
  const login = x.session.instance.logins.find(s.member)
  if (!login)
    throw new SqlError(
      15151,
      16,
      1,
      `Cannot ${s.add ? 'add' : 'drop'} the principal '${s.member}', because it does not exist or you do not have permission.`,
    )
  x.session.instance.logins.update(login, () => {
    if (s.add) login.roles.add(role)
    else login.roles.delete(role)
  })
}

async function createSchema(x: Execution, s: Of<'createSchema'>): Promise<void> {
  const { session } = x
  requireDatabase(session, session.database, 'CREATE SCHEMA')
  const catalog = catalogOf(session, session.database)
  if (catalog.schema(s.name) || ['sys', 'information_schema'].includes(s.name.toLowerCase()))
    throw errors.exists(s.name)
  if (s.owner && !catalog.principal(s.owner)) throw errors.cannotFind('user', s.owner)
  await put(x, [{ kind: 'schema', id: session.database.newObjectId(), name: s.name, owner: s.owner ?? 'dbo' }])
}

const serverPermissions = new Set([
  'VIEW SERVER STATE',
  'VIEW ANY DATABASE',
  'CONNECT SQL',
  'CONNECT ANY DATABASE',
  'ALTER ANY LOGIN',
  'CONTROL SERVER',
  'CREATE ANY DATABASE',
  'VIEW ANY DEFINITION',
])

function serverPermission(x: Execution, s: Of<'permission'>): void {
  requireServerRole(
    x.session,
    ['securityadmin'],
    () => new SqlError(4613, 16, 1, 'Grantor does not have GRANT permission.'),
  )
  for (const name of s.principals) {
    const login = x.session.instance.logins.find(name)
    if (!login) throw errors.cannotFind('login', name)
    x.session.instance.logins.update(login, () => {
      for (const permission of s.permissions) {
        login.granted.delete(permission)
        login.denied.delete(permission)
        if (s.verb === 'GRANT') login.granted.add(permission)
        if (s.verb === 'DENY') login.denied.add(permission)
      }
    })
  }
}

const whole = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REFERENCES', 'EXECUTE']

async function permission(x: Execution, s: Of<'permission'>): Promise<void> {
  const { session } = x
  const { database } = session
  const catalog = catalogOf(session, database)
  const on = s.on
  let place: { class: 0 | 1 | 3; major: number } = { class: 0, major: 0 }
  if (on?.class === 'OBJECT') {
    const [object = '', schema = ''] = [...on.name].reverse()
    const found =
      catalog.object(schema || session.defaultSchema(database), object) ??
      (schema === '' ? catalog.object('dbo', object) : undefined)
    if (!found) throw errors.cannotFind('object', object)
    place = { class: 1, major: found.id }
  } else if (on?.class === 'SCHEMA') {
    const schema = catalog.schema(on.name.at(-1) ?? '')
    if (!schema) throw errors.cannotFind('schema', on.name.at(-1) ?? '')
    place = { class: 3, major: schema.id }
  } else if (on?.class === 'OTHER') throw unsupported('permissions on securables of this class')
  if (!hasPermission(session, database, 'GRANT') && !hasPermission(session, database, 'CONTROL')) {
    throw on?.class === 'OBJECT'
      ? errors.cannotFind('object', on.name.at(-1) ?? '')
      : new SqlError(4613, 16, 1, 'Grantor does not have GRANT permission.')
  }
  const names = s.permissions.flatMap((name) =>
    name === 'ALL' || name === 'ALL PRIVILEGES' ? whole : name === 'EXEC' ? ['EXECUTE'] : [name],
  )
  const entries: PermissionDef[] = []
  const removed: number[] = []
  for (const principal of s.principals) {
    const grantee = catalog.principal(principal)
    if (!grantee) throw errors.cannotFind('user', principal)
    if (grantee.name === 'dbo')
      throw new SqlError(
        4617,
        16,
        1,
        'Cannot grant, deny, or revoke permissions to sa, dbo, entity owner, information_schema, sys, or yourself.',
      )
    for (const name of names) {
      for (const old of catalog.permissions)
        if (
          old.grantee.toLowerCase() === grantee.name.toLowerCase() &&
          old.permission === name &&
          old.class === place.class &&
          old.major === place.major
        )
          removed.push(old.id)
      if (s.verb !== 'REVOKE')
        entries.push({
          kind: 'permission',
          id: database.newObjectId(),
          grantee: grantee.name,
          state: s.verb,
          permission: name,
          ...place,
        })
    }
  }
  await put(x, entries, removed)
}
