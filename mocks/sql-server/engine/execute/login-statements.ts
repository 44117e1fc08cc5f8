/** CREATE and ALTER LOGIN. */
import type { Login } from '../../security/login.ts'
import { hashPassword, isHash, isPassword } from '../../security/password.ts'
import { checkPolicy } from '../../security/password-policy.ts'
import { hasServerPermission, requireServer } from '../../security/permissions.ts'
import { isServerAdministrator } from '../../security/rights.ts'
import { loginSecurable } from '../../security/securable.ts'
import type { Statement } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { securityErrors } from '../security-errors.ts'
import { languageOf } from '../session/languages.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { Execution } from './execution.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>
type LoginStatement = Of<'createLogin' | 'alterLogin'>

const flag = (s: LoginStatement, name: string, before: boolean): boolean => {
  const asked = s.options.get(name)?.toUpperCase()
  if (asked !== undefined && asked !== 'ON' && asked !== 'OFF')
    throw new SqlError(102, 15, 1, `Incorrect syntax near '${s.options.get(name) ?? ''}'.`, { line: s.line })
  return asked === undefined ? before : asked === 'ON'
}

interface Standing {
  readonly policy: boolean
  readonly expiration: boolean
  readonly mustChange: boolean
}

/** The three options and what they ask of one another. */
function standingOf(s: LoginStatement, before: Standing): Standing {
  const policy = flag(s, 'CHECK_POLICY', before.policy)
  const expiration = flag(s, 'CHECK_EXPIRATION', policy ? before.expiration : false)
  const mustChange = s.flags.has('MUST_CHANGE') || (before.mustChange && !s.options.has('PASSWORD'))
  if (expiration && !policy) throw securityErrors.expirationNeedsPolicy()
  if (s.flags.has('MUST_CHANGE') && !expiration) throw securityErrors.mustChangeNeedsExpiration()
  if (mustChange && before.mustChange && !policy) throw securityErrors.mustChangeKeepsPolicy()
  return { policy, expiration, mustChange }
}

export function defaultsOf(x: Execution, s: LoginStatement): { database?: string; language?: string } {
  const database = s.options.get('DEFAULT_DATABASE')
  const language = s.options.get('DEFAULT_LANGUAGE')
  if (database && !x.session.instance.findDatabase(database)) throw securityErrors.noDefaultDatabase(database)
  const known = language === undefined ? undefined : languageOf(language)?.name
  if (language !== undefined && !known) throw securityErrors.noLanguage(language)
  return { ...(database ? { database } : {}), ...(known ? { language: known } : {}) }
}

/** The hash to keep: of a plain password that the policy takes, or given as one. */
function hashOf(s: LoginStatement, password: string, policy: boolean): string {
  if (!s.flags.has('HASHED')) {
    if (policy) checkPolicy(password, s.name)
    return hashPassword(password)
  }
  const hash = password.replace(/^0x/i, '').toLowerCase()
  if (!isHash(hash)) throw securityErrors.badParameter('PASSWORD')
  return hash
}

const known = new Set([
  'PASSWORD',
  'OLD_PASSWORD',
  'CHECK_POLICY',
  'CHECK_EXPIRATION',
  'DEFAULT_DATABASE',
  'DEFAULT_LANGUAGE',
  'SID',
  'NAME',
])

function checkOptions(s: LoginStatement): void {
  if (s.options.has('CREDENTIAL') || s.flags.has('CREDENTIAL NULL') || s.flags.has('NO CREDENTIAL'))
    throw unsupported('credentials')
  for (const name of s.options.keys())
    if (!known.has(name)) throw new SqlError(102, 15, 1, `Incorrect syntax near '${name}'.`, { line: s.line })
}

