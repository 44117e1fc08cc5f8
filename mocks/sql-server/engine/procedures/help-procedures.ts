/** sp_helpuser, sp_helprole, sp_helprotect and kin: who is in a database, and who may do what. */
import { columnsOf } from '../../security/permissions.ts'
import type { PermissionDef, PrincipalDef } from '../catalog/definitions.ts'
import { visiblePrincipals } from '../catalog/security-views.ts'
import { catalogOf } from '../execute/execution.ts'
import { SqlError } from '../sql-error.ts'
import { principalId } from '../udf/principal-functions.ts'
import type { ListedRow, ProcedureCall, SystemProcedure } from './procedure-call.ts'

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
const sidOf = ({ sid }: PrincipalDef): Uint8Array | null => (sid === undefined ? null : Buffer.from(sid, 'hex'))

function helpUser(call: ProcedureCall): undefined {
  const { session } = call.x
  const wanted = call.text('name_in_db')
  const all = visiblePrincipals(session, session.database)
  const users = all.filter((p) => !p.role && (wanted === undefined || same(p.name, wanted)))
  const role = wanted === undefined ? undefined : all.find((p) => p.role && same(p.name, wanted))
  if (role) return helpGroup(call, role)
  if (wanted !== undefined && users.length === 0)
    throw new SqlError(15198, 16, 1, `The name supplied (${wanted}) is not a user, role, or aliased login.`)
  const rows = users.flatMap((user): ListedRow[] => {
    const login = session.instance.logins.all().find((each) => each.sid === user.sid)
    const roles = user.memberOf.length > 0 ? user.memberOf : ['public']
    return roles.map((name) => [
      user.name,
      catalogOf(session, session.database).principal(name)?.name ?? name,
      login?.name ?? null,
      login?.defaultDatabase ?? null,
      user.defaultSchema,
      String(principalId(user.id)),
      sidOf(user),
    ])
  })
  call.send('UserName:name RoleName:name LoginName:name? DefDBName:name? DefSchemaName:name? UserID:c10 SID:bin?', rows)
  return undefined
}

function helpGroup(call: ProcedureCall, role: PrincipalDef): undefined {
  const { session } = call.x
  const rows = visiblePrincipals(session, session.database)
    .filter((p) => p.memberOf.includes(role.name.toLowerCase()))
    .map((p): ListedRow => [role.name, principalId(role.id), p.name, principalId(p.id)])
  call.send('Role_name:name Role_id:int Users_in_role:name Userid:int', rows)
  return undefined
}

function rolesAsked(call: ProcedureCall): readonly PrincipalDef[] {
  const { session } = call.x
  const wanted = call.text('rolename')
  const roles = visiblePrincipals(session, session.database).filter(
    (p) => p.role && (wanted === undefined || same(p.name, wanted)),
  )
  if (wanted !== undefined && roles.length === 0) throw new SqlError(15409, 11, 1, `'${wanted}' is not a role.`)
  return roles
}

const fixedDescriptions: readonly (readonly [string, string])[] = [
  ['db_owner', 'DB Owners'],
  ['db_accessadmin', 'DB Access Administrators'],
  ['db_securityadmin', 'DB Security Administrators'],
  ['db_ddladmin', 'DB DDL Administrators'],
  ['db_backupoperator', 'DB Backup Operator'],
  ['db_datareader', 'DB Data Reader'],
  ['db_datawriter', 'DB Data Writer'],
  ['db_denydatareader', 'DB Deny Data Reader'],
  ['db_denydatawriter', 'DB Deny Data Writer'],
]

const words = { GRANT: 'Grant     ', GRANT_WITH_GRANT_OPTION: 'Grant_WGO ', DENY: 'Deny      ' } as const

function helpProtect(call: ProcedureCall): undefined {
  const { session } = call.x
  const { database } = session
  const catalog = catalogOf(session, database)
  const [name, grantee, grantor] = [call.text('name'), call.text('username'), call.text('grantorname')]
  const visible = new Set(visiblePrincipals(session, database).map((p) => p.name.toLowerCase()))
  const rows = catalog.permissions.flatMap((entry: PermissionDef): ListedRow[] => {
    if (entry.class > 1 || !visible.has(entry.grantee.toLowerCase())) return []
    if (grantee !== undefined && !same(entry.grantee, grantee)) return []
    if (grantor !== undefined && !same(entry.grantor ?? 'dbo', grantor)) return []
    const object = entry.class === 1 ? [...catalog.objects()].find(({ id }) => id === entry.major) : undefined
    if (entry.class === 1 && !object) return []
    if (name !== undefined && !same(object?.name ?? entry.permission, name)) return []
    const column = !object
      ? '.'
      : entry.minor
        ? (columnsOf(session, database, object).find(([id]) => id === entry.minor)?.[1] ?? '.')
        : object.kind === 'table' || object.kind === 'view'
          ? '(All+New)'
          : '.'
    const action = entry.permission.charAt(0) + entry.permission.slice(1).toLowerCase()
    return [
      [
        object?.schema ?? '.',
        object?.name ?? '.',
        entry.grantee,
        entry.grantor ?? 'dbo',
        words[entry.state],
        object ? action : entry.permission.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
        column,
      ],
    ]
  })
  if (rows.length === 0) throw new SqlError(15330, 11, 1, 'There are no matching rows on which to report.')
  call.send('Owner:name Object:name Grantee:name Grantor:name ProtectType:c10 Action:v60 Column:name', rows)
  return undefined
}

export const helpProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_helpuser: { parameters: 'name_in_db:name?', run: helpUser },
  sp_helprole: {
    parameters: 'rolename:name?',
    run: (call) => {
      const rows = rolesAsked(call).map((role): ListedRow => [role.name, principalId(role.id), 0])
      call.send('RoleName:name RoleId:int IsAppRole:int', rows)
      return undefined
    },
  },
  sp_helprolemember: {
    parameters: 'rolename:name?',
    run: (call) => {
      const all = visiblePrincipals(call.x.session, call.x.session.database)
      const rows = rolesAsked(call).flatMap((role) =>
        all
          .filter((p) => p.memberOf.includes(role.name.toLowerCase()))
          .map((p): ListedRow => [role.name, p.name, sidOf(p)]),
      )
      call.send('DbRole:name MemberName:name MemberSID:bin?', rows)
      return undefined
    },
  },
  sp_helpdbfixedrole: {
    parameters: 'rolename:name?',
    run: (call) => {
      const wanted = call.text('rolename')
      const rows = fixedDescriptions.filter(([role]) => wanted === undefined || same(role, wanted))
      if (rows.length === 0) throw new SqlError(15412, 11, 1, `'${wanted ?? ''}' is not a known fixed role.`)
      call.send('DbFixedRole:name Description:n70?', rows)
      return undefined
    },
  },
  sp_helprotect: { parameters: 'name:n776? username:name? grantorname:name? permissionarea:v10?', run: helpProtect },
}
