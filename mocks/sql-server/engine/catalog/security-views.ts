/** Principals, memberships and permissions, of the server and of a database: each caller sees what concerns it. */

import type { Login } from '../../security/login.ts'
import { permissionFact } from '../../security/permission-table.ts'
import { hasServerPermission } from '../../security/permissions.ts'
import { classNumbers, rightsOf } from '../../security/rights.ts'
import { loginSecurable, principalSecurable, serverRoleSecurable } from '../../security/securable.ts'
import { serverRoles } from '../../security/server-roles.ts'
import { type Cell, types } from '../../tds/data-type.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { principalId } from '../udf/principal-functions.ts'
import { cellOfMoment, momentOfDate } from '../values/temporal.ts'
import type { PermissionDef, PrincipalDef } from './definitions.ts'
import type { ViewDeclaration } from './system-view.ts'

type Row = Readonly<Record<string, Cell | undefined>>

const datetime = (date: Date): string => cellOfMoment(momentOfDate(date), types.datetime)
const shipped = '2009-04-13 12:59:06.030'
const stateCodes = { GRANT: 'G', GRANT_WITH_GRANT_OPTION: 'W', DENY: 'D' } as const

const loginType = ({ windows }: Login): Row => {
  if (windows === 'group') return { type: 'G', type_desc: 'WINDOWS_GROUP' }
  return windows ? { type: 'U', type_desc: 'WINDOWS_LOGIN' } : { type: 'S', type_desc: 'SQL_LOGIN' }
}

const userType = ({ role, windows }: PrincipalDef): Row => {
  if (role) return { type: 'R', type_desc: 'DATABASE_ROLE' }
  if (windows === 'group') return { type: 'G', type_desc: 'WINDOWS_GROUP' }
  return windows ? { type: 'U', type_desc: 'WINDOWS_USER' } : { type: 'S', type_desc: 'SQL_USER' }
}

/** One's own login, sa, and those on which one has a permission. */
export const visibleLogins = (s: SqlSession): readonly Login[] => {
  const logins = s.instance.logins.all()
  if (hasServerPermission(s, 'VIEW ANY SECURITY DEFINITION') || hasServerPermission(s, 'ALTER ANY LOGIN')) return logins
  return logins.filter(
    (login) =>
      login.id === 1 ||
      login.id === s.login.id ||
      ['VIEW DEFINITION', 'ALTER', 'IMPERSONATE'].some((name) =>
        hasServerPermission(s, name, loginSecurable(login.id)),
      ),
  )
}

const loginRow = (login: Login): Row => ({
  name: login.name,
  principal_id: login.id,
  sid: Buffer.from(login.sid, 'hex'),
  ...loginType(login),
  is_disabled: login.disabled ? 1 : 0,
  create_date: datetime(login.created),
  modify_date: datetime(login.modified),
  default_database_name: login.defaultDatabase,
  default_language_name: login.defaultLanguage,
  credential_id: null,
  owning_principal_id: null,
  is_fixed_role: 0,
  is_policy_checked: login.policy ? 1 : 0,
  is_expiration_checked: login.expiration ? 1 : 0,
})

const serverRoleRow = (name: string, id: number, facts: { fixed: boolean; owner: number; created: string }): Row => ({
  name,
  principal_id: id,
  sid: Buffer.from([id & 0xff, id >> 8]).subarray(0, id > 255 ? 2 : 1),
  type: 'R',
  type_desc: 'SERVER_ROLE',
  is_disabled: 0,
  create_date: facts.created,
  modify_date: facts.created,
  default_database_name: null,
  default_language_name: null,
  credential_id: null,
  owning_principal_id: facts.owner,
  is_fixed_role: facts.fixed ? 1 : 0,
})

function serverRoleRows(s: SqlSession): Row[] {
  const { roles } = s.instance.security
  const member = rightsOf(s).serverRoles
  return [
    serverRoleRow('public', 2, { fixed: false, owner: 1, created: shipped }),
    ...serverRoles.map((name, i) => serverRoleRow(name, i + 3, { fixed: true, owner: 1, created: shipped })),
    ...roles
      .filter(
        (role) =>
          member.has(role.name.toLowerCase()) ||
          hasServerPermission(s, 'VIEW DEFINITION', serverRoleSecurable(role.id)) ||
          hasServerPermission(s, 'ALTER', serverRoleSecurable(role.id)),
      )
      .map((role) => serverRoleRow(role.name, role.id, { fixed: false, owner: role.owner, created: role.created })),
  ]
}

