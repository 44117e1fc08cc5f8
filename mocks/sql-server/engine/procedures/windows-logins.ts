/** Windows accounts by procedure: xp_logininfo, and the sp_…login procedures of the time before CREATE LOGIN … FROM WINDOWS. */
import type { Login } from '../../security/login.ts'
import { requireServer } from '../../security/permissions.ts'
import { loginOfAccount } from '../../security/windows-login.ts'
import { runText } from '../execute/procedure.ts'
import { needWindowsAccount } from '../execute/windows-login-statements.ts'
import { unsupported } from '../sql-error.ts'
import type { ListedRow, ProcedureCall, SystemProcedure } from './procedure-call.ts'

const quoted = (name: string): string => `[${name.replaceAll(']', ']]')}]`

const privilegeOf = (login: Login): string => (login.roles.has('sysadmin') ? 'admin' : 'user')

const columns = 'account~name:name? type:c8? privilege:c9? mapped~login~name:name? permission~path:name?'

const rowOf = (name: string, type: string, login: Login, path: string | null): ListedRow => [
  name,
  type.padEnd(8),
  privilegeOf(login).padEnd(9),
  name,
  path,
]

/** By which login an account comes in: its own, else that of a group, which is then its permission path. */
async function loginInfo(call: ProcedureCall): Promise<number> {
  const { session } = call.x
  const { instance } = session
  requireServer(session, 'VIEW ANY DEFINITION')
  const name = call.text('acctname')
  const windows = instance.logins.all().filter((login) => login.windows)
  if (name === undefined) {
    call.send(
      columns,
      windows.map((login) => rowOf(login.name, login.windows ?? '', login, null)),
    )
    return 0
  }
  const option = call.text('option')?.toLowerCase()
  if (option === 'members') throw unsupported("xp_logininfo with 'members'")
  const group = windows.find((login) => login.windows === 'group' && login.name.toLowerCase() === name.toLowerCase())
  if (group) {
    call.send(columns, [rowOf(group.name, 'group', group, null)])
    return 0
  }
  const account = await needWindowsAccount(instance, name)
  const found = loginOfAccount(instance.logins, account, () => true)
  const ids = 'login' in found ? (found.login.ids ?? []) : []
  const paths = windows.filter((login) => ids.includes(login.id))
  const shown = option === 'all' ? paths : paths.slice(0, 1)
  call.send(
    columns,
    shown.map((login) => rowOf(account.name, 'user', login, login.windows === 'group' ? login.name : null)),
  )
  return 0
}

const needLogin = (call: ProcedureCall): { name: string; known: boolean } => {
  const name = call.text('loginame') ?? ''
  return { name, known: call.x.session.instance.logins.find(name) !== undefined }
}

const create = ({ name, known }: { name: string; known: boolean }): string =>
  known ? '' : `CREATE LOGIN ${quoted(name)} FROM WINDOWS;`

async function connect(call: ProcedureCall, verb: 'GRANT' | 'DENY'): Promise<number> {
  const login = needLogin(call)
  await runText(call.x, `${create(login)} ${verb} CONNECT SQL TO ${quoted(login.name)}`, new Map())
  return 0
}

export const windowsLoginProcedures: Readonly<Record<string, SystemProcedure>> = {
  xp_logininfo: { parameters: 'acctname:name? option:v10? privilege:v10?', run: loginInfo },
  sp_grantlogin: { parameters: 'loginame:name', run: (call) => connect(call, 'GRANT') },
  sp_denylogin: { parameters: 'loginame:name', run: (call) => connect(call, 'DENY') },
  sp_revokelogin: {
    parameters: 'loginame:name',
    run: async (call) => {
      await runText(call.x, `DROP LOGIN ${quoted(needLogin(call).name)}`, new Map())
      return 0
    },
  },
}
