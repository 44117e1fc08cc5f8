import type { z } from 'zod'
import type { sqlServerActions } from '../actions.ts'
import type { databaseChange, loginSeed } from '../settings.ts'
import { named, quoted } from './administrator.ts'

type LoginSeed = z.output<typeof loginSeed>
type LoginChange = Omit<z.output<(typeof sqlServerActions)['alter-login']['input']>, 'instance' | 'name'>
type DatabaseChange = z.output<typeof databaseChange>

/** Passwords of landscapes need not be strong: the policy is the simulator's business. */
const NO_POLICY = 'CHECK_POLICY = OFF, CHECK_EXPIRATION = OFF'

/** T-SQL that makes a SQL login, or gives an existing one this password, state and these roles. */
export function loginStatements({ name, password, roles, disabled, defaultDatabase }: LoginSeed): string {
  const login = named(name)
  const inside = `PASSWORD = ${quoted(password)}, DEFAULT_DATABASE = ${named(defaultDatabase)}, ${NO_POLICY}`
  return [
    `IF SUSER_ID(${quoted(name)}) IS NULL CREATE LOGIN ${login} WITH ${inside};`,
    `ELSE ALTER LOGIN ${login} WITH ${inside};`,
    `ALTER LOGIN ${login} ${disabled ? 'DISABLE' : 'ENABLE'};`,
    ...roleStatements(name, roles),
  ].join('\n')
}

/** T-SQL of a change of a login that the real server can be told. */
export function loginChange(name: string, { password, disabled, mustChange, roles }: LoginChange): string {
  const login = named(name)
  return [
    ...(password === undefined ? [] : [`ALTER LOGIN ${login} WITH PASSWORD = ${quoted(password)};`]),
    ...(disabled === undefined ? [] : [`ALTER LOGIN ${login} ${disabled ? 'DISABLE' : 'ENABLE'};`]),
    ...(mustChange === false ? [`ALTER LOGIN ${login} WITH ${NO_POLICY};`] : []),
    ...(roles === undefined ? [] : roleStatements(name, roles)),
  ].join('\n')
}

/** The login has these fixed server roles and no others. */
function roleStatements(name: string, roles: readonly string[]): readonly string[] {
  const wanted = roles.map(quoted).join(', ')
  return [
    "DECLARE @roles nvarchar(max) = N'';",
    `SELECT @roles += N'ALTER SERVER ROLE ' + QUOTENAME(r.name) + N' DROP MEMBER ' + ${quoted(named(name))} + N';'`,
    '  FROM sys.server_role_members m JOIN sys.server_principals r ON r.principal_id = m.role_principal_id',
    `  WHERE m.member_principal_id = SUSER_ID(${quoted(name)})${wanted === '' ? '' : ` AND r.name NOT IN (${wanted})`};`,
    'EXEC (@roles);',
    ...roles.map((role) => `ALTER SERVER ROLE ${named(role)} ADD MEMBER ${named(name)};`),
  ]
}

/** T-SQL that puts a database into a state; who is in it is cut off. */
export function databaseStatements(name: string, { state, access, recovery, readOnly }: DatabaseChange): string {
  const alter = `ALTER DATABASE ${named(name)} SET`
  return [
    ...(state === undefined ? [] : [`${alter} ${state}${state === 'OFFLINE' ? ' WITH ROLLBACK IMMEDIATE' : ''};`]),
    ...(access === undefined ? [] : [`${alter} ${access} WITH ROLLBACK IMMEDIATE;`]),
    ...(recovery === undefined ? [] : [`${alter} RECOVERY ${recovery};`]),
    ...(readOnly === undefined ? [] : [`${alter} ${readOnly ? 'READ_ONLY' : 'READ_WRITE'} WITH ROLLBACK IMMEDIATE;`]),
  ].join('\n')
}

/** States into which a statement puts a database; into the others it falls by damage, or passes through them. */
export const statesByStatement: ReadonlySet<string> = new Set(['ONLINE', 'OFFLINE', 'EMERGENCY'])

export const SESSIONS = `SELECT s.session_id AS spid, s.login_name AS login, DB_NAME(s.database_id) AS [database],
  s.program_name AS program, c.client_net_address AS client, c.encrypt_option AS encrypted
FROM sys.dm_exec_sessions s JOIN sys.dm_exec_connections c ON c.session_id = s.session_id
WHERE s.is_user_process = 1 AND s.session_id <> @@SPID`