function serverPermissionRows(s: SqlSession): Row[] {
  const { security, logins } = s.instance
  const visible = new Set([
    ...visibleLogins(s).map((login) => login.id),
    ...serverRoleRows(s).map((r) => r.principal_id),
  ])
  const spoken = new Set(
    security.permissions.filter((entry) => entry.permission === 'CONNECT SQL').map((entry) => entry.grantee),
  )
  const implicit = logins
    .all()
    .filter((login) => !spoken.has(login.id))
    .map((login) => ({
      grantee: login.id,
      grantor: 1,
      permission: 'CONNECT SQL',
      state: 'GRANT' as const,
      class: 'SERVER' as const,
      major: 0,
    }))
  return [...implicit, ...security.permissions].flatMap((entry): Row[] => {
    if (entry.state === 'REVOKED' || !visible.has(entry.grantee)) return []
    return [
      {
        class: entry.class === 'SERVER' ? 100 : 101,
        class_desc: entry.class === 'SERVER' ? 'SERVER' : 'SERVER_PRINCIPAL',
        major_id: entry.major,
        minor_id: 0,
        grantee_principal_id: entry.grantee,
        grantor_principal_id: entry.grantor,
        type: permissionFact(entry.class, entry.permission)?.type.padEnd(4) ?? '',
        permission_name: entry.permission,
        state: stateCodes[entry.state],
        state_desc: entry.state,
      },
    ]
  })
}

function serverMemberRows(s: SqlSession): Row[] {
  const { security } = s.instance
  const visible = new Set(serverRoleRows(s).map((row) => row.principal_id))
  const rows = (id: number, roles: Iterable<string>): Row[] =>
    [...roles].map((role) => ({ role_principal_id: security.roleId(role) ?? 0, member_principal_id: id }))
  return [
    ...visibleLogins(s).flatMap((login) => rows(login.id, login.roles)),
    ...security.roles.flatMap((role) => rows(role.id, role.memberOf)),
  ].filter((row) => visible.has(row.role_principal_id))
}

/** Oneself, what comes with the database, one's roles, and those on which one has a permission. */
export function visiblePrincipals(s: SqlSession, d: SqlDatabase): readonly PrincipalDef[] {
  const rights = rightsOf(s, d)
  const all = [...s.transaction.catalogOf(d).principals()]
  if (rights.unlimited) return all
  return all.filter(
    (p) =>
      p.fixed ||
      rights.names.has(p.name.toLowerCase()) ||
      ['VIEW DEFINITION', 'ALTER', 'IMPERSONATE'].some((name) => rights.allows(principalSecurable(p), name)),
  )
}

function principalRow(s: SqlSession, d: SqlDatabase, p: PrincipalDef): Row {
  const owner = p.role ? principalId(s.transaction.catalogOf(d).principal(p.owner ?? 'dbo')?.id ?? -2) : null
  const sid = p.sid ?? (p.login ? s.instance.logins.find(p.login)?.sid : undefined)
  return {
    name: p.name,
    principal_id: principalId(p.id),
    ...userType(p),
    default_schema_name: p.role ? null : p.defaultSchema,
    create_date: p.created,
    modify_date: p.created,
    owning_principal_id: owner,
    sid: sid === undefined ? null : Buffer.from(sid, 'hex'),
    is_fixed_role: p.role && p.fixed && p.name !== 'public' ? 1 : 0,
    ...(p.windows
      ? { authentication_type: 3, authentication_type_desc: 'WINDOWS' }
      : {
          authentication_type: sid === undefined ? 0 : 1,
          authentication_type_desc: sid === undefined ? 'NONE' : 'INSTANCE',
        }),
    default_language_name: null,
    default_language_lcid: null,
    allow_encrypted_value_modifications: 0,
    uid: principalId(p.id),
    islogin: p.role ? 0 : 1,
    issqluser: p.role || p.windows ? 0 : 1,
    issqlrole: p.role ? 1 : 0,
    hasdbaccess: p.role ? 0 : 1,
  }
}

