/** CREATE LOGIN … FROM WINDOWS, and Windows names wherever a statement takes them. */
import type { WindowsAccount, WindowsName } from '../../../directory/authority.ts'
import { encodeSid } from '../../../directory/sid.ts'
import type { Login } from '../../security/login.ts'
import { hasServerPermission } from '../../security/permissions.ts'
import { loginSecurable } from '../../security/securable.ts'
import { loginOfAccount } from '../../security/windows-login.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { SqlInstance } from '../instance.ts'
import { securityErrors } from '../security-errors.ts'
import { SqlError } from '../sql-error.ts'
import type { Execution } from './execution.ts'
import { defaultsOf } from './login-statements.ts'

type CreateLogin = Extract<Statement, { kind: 'createLogin' }>

/** ERROR_NO_SUCH_DOMAIN: what a name's lookup ends with when no domain controller answers. */
const noSuchDomain = 0x54b

/** ERROR_NONE_MAPPED. */
const noneMapped = 0x534

export const noInformation = (name: string, code: number): SqlError =>
  new SqlError(
    15404,
    16,
    11,
    `Could not obtain information about Windows NT group/user '${name}', error code 0x${code.toString(16)}.`,
  )

/** Asks Windows for the token that an account would have. */
export async function needWindowsAccount(instance: SqlInstance, name: string): Promise<WindowsAccount> {
  const answer = await (await instance.windows()).account(name)
  if ('account' in answer) return answer.account
  throw noInformation(name, answer.status === 'noneMapped' ? noneMapped : noSuchDomain)
}

const notFound = (name: string): SqlError =>
  new SqlError(15401, 16, 1, `Windows NT user or group '${name}' not found. Check the name again.`)

/** Asks Windows who that is. */
export async function needWindowsName(instance: SqlInstance, name: string): Promise<WindowsName> {
  if (!name.includes('\\'))
    throw new SqlError(
      15407,
      16,
      1,
      `'${name}' is not a valid Windows NT name. Give the complete name: <domain\\username>.`,
    )
  const answer = await (await instance.windows()).lookup(name)
  if ('found' in answer) return answer.found
  throw answer.status === 'noneMapped' ? notFound(name) : noInformation(name, noSuchDomain)
}

export const sidHexOf = ({ sid }: WindowsName): string => encodeSid(sid).toString('hex')

export async function createWindowsLogin(x: Execution, s: CreateLogin): Promise<void> {
  const { instance } = x.session
  const found = await needWindowsName(instance, s.name)
  const sid = sidHexOf(found)
  const known = instance.logins.all().find((login) => login.windows && login.sid === sid)
  if (known || instance.logins.find(s.name))
    throw new SqlError(15025, 16, 2, `The server principal '${s.name}' already exists.`)
  const { database, language } = defaultsOf(x, s)
  instance.logins.add({
    name: s.name,
    windows: { kind: found.kind === 'group' ? 'group' : 'user', sid },
    ...(database ? { defaultDatabase: database } : {}),
    ...(language ? { defaultLanguage: language } : {}),
  })
}

/** EXECUTE AS LOGIN of a Windows account: with its groups, and without a login of its own where a group has one. */
export async function asWindowsLogin(x: Execution, name: string): Promise<Login> {
  const { session } = x
  const { instance } = session
  if (session.login.token && session.login.name.toLowerCase() === name.toLowerCase()) return session.login
  const own = instance.logins.find(name)
  const may = own
    ? hasServerPermission(session, 'IMPERSONATE', loginSecurable(own.id))
    : hasServerPermission(session, 'IMPERSONATE ANY LOGIN')
  if (!may || own?.windows === 'group') throw securityErrors.cannotBeLogin(name)
  const found = loginOfAccount(instance.logins, await needWindowsAccount(instance, name), () => true)
  if ('refusal' in found) throw securityErrors.cannotBeLogin(name)
  return found.login
}
