/** What SQLite's functions ask of the session that runs, by the name that T-SQL has for it. */
import { canUse, isRoleMember } from '../../security/permissions.ts'
import type { Cell } from '../../tds/data-type.ts'
import { decimalKey } from '../../tds/types/decimal.ts'
import { columnsOfObject } from '../catalog/module-shape.ts'
import { cursorStatus } from '../cursors/named-cursors.ts'
import { catalogOf, showing } from '../execute/execution.ts'
import { optionBits } from '../session/settings.ts'
import type { SqlSession } from '../session.ts'
import type { SqlError } from '../sql-error.ts'
import { formatMessage } from '../values/format-message.ts'
import { objectLength } from '../values/object-length.ts'
import { listExtendedProperties } from './list-extended-properties.ts'
import { loginProperty, passwordCompare, passwordEncrypt } from './login-property.ts'
import { metadataFunctions } from './metadata-functions.ts'
import { columnNameOf, definitionOf, identityOf, nameOf, objectId, objectOf } from './object-functions.ts'
import {
  builtinPermissions,
  hasPermissionByName,
  myPermissions,
  principalId,
  roleAnswer,
  roleMember,
} from './principal-functions.ts'
import { currentSession } from './running-session.ts'
import { connectionProperty, databaseProperty, serverProperty, versionText } from './server-properties.ts'
import { type Answer, numeric, text } from './session-answer.ts'
import { triggerAnswers } from './trigger-functions.ts'
import { odbcScale, typeId, typeNameOf } from './user-type-ids.ts'

const caught = (session: SqlSession) => session.caught.at(-1)
const lineOfCaught = (error: SqlError | undefined): Cell => (error ? Math.max(error.line, 0) : null)

