/** CREATE LOGIN … FROM WINDOWS, and Windows names wherever a statement takes them. */
import type { WindowsName } from '../../../directory/authority.ts'
import { encodeSid } from '../../../directory/sid.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { SqlInstance } from '../instance.ts'
import { SqlError } from '../sql-error.ts'
import type { Execution } from './execution.ts'

type CreateLogin = Extract<Statement, { kind: 'createLogin' }>

/** ERROR_NO_SUCH_DOMAIN: what a name's lookup ends with when no domain controller answers. */
const noSuchDomain = 0x54b

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
  if (answer.status === 'noneMapped') throw notFound(name)
  throw new SqlError(
    15404,
    16,
    11,
    `Could not obtain information about Windows NT group/user '${name}', error code 0x${noSuchDomain.toString(16)}.`,
  )
}

export const sidHexOf = ({ sid }: WindowsName): string => encodeSid(sid).toString('hex')

export async function createWindowsLogin(x: Execution, s: CreateLogin): Promise<void> {
  const { instance } = x.session
  const found = await needWindowsName(instance, s.name)
  const sid = sidHexOf(found)
  const known = instance.logins.all().find((login) => login.windows && login.sid === sid)
  if (known || instance.logins.find(s.name))
    throw new SqlError(15025, 16, 2, `The server principal '${s.name}' already exists.`)
  const defaultDatabase = s.options.get('DEFAULT_DATABASE')
  instance.logins.add({
    name: s.name,
    windows: { kind: found.kind === 'group' ? 'group' : 'user', sid },
    ...(defaultDatabase ? { defaultDatabase } : {}),
  })
}
