/** sp_addlogin, sp_password and kin: the old names of what CREATE LOGIN and ALTER SERVER ROLE do. */
import { isPassword } from '../../security/password.ts'
import { hasServerPermission, permissionDenied } from '../../security/permissions.ts'
import { serverRoles } from '../../security/server-roles.ts'
import type { Statement } from '../../tsql/ast.ts'
import { visibleLogins } from '../catalog/security-views.ts'
import { dropLogin } from '../execute/drop-principal.ts'
import { alterLogin, createLogin } from '../execute/login-statements.ts'
import { alterServerRole } from '../execute/server-role-statements.ts'
import { securityErrors } from '../security-errors.ts'
import { SqlError } from '../sql-error.ts'
import type { ListedRow, ProcedureCall, SystemProcedure } from './procedure-call.ts'

type Options = Readonly<Record<string, string | undefined>>

const optionsOf = (given: Options): Map<string, string> =>
  new Map(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined))

const alter = (name: string, given: Options): Extract<Statement, { kind: 'alterLogin' }> => ({
  kind: 'alterLogin',
  line: 1,
  name,
  windows: false,
  options: optionsOf(given),
  flags: new Set(),
})

async function addLogin(call: ProcedureCall): Promise<undefined> {
  const hashed = call.text('encryptopt')?.toLowerCase() === 'skip_encryption'
  const sid = call.value('sid')
  await createLogin(call.x, {
    kind: 'createLogin',
    line: 1,
    name: call.text('loginame') ?? '',
    windows: false,
    options: optionsOf({
      PASSWORD: call.text('passwd') ?? '',
      DEFAULT_DATABASE: call.text('defdb'),
      DEFAULT_LANGUAGE: call.text('deflanguage'),
      SID: sid instanceof Uint8Array ? `0x${Buffer.from(sid).toString('hex')}` : undefined,
    }),
    flags: new Set(hashed ? ['HASHED'] : []),
  })
  return undefined
}

/** 1 and an error, as a procedure of the system ends that could not. */
function needLogin(call: ProcedureCall): string {
  const name = call.text('loginame') ?? ''
  if (!call.x.session.instance.logins.find(name)) throw securityErrors.notALogin(name)
  return name
}

function password(call: ProcedureCall): undefined {
  const { session } = call.x
  const name = call.text('loginame') ?? session.login.name
  const login = session.instance.logins.find(name)
  if (!login) throw securityErrors.notALogin(name)
  const old = call.text('old')
  if (old !== undefined && !isPassword(login.passwordHash, old))
    throw new SqlError(15211, 16, 1, 'Old (current) password incorrect for user. The password was not changed.')
  if (old === undefined && !hasServerPermission(session, 'ALTER ANY LOGIN')) throw permissionDenied()
  alterLogin(call.x, alter(name, { PASSWORD: call.text('new') ?? '', OLD_PASSWORD: old }))
  return undefined
}

function member(call: ProcedureCall, add: boolean): undefined {
  const role = call.text('rolename') ?? ''
  const name = call.text('loginame') ?? ''
  if (!serverRoles.some((known) => known.toLowerCase() === role.toLowerCase()))
    throw new SqlError(15402, 11, 1, `'${role}' is not a fixed server role.`)
  const change = { kind: 'alterRole', line: 1, server: true, role, member: name, add } as const
  if (!call.x.session.instance.logins.find(name)) throw securityErrors.notALogin(name)
  alterServerRole(call.x, change, permissionDenied)
  return undefined
}

const descriptions: Readonly<Record<string, string>> = {
  sysadmin: 'System Administrators',
  securityadmin: 'Security Administrators',
  serveradmin: 'Server Administrators',
  setupadmin: 'Setup Administrators',
  processadmin: 'Process Administrators',
  diskadmin: 'Disk Administrators',
  dbcreator: 'Database Creators',
  bulkadmin: 'Bulk Insert Administrators',
}

function asked(call: ProcedureCall): readonly string[] {
  const name = call.text('srvrolename')?.toLowerCase()
  const known = Object.keys(descriptions)
  if (name === undefined) return known
  if (!known.includes(name)) throw new SqlError(15412, 11, 1, `'${name}' is not a known fixed role.`)
  return [name]
}

function helpMembers(call: ProcedureCall): undefined {
  const logins = visibleLogins(call.x.session)
  const rows = asked(call).flatMap((role) =>
    logins
      .filter((login) => login.roles.has(role))
      .map((login): ListedRow => [role, login.name, Buffer.from(login.sid, 'hex')]),
  )
  call.send('ServerRole:name MemberName:name MemberSID:bin?', rows)
  return undefined
}

function helpLogins(call: ProcedureCall): undefined {
  const { instance } = call.x.session
  if (!hasServerPermission(call.x.session, 'ALTER ANY LOGIN')) throw permissionDenied()
  const pattern = call.text('LoginNamePattern')
  const logins = instance.logins.all().filter((login) => pattern === undefined || login.name === pattern)
  if (pattern !== undefined && logins.length === 0) throw securityErrors.notALogin(pattern)
  const users = logins.flatMap((login) =>
    instance.databases().flatMap((database): ListedRow[] => {
      const user = database.catalog.userOfLogin(login)
      if (!user) return []
      const roles = user.memberOf.map((role): ListedRow => [login.name, database.name, role, 'MemberOf'])
      return [...roles, [login.name, database.name, user.name, 'User    ']]
    }),
  )
  call.send(
    'LoginName:name SID:bin? DefDBName:name? DefLangName:name? AUser:v5? ARemote:v7?',
    logins.map((login) => [
      login.name,
      Buffer.from(login.sid, 'hex'),
      login.defaultDatabase,
      login.defaultLanguage,
      users.some(([name]) => name === login.name) ? 'yes' : 'NO',
      'no',
    ]),
  )
  call.send('LoginName:name DBName:name UserName:name UserOrAlias:v8', users)
  return undefined
}

export const loginProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_addlogin: {
    parameters: 'loginame:name passwd:name? defdb:name? deflanguage:name? sid:bin? encryptopt:v20?',
    run: addLogin,
  },
  sp_droplogin: {
    parameters: 'loginame:name',
    run: (call) => {
      if (!hasServerPermission(call.x.session, 'ALTER ANY LOGIN')) throw permissionDenied()
      dropLogin(call.x, needLogin(call))
      return undefined
    },
  },
  sp_password: { parameters: 'old:name? new:name? loginame:name?', run: password },
  sp_defaultdb: {
    parameters: 'loginame:name defdb:name',
    run: (call) => {
      alterLogin(call.x, alter(needLogin(call), { DEFAULT_DATABASE: call.text('defdb') }))
      return undefined
    },
  },
  sp_defaultlanguage: {
    parameters: 'loginame:name language:name?',
    run: (call) => {
      alterLogin(call.x, alter(needLogin(call), { DEFAULT_LANGUAGE: call.text('language') ?? 'us_english' }))
      return undefined
    },
  },
  sp_addsrvrolemember: { parameters: 'loginame:name rolename:name?', run: (call) => member(call, true) },
  sp_dropsrvrolemember: { parameters: 'loginame:name rolename:name?', run: (call) => member(call, false) },
  sp_helpsrvrole: {
    parameters: 'srvrolename:name?',
    run: (call) => {
      call.send(
        'ServerRole:name Description:n35?',
        asked(call).map((role) => [role, descriptions[role] ?? null]),
      )
      return undefined
    },
  },
  sp_helpsrvrolemember: { parameters: 'srvrolename:name?', run: helpMembers },
  sp_helplogins: { parameters: 'LoginNamePattern:name?', run: helpLogins },
}