/** Who owns the schemas that every database has; nobody can be either. */
const systemUsers: readonly Row[] = ['INFORMATION_SCHEMA', 'sys'].map((name, i) => ({
  name,
  principal_id: 3 + i,
  type: 'S',
  type_desc: 'SQL_USER',
  default_schema_name: null,
  create_date: '2009-04-13 12:59:06.013',
  modify_date: '2009-04-13 12:59:06.013',
  owning_principal_id: null,
  sid: null,
  is_fixed_role: 0,
  authentication_type: 0,
  authentication_type_desc: 'NONE',
  default_language_name: null,
  default_language_lcid: null,
  allow_encrypted_value_modifications: 0,
}))

const classNames: Readonly<Record<PermissionDef['class'], string>> = {
  0: 'DATABASE',
  1: 'OBJECT_OR_COLUMN',
  3: 'SCHEMA',
  4: 'DATABASE_PRINCIPAL',
  6: 'TYPE',
}

function databasePermissionRows(s: SqlSession, d: SqlDatabase): Row[] {
  const catalog = s.transaction.catalogOf(d)
  const visible = new Set(visiblePrincipals(s, d).map((p) => p.name.toLowerCase()))
  const idOf = (name: string): number => principalId(catalog.principal(name)?.id ?? 0)
  return catalog.permissions
    .filter((entry) => visible.has(entry.grantee.toLowerCase()))
    .map((entry): Row => {
      const kind = (Object.keys(classNumbers) as (keyof typeof classNumbers)[]).find(
        (name) => classNumbers[name] === entry.class,
      )
      return {
        class: entry.class,
        class_desc: classNames[entry.class],
        major_id: entry.class === 4 ? principalId(entry.major) : entry.major,
        minor_id: entry.minor ?? 0,
        grantee_principal_id: idOf(entry.grantee),
        grantor_principal_id: idOf(entry.grantor ?? 'dbo'),
        type: kind ? (permissionFact(kind, entry.permission)?.type.padEnd(4) ?? '') : '',
        permission_name: entry.permission,
        state: stateCodes[entry.state],
        state_desc: entry.state,
      }
    })
}

const permissionColumns =
  'class:tinyint class_desc:n60? major_id minor_id grantee_principal_id grantor_principal_id type:c4 permission_name:name? state:c1 state_desc:n60?'
const tokenColumns = 'principal_id sid:bin? name:name? type:name? usage:name?'