const answers: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ...metadataFunctions,
  ['@@VERSION', (s) => versionText(s)],
  ['@@SERVERNAME', (s) => s.instance.options.serverName],
  ['@@SERVICENAME', (s) => s.instance.options.serverName.split('\\')[1] ?? 'MSSQLSERVER'],
  [
    'FORMATMESSAGE',
    (s, number, ...args) => {
      const message = s.instance.messages.get(Number(number))
      return message ? formatMessage(message.text, args) : null
    },
  ],
  ['@@LANGUAGE', (s) => s.settings.language],
  ['@@LANGID', () => 0],
  ['@@SPID', (s) => s.spid],
  ['@@TRANCOUNT', (s) => s.transaction.count],
  ['@@ROWCOUNT', (s) => s.rowCount],
  ['@@ERROR', (s) => s.error],
  ['@@OPTIONS', (s) => optionBits(s.settings)],
  ['@@NESTLEVEL', (s) => s.nesting],
  ['@@LOCK_TIMEOUT', (s) => s.settings.lockTimeoutMs],
  ['@@TEXTSIZE', (s) => s.settings.textSize],
  ['@@DATEFIRST', (s) => s.settings.dateFirst],
  ['@@CONNECTIONS', (s) => s.instance.connectionsSoFar],
  ['@@MAX_CONNECTIONS', (s) => s.instance.options.maxConnections ?? 32_767],
  ['@@CPU_BUSY', () => 0],
  ['@@IDLE', () => 0],
  ['@@IO_BUSY', () => 0],
  ['@@PACK_RECEIVED', () => 0],
  ['@@PACK_SENT', () => 0],
  ['@@PACKET_ERRORS', () => 0],
  ['@@TIMETICKS', () => 31250],
  ['@@TOTAL_ERRORS', () => 0],
  ['@@TOTAL_READ', () => 0],
  ['@@TOTAL_WRITE', () => 0],
  ['@@MAX_PRECISION', () => 38],
  ['@@MICROSOFTVERSION', () => 0x1000_1045],
  ['@@FETCH_STATUS', (s) => s.fetchStatus],
  ['@@CURSOR_ROWS', (s) => s.cursorRows],
  ['CURSOR_STATUS', (s, scope, name) => cursorStatus(s, text(scope).toLowerCase(), text(name))],
  ['@@PROCID', (s) => s.frames.at(-1)?.module ?? 0],
  ...triggerAnswers,
  ['@@IDENTITY', (s) => numeric(s.identity)],
  ['@@DBTS', (s) => s.database.lastRowVersion()],
  ['SCOPE_IDENTITY', (s) => numeric(s.frames.at(-1)?.scopeIdentity ?? null)],
  [
    'IDENT_CURRENT',
    (s, name) => {
      const table = objectOf(s, text(name))
      if (table?.kind !== 'table') return null
      const column = table.columns.find((candidate) => candidate.identity)
      if (!column?.identity) return null
      return decimalKey(s.identitiesOf(table).get(table.id) ?? BigInt(column.identity.seed))
    },
  ],
  ['IDENT_SEED', (s, name) => identityOf(s, name, 'seed')],
  ['IDENT_INCR', (s, name) => identityOf(s, name, 'increment')],
  ['XACT_STATE', (s) => (!s.transaction.active ? 0 : s.transaction.doomed ? -1 : 1)],
  ['SERVERPROPERTY', (s, name) => serverProperty(s, text(name))],
  ['CONNECTIONPROPERTY', (s, name) => connectionProperty(s, text(name))],
  ['DATABASEPROPERTYEX', (s, name, property) => databaseProperty(s, text(name), text(property))],
  ['SESSIONPROPERTY', (s, name) => (s.settings.switches.has(text(name).toUpperCase()) ? 1 : 0)],
  [
    'DB_NAME',
    (s, id) =>
      id === undefined
        ? (s.elsewhere ?? s.database).name
        : (s.instance.databases().find((database) => database.id === Number(id))?.name ?? null),
  ],
  ['DB_ID', (s, name) => (name === undefined ? s.database.id : (s.instance.findDatabase(text(name))?.id ?? null))],
  [
    'SCHEMA_NAME',
    (s, id) => {
      if (id === undefined) return s.defaultSchema(s.database)
      if (Number(id) === 4) return 'sys'
      if (Number(id) === 3) return 'INFORMATION_SCHEMA'
      const entry = catalogOf(s, s.database).entry(Number(id))
      return entry?.kind === 'schema' ? entry.name : null
    },
  ],
  [
    'SCHEMA_ID',
    (s, name) =>
      catalogOf(s, s.database).schema(name === undefined ? s.defaultSchema(s.database) : text(name))?.id ?? null,
  ],
  ['OBJECT_ID', (s, name, kind) => objectId(s, name ?? null, kind)],
  ['OBJECT_NAME', (s, id, database) => nameOf(s, id, database, 'name')],
  ['OBJECT_SCHEMA_NAME', (s, id, database) => nameOf(s, id, database, 'schema')],
  ['OBJECT_DEFINITION', (s, id) => definitionOf(s, Number(id))],
  [
    'COL_LENGTH',
    (s, table, column) => {
      const object = objectOf(s, text(table))
      const found = object
        ? columnsOfObject(s, s.database, object).find(({ name }) => name.toLowerCase() === text(column).toLowerCase())
        : undefined
      return found ? objectLength(found.type) : null
    },
  ],
  ['COL_NAME', (s, id, column) => columnNameOf(s, Number(id), Number(column))],
  ['TYPE_ID', (session, name) => typeId(session, text(name))],
  ['TYPE_NAME', (s, id) => typeNameOf(s, Number(id))],
  ['ODBCSCALE', (_, id, scale) => odbcScale(Number(id), Number(scale))],
  [
    'SUSER_SNAME',
    (s, sid) =>
      sid === undefined
        ? s.login.name
        : (s.instance.logins.all().find((login) => login.sid === Buffer.from(sid as Uint8Array).toString('hex'))
            ?.name ?? null),
  ],
  [
    'SUSER_NAME',
    (s, id) =>
      id === undefined
        ? s.login.name
        : (s.instance.logins.all().find((login) => login.id === Number(id))?.name ?? null),
  ],
  ['SUSER_ID', (s, name) => (name === undefined ? s.login.id : (s.instance.logins.find(text(name))?.id ?? null))],
  [
    'SUSER_SID',
    (s, name) => {
      const login = name === undefined ? s.login : s.instance.logins.find(text(name))
      return login ? Buffer.from(login.sid, 'hex') : null
    },
  ],
  ['ORIGINAL_LOGIN', (s) => s.contexts.original.name],
  ['SYSTEM_USER', (s) => s.login.name],
  ['CURRENT_USER', (s) => s.userName()],
  [
    'USER_NAME',
    (s, id) => {
      if (id === undefined) return s.userName()
      const entry = [...catalogOf(s, s.database).principals()].find(
        (principal) => principalId(principal.id) === Number(id),
      )
      return entry?.name ?? null
    },
  ],
  [
    'USER_ID',
    (s, name) => {
      const principal = catalogOf(s, s.database).principal(name === undefined ? s.userName() : text(name))
      return principal ? principalId(principal.id) : null
    },
  ],
  ['IS_SRVROLEMEMBER', (s, role, login) => roleAnswer(s, text(role), login)],
  ['IS_MEMBER', (s, role) => isRoleMember(s, s.database, text(role))],
  [
    'IS_ROLEMEMBER',
    (s, role, principal) =>
      principal === undefined ? isRoleMember(s, s.database, text(role)) : roleMember(s, text(role), principal),
  ],
  [
    'HAS_DBACCESS',
    (s, name) => {
      const database = s.instance.findDatabase(text(name))
      return database ? (canUse(s.instance, s.login, database) && database.state === 'ONLINE' ? 1 : 0) : null
    },
  ],
  [
    'HAS_PERMS_BY_NAME',
    (s, securable, kind, permission, column) =>
      hasPermissionByName(s, {
        securable: securable ?? null,
        kind: kind ?? null,
        permission: text(permission),
        column: column ?? null,
      }),
  ],
  ['LOGINPROPERTY', (s, name, property) => loginProperty(s, name ?? null, property ?? null)],
  ['PWDCOMPARE', (_, clear, hash) => passwordCompare(clear ?? null, hash ?? null)],
  ['PWDENCRYPT', (_, clear) => passwordEncrypt(clear ?? null)],
  ['FN_MY_PERMISSIONS', (s, securable, kind) => JSON.stringify(myPermissions(s, securable ?? null, kind ?? null))],
  ['FN_BUILTIN_PERMISSIONS', (_, kind) => JSON.stringify(builtinPermissions(kind ?? null))],
  ['FN_LISTEXTENDEDPROPERTY', (s, name, ...levels) => JSON.stringify(listExtendedProperties(s, name ?? null, levels))],
  ['HOST_NAME', (s) => s.login7.hostName],
  ['HOST_ID', (s) => String(s.login7.clientPid).padEnd(10)],
  ['APP_NAME', (s) => s.login7.appName],
  ['ERROR_NUMBER', (s) => caught(s)?.number ?? null],
  ['ERROR_SEVERITY', (s) => caught(s)?.class ?? null],
  ['ERROR_STATE', (s) => caught(s)?.state ?? null],
  ['ERROR_LINE', (s) => lineOfCaught(caught(s))],
  ['ERROR_MESSAGE', (s) => caught(s)?.message ?? null],
  ['ERROR_PROCEDURE', (s) => caught(s)?.procedure || null],
  ['CURRENT_TRANSACTION_ID', (s) => Number(s.transaction.descriptor)],
  ['SESSION_CONTEXT', (s, key) => s.context.get(text(key))?.value ?? null],
  ['CONTEXT_INFO', (s) => s.contextInfo],
])

const takesNull = new Set([
  'HAS_PERMS_BY_NAME',
  'FN_MY_PERMISSIONS',
  'FN_BUILTIN_PERMISSIONS',
  'FN_LISTEXTENDEDPROPERTY',
])

export function sessionFunction(name: string, args: readonly Cell[]): Cell {
  const answer = answers.get(name)
  if (!answer) throw new Error(`no function ${name}`)
  // NULL in, NULL out, where an argument was given.
  if (args.length > 0 && args[0] === null && !takesNull.has(name)) return null
  const session = currentSession()
  return showing(session, () => answer(session, ...args))
}
