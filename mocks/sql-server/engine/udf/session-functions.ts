/** What SQLite's functions ask of the session that runs. One statement runs at a time, so one place tells whose it is. */

import { serverRoles } from '../../security/login.ts'
import { canUse, hasPermission, isRoleMember } from '../../security/permissions.ts'
import type { Cell } from '../../tds/data-type.ts'
import { productVersion } from '../../tds/tokens/login-ack.ts'
import { decimalKey } from '../../tds/types/decimal.ts'
import type { ObjectDef } from '../catalog/definitions.ts'
import { systemView } from '../catalog/system-view.ts'
import { catalogOf } from '../execute/execution.ts'
import { optionBits } from '../session/settings.ts'
import type { SqlSession } from '../session.ts'
import { objectLength } from '../values/object-length.ts'

let running: SqlSession | undefined

export function currentSession(): SqlSession {
  if (!running) throw new Error('no statement runs')
  return running
}

/** Runs SQLite on behalf of a session. */
export function withSession<T>(session: SqlSession, work: () => T): T {
  const before = running
  running = session
  try {
    return work()
  } finally {
    running = before
  }
}

type Answer = (session: SqlSession, ...args: Cell[]) => Cell

const text = (cell: Cell | undefined): string => (cell === null || cell === undefined ? '' : String(cell))
const numeric = (cell: Cell): Cell => (cell === null ? null : decimalKey(BigInt(cell as number)))