export const securityViews: Readonly<Record<string, ViewDeclaration>> = {
  'sys.server_principals': [
    'name:name principal_id sid:bin? type:c1 type_desc:n60? is_disabled:int? create_date:datetime modify_date:datetime default_database_name:name? default_language_name:name? credential_id:int? owning_principal_id:int? is_fixed_role:bit',
    (s) => [...visibleLogins(s).map(loginRow), ...serverRoleRows(s)],
  ],
  'sys.sql_logins': [
    'name:name principal_id sid:bin? type:c1 type_desc:n60? is_disabled:int? create_date:datetime modify_date:datetime default_database_name:name? default_language_name:name? credential_id:int? is_policy_checked:bit? is_expiration_checked:bit? password_hash:b256?',
    (s) => {
      const mayRead = hasServerPermission(s, 'VIEW ANY CRYPTOGRAPHICALLY SECURED DEFINITION')
      return visibleLogins(s)
        .filter((login) => !login.windows)
        .map((login) => ({
          ...loginRow(login),
          password_hash: mayRead ? Buffer.from(login.passwordHash, 'hex') : null,
        }))
    },
  ],
  'sys.syslogins': [
    'sid:bin? status:smallint? createdate:datetime updatedate:datetime name:name loginname:name dbname:name? language:name? denylogin:int hasaccess:int isntname:int isntgroup:int isntuser:int sysadmin:int securityadmin:int serveradmin:int setupadmin:int processadmin:int diskadmin:int dbcreator:int bulkadmin:int',
    (s) =>
      visibleLogins(s).map((login): Row => {
        const roles = s.instance.security.rolesOf(login)
        return {
          sid: Buffer.from(login.sid, 'hex'),
          status: 9,
          createdate: datetime(login.created),
          updatedate: datetime(login.modified),
          name: login.name,
          loginname: login.name,
          dbname: login.defaultDatabase,
          language: login.defaultLanguage,
          denylogin: s.instance.security.mayConnect(login) ? 0 : 1,
          hasaccess: 1,
          isntname: login.windows ? 1 : 0,
          isntgroup: login.windows === 'group' ? 1 : 0,
          isntuser: login.windows === 'user' ? 1 : 0,
          ...Object.fromEntries(serverRoles.slice(0, 8).map((role) => [role, roles.has(role) ? 1 : 0])),
        }
      }),
  ],
  'sys.server_role_members': ['role_principal_id member_principal_id', serverMemberRows],
  'sys.server_permissions': [permissionColumns, serverPermissionRows],
  'sys.login_token': [
    tokenColumns,
    (s) => [
      {
        principal_id: s.login.id,
        sid: Buffer.from(s.login.sid, 'hex'),
        name: s.login.name,
        type: s.login.windows ? 'WINDOWS LOGIN' : 'SQL LOGIN',
        usage: s.login.within && !s.login.within.trusted ? 'DENY ONLY' : 'GRANT OR DENY',
      },
      ...[...rightsOf(s).serverRoles].map(
        (role): Row => ({
          principal_id: s.instance.security.roleId(role) ?? 0,
          sid: Buffer.from([(s.instance.security.roleId(role) ?? 0) & 0xff]),
          name:
            serverRoles.find((known) => known.toLowerCase() === role) ?? s.instance.security.role(role)?.name ?? role,
          type: 'SERVER ROLE',
          usage: 'GRANT OR DENY',
        }),
      ),
    ],
  ],
  'sys.user_token': [
    tokenColumns,
    (s, d) =>
      [...rightsOf(s, d).names].reverse().flatMap((name): Row[] => {
        const p = s.transaction.catalogOf(d).principal(name)
        if (!p) return []
        return [
          {
            principal_id: principalId(p.id),
            sid: p.sid === undefined ? null : Buffer.from(p.sid, 'hex'),
            name: p.name,
            type: p.role ? 'ROLE' : p.windows ? `WINDOWS ${p.windows === 'group' ? 'GROUP' : 'LOGIN'}` : 'SQL USER',
            usage: 'GRANT OR DENY',
          },
        ]
      }),
  ],
  'sys.database_principals': [
    'name:name principal_id type:c1 type_desc:n60? default_schema_name:name? create_date:datetime modify_date:datetime owning_principal_id:int? sid:bin? is_fixed_role:bit authentication_type authentication_type_desc:n60? default_language_name:name? default_language_lcid:int? allow_encrypted_value_modifications:bit',
    (s, d) => [...visiblePrincipals(s, d).map((p) => principalRow(s, d, p)), ...systemUsers],
  ],
  'sys.sysusers': [
    'uid:smallint status:smallint? name:name sid:bin? createdate:datetime updatedate:datetime islogin:int hasdbaccess:int issqluser:int issqlrole:int isntname:int isntgroup:int isntuser:int isapprole:int',
    (s, d) =>
      visiblePrincipals(s, d).map((p) => ({
        ...principalRow(s, d, p),
        status: 0,
        createdate: p.created,
        updatedate: p.created,
        isntname: p.windows ? 1 : 0,
        isntgroup: p.windows === 'group' ? 1 : 0,
        isntuser: p.windows === 'user' ? 1 : 0,
        isapprole: 0,
      })),
  ],
  'sys.database_role_members': [
    'role_principal_id member_principal_id',
    (s, d) => {
      const visible = new Set(visiblePrincipals(s, d).map((p) => p.name.toLowerCase()))
      const catalog = catalogOf(s, d)
      return visiblePrincipals(s, d).flatMap((p) =>
        p.memberOf
          .filter((role) => visible.has(role))
          .map(
            (role): Row => ({
              role_principal_id: principalId(catalog.principal(role)?.id ?? 0),
              member_principal_id: principalId(p.id),
            }),
          ),
      )
    },
  ],
  'sys.database_permissions': [permissionColumns, databasePermissionRows],
}