export async function createLogin(x: Execution, s: Of<'createLogin'>): Promise<void> {
  const { instance } = x.session
  requireServer(x.session, 'CREATE LOGIN')
  if (s.windows) return (await import('./windows-login-statements.ts')).createWindowsLogin(x, s)
  checkOptions(s)
  if (s.name.includes('\\')) throw securityErrors.badName(s.name)
  if (instance.logins.find(s.name) || instance.security.isRole(s.name)) throw securityErrors.loginExists(s.name)
  const password = s.options.get('PASSWORD')
  if (password === undefined) throw new SqlError(102, 15, 1, "Incorrect syntax near 'WITH'.", { line: s.line })
  const standing = standingOf(s, { policy: true, expiration: false, mustChange: false })
  const { database, language } = defaultsOf(x, s)
  const sid = s.options.get('SID')?.replace(/^0x/i, '').toLowerCase()
  if (sid !== undefined && sid.length !== 32) throw securityErrors.sidLength()
  if (sid !== undefined && instance.logins.all().some((login) => login.sid === sid)) throw securityErrors.sidInUse()
  const passwordHash = hashOf(s, password, standing.policy)
  const login = instance.logins.add({
    name: s.name,
    password: '',
    passwordHash,
    ...(database ? { defaultDatabase: database } : {}),
    ...(sid ? { sid } : {}),
  })
  instance.logins.update(login, () => {
    Object.assign(login, standing)
    if (language) login.defaultLanguage = language
  })
}

/** Who is sysadmin may be touched by those only who could be it themselves. */
function requireAlter(x: Execution, login: Login | undefined, name: string, strong: boolean): Login {
  const refusal = () => errors.cannotFind('login', name, 'alter')
  if (!login) throw refusal()
  requireServer(x.session, 'ALTER', refusal, loginSecurable(login.id))
  if (strong && isServerAdministrator(x.session.instance, login) && !hasServerPermission(x.session, 'CONTROL SERVER'))
    throw refusal()
  return login
}

export function alterLogin(x: Execution, s: Of<'alterLogin'>): void {
  const { instance, login: own } = x.session
  checkOptions(s)
  const found = instance.logins.find(s.name)
  const password = s.options.get('PASSWORD')
  const old = s.options.get('OLD_PASSWORD')
  const ownChange = found === own && [...s.options.keys()].every((key) => key === 'PASSWORD' || key === 'OLD_PASSWORD')
  const ownPassword = ownChange && old !== undefined && s.flags.size === 0
  const login = ownPassword && found ? found : requireAlter(x, found, s.name, changesSecret(s))
  if (login.windows) checkWindowsChange(login, s)
  if (old !== undefined && !isPassword(login.passwordHash, old)) throw errors.cannotFind('login', s.name, 'alter')
  const standing = standingOf(s, login)
  const { database, language } = defaultsOf(x, s)
  const name = s.options.get('NAME')
  if (name?.includes('\\')) throw securityErrors.badName(name)
  if (name && name.toLowerCase() !== login.name.toLowerCase() && instance.logins.find(name))
    throw securityErrors.loginExists(name)
  const hash = password === undefined ? undefined : hashOf(s, password, standing.policy)
  instance.logins.update(login, () => {
    if (hash !== undefined) {
      login.passwordHash = hash
      login.passwordSet = instance.options.now()
      login.expired = false
    }
    Object.assign(login, standing)
    if (s.flags.has('UNLOCK') || !standing.policy) {
      login.locked = false
      login.badPasswords = 0
    }
    if (s.flags.has('DISABLE')) login.disabled = true
    if (s.flags.has('ENABLE')) login.disabled = false
    if (database) login.defaultDatabase = database
    if (language) login.defaultLanguage = language
  })
  if (name) instance.logins.rename(login, name)
}

/** A group is kept out with DENY CONNECT SQL; and Windows keeps the passwords. */
function checkWindowsChange(login: Login, s: Of<'alterLogin'>): void {
  if (login.windows === 'group' && (s.flags.has('DISABLE') || s.flags.has('ENABLE')))
    throw errors.cannotFind('login', s.name, 'alter')
  if (s.options.has('PASSWORD') || s.flags.has('UNLOCK'))
    throw unsupported('ALTER LOGIN of a Windows login with a password')
}

const changesSecret = (s: LoginStatement): boolean =>
  ['PASSWORD', 'NAME', 'CHECK_POLICY', 'CHECK_EXPIRATION'].some((key) => s.options.has(key)) || s.flags.size > 0