/** `[dbo].[t]` and `dbo.t` into parts. */
export function splitName(name: string): string[] {
  const parts = [...name.matchAll(/\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|([^.[\]"]+)|(?<=^|\.)(?=\.|$)/g)]
  return parts.map((match) =>
    (match[1]?.replaceAll(']]', ']') ?? match[2]?.replaceAll('""', '"') ?? match[3] ?? '').trim(),
  )
}

function objectOf(session: SqlSession, name: string): ObjectDef | undefined {
  const [object = '', schema = '', databaseName = ''] = splitName(name).reverse()
  if (object.startsWith('#')) return session.temporary(object)
  const database =
    databaseName === '' || databaseName.toLowerCase() === 'tempdb'
      ? session.database
      : session.instance.findDatabase(databaseName)
  if (!database) return undefined
  const catalog = catalogOf(session, database)
  return (
    catalog.object(schema || session.defaultSchema(database), object) ??
    (schema === '' ? catalog.object('dbo', object) : undefined)
  )
}

const kindCodes: Readonly<Record<string, string>> = { table: 'U', view: 'V', procedure: 'P' }

function objectId(session: SqlSession, name: Cell, kind: Cell | undefined): Cell {
  const object = objectOf(session, text(name))
  const wanted = text(kind).trim().toUpperCase()
  if (object) return wanted === '' || wanted === kindCodes[object.kind] ? object.id : null
  const [last = '', schema = 'dbo'] = splitName(text(name)).reverse()
  const view = systemView(schema, last)
  if (view) return wanted === '' || wanted === 'V' ? view.id : null
  // Constraints have ids too.
  for (const candidate of catalogOf(session, session.database).objects()) {
    if (candidate.kind !== 'table') continue
    const constraint = [
      ...candidate.keys
        .filter((key) => key.kind !== 'index')
        .map((key) => ({ ...key, code: key.kind === 'primary' ? 'PK' : 'UQ' })),
      ...candidate.checks.map((check) => ({ ...check, code: 'C' })),
      ...candidate.foreignKeys.map((key) => ({ ...key, code: 'F' })),
      ...candidate.columns.flatMap((column) => (column.default ? [{ ...column.default, code: 'D' }] : [])),
    ].find((item) => item.name.toLowerCase() === last.toLowerCase())
    if (constraint && (wanted === '' || wanted === constraint.code)) return constraint.id
  }
  return null
}

const editions: Readonly<Record<string, readonly [name: string, engine: number, id: number]>> = {
  express: ['Express Edition (64-bit)', 4, -1592396055],
  standard: ['Standard Edition (64-bit)', 2, -1534726760],
  enterprise: ['Enterprise Edition (64-bit)', 3, 1804890536],
  developer: ['Developer Edition (64-bit)', 3, -2117995310],
}

function serverProperty(session: SqlSession, name: string): Cell {
  const { options } = session.instance
  const [edition, engine, editionId] = editions[options.edition] ?? ['', 3, 0]
  const [machine = '', instance] = options.serverName.split('\\')
  const properties: Readonly<Record<string, Cell>> = {
    productversion: productVersion.text,
    productlevel: 'RTM',
    productmajorversion: String(productVersion.major),
    productminorversion: '0',
    productbuild: String(productVersion.build),
    productupdatelevel: 'CU16',
    edition,
    engineedition: engine,
    editionid: editionId,
    servername: options.serverName,
    machinename: machine,
    computernamephysicalnetbios: machine,
    instancename: instance ?? null,
    collation: options.collation,
    collationid: 872_468_488,
    lcid: 1033,
    sqlcharset: 1,
    sqlcharsetname: 'iso_1',
    sqlsortorder: 52,
    sqlsortordername: 'nocase_iso',
    isclustered: 0,
    ishadrenabled: 0,
    hadrmanagerstatus: 2,
    isintegratedsecurityonly: 0,
    issingleuser: 0,
    isfulltextinstalled: 0,
    islocaldb: 0,
    isxtpsupported: 1,
    isadvancedanalyticsinstalled: 0,
    ispolybaseinstalled: 0,
    istempdbmetadatamemoryoptimized: 0,
    processid: process.pid,
    comparisonstyle: 196_609,
    buildclrversion: 'v4.0.30319',
    licensetype: 'DISABLED',
    filestreamconfiguredlevel: 0,
    filestreameffectivelevel: 0,
    filestreamsharename: 'MSSQLSERVER',
    instancedefaultdatapath: '/var/opt/mssql/data/',
    instancedefaultlogpath: '/var/opt/mssql/data/',
    instancedefaultbackuppath: '/var/opt/mssql/data',
  }
  return properties[name.toLowerCase()] ?? null
}

function versionText(session: SqlSession): string {
  const [edition] = editions[session.instance.options.edition] ?? ['']
  return `Microsoft SQL Server 2022 (RTM-CU16) (KB5048033) - ${productVersion.text} (X64) \n\tNov  6 2024 19:24:49 \n\tCopyright (C) 2022 Microsoft Corporation\n\t${edition} on Windows Server 2022 Standard 10.0 <X64> (Build 20348: ) (Hypervisor)\n`
}

function databaseProperty(session: SqlSession, name: string, property: string): Cell {
  const database = session.instance.findDatabase(name)
  if (!database) return null
  const properties: Readonly<Record<string, Cell>> = {
    collation: database.collation.name,
    status: database.state,
    recovery: database.recovery,
    updateability: database.readOnly ? 'READ_ONLY' : 'READ_WRITE',
    useraccess: database.access,
    version: 957,
    isautoclose: 0,
    isautoshrink: 0,
    issnapshotisolation: 0,
    isansinullsenabled: 0,
    isquotedidentifiersenabled: 0,
    isfulltextenabled: 0,
    lcid: 1033,
    edition: null,
    isinstandby: 0,
    isparameterizationforced: 0,
  }
  return properties[property.toLowerCase()] ?? null
}

function connectionProperty(session: SqlSession, name: string): Cell {
  const properties: Readonly<Record<string, Cell>> = {
    net_transport: 'TCP',
    protocol_type: 'TSQL',
    auth_scheme: 'SQL',
    local_net_address: '127.0.0.1',
    local_tcp_port: 1433,
    client_net_address: session.caller.address,
    physical_net_transport: 'TCP',
  }
  return properties[name.toLowerCase()] ?? null
}

function columnProperty(session: SqlSession, id: Cell, column: Cell, property: Cell): Cell {
  const table = catalogOf(session, session.database).table(Number(id))
  const found = table?.columns.find((candidate) => candidate.name.toLowerCase() === text(column).toLowerCase())
  if (!table || !found) return null
  const properties: Readonly<Record<string, Cell>> = {
    isidentity: found.identity ? 1 : 0,
    allowsnull: found.nullable ? 1 : 0,
    iscomputed: found.computed ? 1 : 0,
    columnid: found.id,
    precision: found.type.precision || found.type.length,
    scale: found.type.scale,
    charmaxlen: found.type.length || null,
    isrowguidcol: 0,
    issparse: 0,
    isidnotforrepl: 0,
  }
  return properties[text(property).toLowerCase()] ?? null
}

const caught = (session: SqlSession) => session.caught.at(-1)
const roleAnswer = (session: SqlSession, role: string, login: Cell | undefined): Cell => {
  const wanted = role.toLowerCase()
  if (wanted !== 'public' && !serverRoles.some((known) => known === wanted)) return null
  const who = login === undefined ? session.login : session.instance.logins.find(text(login))
  if (!who) return null
  return wanted === 'public' || who.roles.has(wanted) || who.roles.has('sysadmin') ? 1 : 0
}

const answers: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['@@VERSION', (s) => versionText(s)],
  ['@@SERVERNAME', (s) => s.instance.options.serverName],
  ['@@SERVICENAME', (s) => s.instance.options.serverName.split('\\')[1] ?? 'MSSQLSERVER'],
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
  ['@@MAX_PRECISION', () => 38],
  ['@@MICROSOFTVERSION', () => 0x1000_1045],
  ['@@FETCH_STATUS', () => 0],
  ['@@CURSOR_ROWS', () => 0],
  ['@@PROCID', () => 0],
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
        ? s.database.name
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
  ['OBJECT_NAME', (s, id) => nameOf(s, id, 'name')],
  ['OBJECT_SCHEMA_NAME', (s, id) => nameOf(s, id, 'schema')],
  [
    'OBJECT_DEFINITION',
    (s, id) => {
      const entry = catalogOf(s, s.database).entry(Number(id))
      return entry?.kind === 'view' || entry?.kind === 'procedure' ? entry.text : null
    },
  ],
  [
    'OBJECTPROPERTY',
    (s, id, property) => {
      const entry = catalogOf(s, s.database).entry(Number(id))
      if (!entry) return null
      const wanted = text(property).toLowerCase()
      if (wanted === 'istable' || wanted === 'isusertable') return entry.kind === 'table' ? 1 : 0
      if (wanted === 'isview') return entry.kind === 'view' ? 1 : 0
      if (wanted === 'isprocedure') return entry.kind === 'procedure' ? 1 : 0
      if (wanted === 'ismsshipped') return 0
      if (wanted === 'tablehasidentity')
        return entry.kind === 'table' && entry.columns.some((column) => column.identity) ? 1 : 0
      if (wanted === 'tablehasprimarykey')
        return entry.kind === 'table' && entry.keys.some((key) => key.kind === 'primary') ? 1 : 0
      return null
    },
  ],
  ['COLUMNPROPERTY', (s, id, column, property) => columnProperty(s, id ?? null, column ?? null, property ?? null)],
  [
    'COL_LENGTH',
    (s, table, column) => {
      const object = objectOf(s, text(table))
      const found =
        object?.kind === 'table'
          ? object.columns.find((candidate) => candidate.name.toLowerCase() === text(column).toLowerCase())
          : undefined
      return found ? objectLength(found.type) : null
    },
  ],
  [
    'COL_NAME',
    (s, id, column) =>
      catalogOf(s, s.database)
        .table(Number(id))
        ?.columns.find((candidate) => candidate.id === Number(column))?.name ?? null,
  ],
  ['TYPE_ID', (_, name) => typeIds.get(text(name).toLowerCase()) ?? null],
  ['TYPE_NAME', (_, id) => [...typeIds].find(([, number]) => number === Number(id))?.[0] ?? null],
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
  ['ORIGINAL_LOGIN', (s) => s.login.name],
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
  ['IS_ROLEMEMBER', (s, role) => isRoleMember(s, s.database, text(role))],
  [
    'HAS_DBACCESS',
    (s, name) => {
      const database = s.instance.findDatabase(text(name))
      return database ? (canUse(s.login, database) && database.state === 'ONLINE' ? 1 : 0) : null
    },
  ],
  [
    'HAS_PERMS_BY_NAME',
    (s, securable, kind, permission) => hasPermissionByName(s, securable ?? null, kind ?? null, text(permission)),
  ],
  ['HOST_NAME', (s) => s.login7.hostName],
  ['HOST_ID', (s) => String(s.login7.clientPid).padEnd(10)],
  ['APP_NAME', (s) => s.login7.appName],
  ['ERROR_NUMBER', (s) => caught(s)?.number ?? null],
  ['ERROR_SEVERITY', (s) => caught(s)?.class ?? null],
  ['ERROR_STATE', (s) => caught(s)?.state ?? null],
  ['ERROR_LINE', (s) => caught(s)?.line ?? null],
  ['ERROR_MESSAGE', (s) => caught(s)?.message ?? null],
  ['ERROR_PROCEDURE', (s) => caught(s)?.procedure || null],
  ['CURRENT_TRANSACTION_ID', (s) => Number(s.transaction.descriptor)],
  ['CONTEXT_INFO', (s) => s.contextInfo],
])

/** dbo is 1, guest 2, public 0; fixed roles count from 16384. */
export const principalId = (id: number): number => (id === -2 ? 1 : id === -3 ? 2 : id === -1 ? 0 : id < 0 ? -id : id)

function identityOf(session: SqlSession, name: Cell | undefined, what: 'seed' | 'increment'): Cell {
  const table = objectOf(session, text(name))
  const identity = table?.kind === 'table' ? table.columns.find((column) => column.identity)?.identity : undefined
  return identity ? numeric(identity[what]) : null
}

function nameOf(session: SqlSession, id: Cell | undefined, what: 'name' | 'schema'): Cell {
  const entry = catalogOf(session, session.database).entry(Number(id))
  return entry && (entry.kind === 'table' || entry.kind === 'view' || entry.kind === 'procedure') ? entry[what] : null
}

function hasPermissionByName(session: SqlSession, securable: Cell, kind: Cell, permission: string): Cell {
  if (kind === null)
    return session.login.roles.has('sysadmin') || session.login.granted.has(permission.toUpperCase()) ? 1 : 0
  if (text(kind).toUpperCase() === 'OBJECT') {
    const object = objectOf(session, text(securable))
    return object ? (hasPermission(session, session.database, permission.toUpperCase(), object) ? 1 : 0) : null
  }
  return hasPermission(
    session,
    session.instance.findDatabase(text(securable)) ?? session.database,
    permission.toUpperCase(),
  )
    ? 1
    : 0
}

export const typeIds: ReadonlyMap<string, number> = new Map([
  ['image', 34],
  ['text', 35],
  ['uniqueidentifier', 36],
  ['date', 40],
  ['time', 41],
  ['datetime2', 42],
  ['datetimeoffset', 43],
  ['tinyint', 48],
  ['smallint', 52],
  ['int', 56],
  ['smalldatetime', 58],
  ['real', 59],
  ['money', 60],
  ['datetime', 61],
  ['float', 62],
  ['sql_variant', 98],
  ['ntext', 99],
  ['bit', 104],
  ['decimal', 106],
  ['numeric', 108],
  ['smallmoney', 122],
  ['bigint', 127],
  ['varbinary', 165],
  ['varchar', 167],
  ['binary', 173],
  ['char', 175],
  ['timestamp', 189],
  ['nvarchar', 231],
  ['sysname', 256],
  ['nchar', 239],
  ['xml', 241],
])

export function sessionFunction(name: string, args: readonly Cell[]): Cell {
  const answer = answers.get(name)
  if (!answer) throw new Error(`no function ${name}`)
  // NULL in, NULL out, where an argument was given.
  if (args.length > 0 && args[0] === null && name !== 'HAS_PERMS_BY_NAME') return null
  return answer(currentSession(), ...args)
}
