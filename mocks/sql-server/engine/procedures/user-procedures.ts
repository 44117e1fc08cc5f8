/** sp_adduser, sp_addrolemember and kin: the old names of what CREATE USER and ALTER ROLE do. */
import { hasPermission, permissionDenied } from '../../security/permissions.ts'
import { changeOwner } from '../execute/authorization-statement.ts'
import { dropPrincipal } from '../execute/drop-principal.ts'
import { catalogOf } from '../execute/execution.ts'
import { alterRole, createRole } from '../execute/role-statements.ts'
import { alterUser, createUser } from '../execute/user-statements.ts'
import { securityErrors } from '../security-errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { ListedRow, ProcedureCall, SystemProcedure } from './procedure-call.ts'

const line = 1

async function addUser(call: ProcedureCall): Promise<undefined> {
  const login = call.text('loginame') ?? ''
  const name = call.text('name_in_db') ?? login
  await createUser(call.x, { kind: 'createUser', line, name, login, withoutLogin: false, defaultSchema: name })
  const { session } = call.x
  if (!catalogOf(session, session.database).schema(name)) await ownSchema(call, name)
  const role = call.text('grpname')
  if (role !== undefined) await setMember(call, role, name, true)
  return undefined
}

/** The old procedures give each user a schema of its own. */
async function ownSchema(call: ProcedureCall, name: string): Promise<void> {
  const { put } = await import('../execute/user-statements.ts')
  const { session } = call.x
  const id = catalogOf(session, session.database).newSchemaId()
  await put(call.x, [{ kind: 'schema', id, name, owner: name }])
}

const noPrincipal = (name: string): SqlError =>
  new SqlError(15410, 11, 1, `User or role '${name}' does not exist in this database.`)

async function setMember(call: ProcedureCall, role: string, member: string, add: boolean): Promise<undefined> {
  const catalog = catalogOf(call.x.session, call.x.session.database)
  if (!catalog.principal(role)?.role)
    throw new SqlError(15014, 16, 1, `The role '${role}' does not exist in the current database.`)
  if (!catalog.principal(member)) throw noPrincipal(member)
  await alterRole(call.x, { kind: 'alterRole', line, server: false, role, member, add }, permissionDenied)
  return undefined
}

async function drop(call: ProcedureCall, what: 'USER' | 'ROLE', name: string): Promise<undefined> {
  const { session } = call.x
  const principal = catalogOf(session, session.database).principal(name)
  if (principal?.role !== (what === 'ROLE'))
    throw what === 'ROLE'
      ? new SqlError(15014, 16, 1, `The role '${name}' does not exist in the current database.`)
      : new SqlError(15008, 16, 1, `User '${name}' does not exist in the current database.`)
  const schema = catalogOf(session, session.database).schema(name)
  const empty = schema && ![...catalogOf(session, session.database).objects()].some((o) => o.schema === schema.name)
  if (schema && empty && schema.owner === principal.name) {
    const { put } = await import('../execute/user-statements.ts')
    await put(call.x, [], [schema.id])
  }
  await dropPrincipal(call.x, name, { what, ifExists: false })
  return undefined
}

/** Users whose login is gone, or was made anew: reported, or tied to a login again. */
async function changeUsersLogin(call: ProcedureCall): Promise<undefined> {
  const { session } = call.x
  const { logins } = session.instance
  const sids = new Set(logins.all().map((login) => login.sid))
  const orphans = [...catalogOf(session, session.database).principals()].filter(
    (user) => !user.role && !user.windows && user.sid !== undefined && user.login !== undefined && !sids.has(user.sid),
  )
  const action = call.text('Action')?.toLowerCase()
  if (action === 'report') {
    const rows = orphans.map((user): ListedRow => [user.name, Buffer.from(user.sid ?? '', 'hex')])
    call.send('UserName:name UserSID:bin?', rows)
    return undefined
  }
  if (!hasPermission(session, session.database, 'CONTROL')) throw permissionDenied()
  const name = call.text('UserNamePattern') ?? ''
  const login = action === 'auto_fix' ? name : (call.text('LoginName') ?? '')
  if (action !== 'auto_fix' && action !== 'update_one')
    throw new SqlError(
      15286,
      16,
      1,
      `Terminating this procedure. The @action '${action ?? ''}' is unrecognized. Try 'REPORT', 'UPDATE_ONE', or 'AUTO_FIX'.`,
    )
  if (action === 'auto_fix' && !logins.find(login) && call.text('Password') !== undefined)
    throw unsupported('sp_change_users_login making a login')
  const user = catalogOf(session, session.database).principal(name)
  if (!user || user.role || user.sid === undefined)
    throw new SqlError(15291, 16, 1, `Terminating this procedure. The User name '${name}' is absent or invalid.`)
  if (!logins.find(login))
    throw action === 'auto_fix'
      ? new SqlError(
          15600,
          15,
          1,
          "An invalid parameter or option was specified for procedure 'sys.sp_change_users_login'.",
        )
      : new SqlError(15291, 16, 1, `Terminating this procedure. The Login name '${login}' is absent or invalid.`)
  await alterUser(call.x, { kind: 'alterUser', line, name, login, withoutLogin: false })
  return undefined
}

export const userProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_grantdbaccess: { parameters: 'loginame:name name_in_db:name?', run: addUser },
  sp_adduser: { parameters: 'loginame:name name_in_db:name? grpname:name?', run: addUser },
  sp_revokedbaccess: {
    parameters: 'name_in_db:name',
    run: (call) => drop(call, 'USER', call.text('name_in_db') ?? ''),
  },
  sp_dropuser: { parameters: 'name_in_db:name', run: (call) => drop(call, 'USER', call.text('name_in_db') ?? '') },
  sp_addrole: {
    parameters: 'rolename:name ownername:name?',
    run: async (call) => {
      const owner = call.text('ownername')
      const name = call.text('rolename') ?? ''
      await createRole(call.x, { kind: 'createRole', line, name, server: false, ...(owner ? { owner } : {}) })
      return undefined
    },
  },
  sp_droprole: { parameters: 'rolename:name', run: (call) => drop(call, 'ROLE', call.text('rolename') ?? '') },
  sp_addrolemember: {
    parameters: 'rolename:name membername:name',
    run: (call) => setMember(call, call.text('rolename') ?? '', call.text('membername') ?? '', true),
  },
  sp_droprolemember: {
    parameters: 'rolename:name membername:name',
    run: (call) => setMember(call, call.text('rolename') ?? '', call.text('membername') ?? '', false),
  },
  sp_changedbowner: {
    parameters: 'loginame:name map:v5?',
    run: async (call) => {
      const { session } = call.x
      const name = call.text('loginame') ?? ''
      if (session.database.id <= 4)
        throw new SqlError(
          15109,
          16,
          1,
          'Cannot change the owner of the master, model, tempdb or distribution database.',
        )
      if (!session.instance.logins.find(name)) throw securityErrors.notALogin(name)
      await changeOwner(call.x, session.database, name)
      return undefined
    },
  },
  sp_change_users_login: {
    parameters: 'Action:v10 UserNamePattern:name? LoginName:name? Password:name?',
    run: changeUsersLogin,
  },
}
