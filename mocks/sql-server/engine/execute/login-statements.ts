/** Logins, server roles and server permissions. */
import type { Login } from '../../security/login.ts'
import { hashPassword, isPassword } from '../../security/password.ts'
import { requireServerRole } from '../../security/permissions.ts'
import { serverRoles } from '../../security/server-roles.ts'
import type { Statement } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { Execution } from './execution.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

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

export async function createLogin(x: Execution, s: Of<'createLogin'>): Promise<void> {
  const { instance } = x.session
  requireServerRole(x.session, ['securityadmin'])
  if (s.windows) return (await import('./windows-login-statements.ts')).createWindowsLogin(x, s)
  if (s.name.includes('\\'))
    throw new SqlError(15006, 16, 1, `'${s.name}' is not a valid name because it contains invalid characters.`)
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

export function alterLogin(x: Execution, s: Of<'alterLogin'>): void {
  const { instance, login: own } = x.session
  const login = instance.logins.find(s.name)
  const ownPassword = login === own && s.options.has('PASSWORD') && s.options.has('OLD_PASSWORD')
  if (!ownPassword) requireServerRole(x.session, ['securityadmin'], () => errors.cannotFind('login', s.name, 'alter'))
  if (!login) throw errors.cannotFind('login', s.name, 'alter')
  if (login.windows) checkWindowsChange(login, s)
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

/** A group is kept out with DENY CONNECT SQL; and Windows keeps the passwords. */
function checkWindowsChange(login: Login, s: Of<'alterLogin'>): void {
  if (login.windows === 'group' && (s.flags.has('DISABLE') || s.flags.has('ENABLE')))
    throw errors.cannotFind('login', s.name, 'alter')
  if (s.options.has('PASSWORD') || s.flags.has('UNLOCK'))
    throw unsupported('ALTER LOGIN of a Windows login with a password')
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

export function alterServerRole(x: Execution, s: Of<'alterRole'>): void {
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

export const serverPermissions = new Set([
  'VIEW SERVER STATE',
  'VIEW ANY DATABASE',
  'CONNECT SQL',
  'CONNECT ANY DATABASE',
  'ALTER ANY LOGIN',
  'CONTROL SERVER',
  'CREATE ANY DATABASE',
  'VIEW ANY DEFINITION',
])

export function serverPermission(x: Execution, s: Of<'permission'>): void {
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
