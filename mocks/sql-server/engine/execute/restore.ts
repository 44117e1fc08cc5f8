/** RESTORE of what BACKUP has written. */
import { copyFileSync, existsSync, statSync } from 'node:fs'
import { hasServerPermission, userOf } from '../../security/permissions.ts'
import { rightsOf } from '../../security/rights.ts'
import { textType, types } from '../../tds/data-type.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { SqlSession } from '../session.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { databaseFile, type SqlDatabase } from '../storage/database.ts'
import { Store } from '../storage/store.ts'
import { abnormal, cannotOpen, deviceOf, notOfTempdb, pageBytes } from './backup-device.ts'
import type { Execution } from './execution.ts'
import { logRefusal, recover, wrongKind } from './restore-log.ts'

export type Restore = Extract<Statement, { kind: 'restore' }>

export interface Header {
  readonly name: string
  readonly finished: string
  readonly collation: string
  readonly login: string
  readonly log: boolean
  readonly chain: SqlDatabase['logChain']
}

function readHeader(file: string): Header | undefined {
  let store: Store | undefined
  try {
    store = new Store(file)
    const [row] = store.all('SELECT name, finished, collation, login FROM lab_backup')
    const [check] = store.all('PRAGMA quick_check')
    if (!row || check?.[0] !== 'ok') return undefined
    store.exec('PRAGMA journal_mode=DELETE')
    const [name, finished, collation, login] = row.map(String)
    const meta = new Map(
      store
        .all("SELECT k, v FROM lab_meta WHERE k IN ('backupKind', 'logChain')")
        .map(([k, v]) => [String(k), String(v)]),
    )
    const [id = '', number = ''] = (meta.get('logChain') ?? '').split(' ')
    return {
      name: name ?? '',
      finished: finished ?? '',
      collation: collation ?? '',
      login: login ?? '',
      log: meta.get('backupKind') === 'log',
      chain: id === '' ? undefined : { id, number: Number(number) },
    }
  } catch {
    // Whatever SQLite says: this is not a backup.
    return undefined
  } finally {
    store?.close()
  }
}

export async function runRestore(x: Execution, s: Restore): Promise<void> {
  const verb =
    s.what === 'DATABASE' ? 'RESTORE DATABASE' : s.what === 'VERIFYONLY' ? 'VERIFY DATABASE' : `RESTORE ${s.what}`
  for (const option of ['STOPAT', 'STOPATMARK', 'STOPBEFOREMARK', 'STANDBY', 'PARTIAL'])
    if (s.options.has(option)) throw unsupported(`${verb} WITH ${option}`, s.line)
  if (s.disk.length === 0) return recover(x, s, verb)
  requireRestore(x, s, verb)
  const { name, file } = await deviceOf(x, s.disk)
  if (!file) return abnormal(x, cannotOpen(name, 5, 'Access is denied.'), verb)
  if (!existsSync(file)) return abnormal(x, cannotOpen(name, 2, 'The system cannot find the file specified.'), verb)
  const header = readHeader(file)
  if (!header)
    return abnormal(
      x,
      new SqlError(
        3241,
        16,
        0,
        `The media family on device '${name}' is incorrectly formed. SQL Server cannot process this media family.`,
      ),
      verb,
    )
  const info = (number: number, text: string) =>
    x.sink.message({ number, class: 0, state: 1, text, procedure: x.frame.procedure, line: s.line })
  if (s.what === 'VERIFYONLY') {
    info(3262, 'The backup set on file 1 is valid.')
    x.sink.done({ kind: x.frame.done, command: 0 })
    return
  }
  if (s.what === 'HEADERONLY') return sendHeader(x, header, statSync(file).size)
  if (s.what === 'FILELISTONLY' || s.what === 'LABELONLY') {
    const { sendFiles, sendLabel } = await import('./backup-lists.ts')
    return s.what === 'LABELONLY' ? sendLabel(x, header) : sendFiles(x, header, statSync(file).size)
  }
  const wrong = s.what === 'LOG' ? logRefusal(x, s, header) : header.log ? wrongKind(name, true) : undefined
  if (wrong) return abnormal(x, wrong, verb)
  restore(x, s, { header, file, name })
  const pages = Math.ceil(statSync(file).size / pageBytes)
  info(4035, `Processed ${pages} pages for database '${s.database}', file '${header.name}' on file 1.`)
  info(
    3014,
    `${verb} successfully processed ${pages} pages in 0.001 seconds (${((pages * pageBytes) / 1024 / 1024 / 0.001).toFixed(3)} MB/sec).`,
  )
  x.session.instance.options.journal({ type: 'restore', database: s.database, device: name })
  x.sink.done({ kind: x.frame.done, command: 0 })
}

function sendHeader(x: Execution, header: Header, bytes: number): void {
  const name = textType('nvarchar', 128, x.session.collation)
  x.sink.columns([
    { name: 'BackupName', type: name, nullable: true },
    { name: 'BackupType', type: types.smallint, nullable: false },
    { name: 'UserName', type: name, nullable: true },
    { name: 'ServerName', type: name, nullable: true },
    { name: 'DatabaseName', type: name, nullable: true },
    { name: 'BackupSize', type: types.bigint, nullable: true },
    { name: 'BackupFinishDate', type: types.datetime, nullable: true },
    { name: 'Collation', type: name, nullable: true },
  ])
  x.sink.row([
    null,
    header.log ? 2 : 1,
    header.login,
    x.session.instance.options.serverName,
    header.name,
    bytes,
    header.finished,
    header.collation,
  ])
  x.sink.done({ kind: x.frame.done, command: 0, count: 1 })
}

/** A new database needs CREATE DATABASE; one that is there is replaced by its owner, sysadmin and dbcreator alone. */
const mayRestore = (session: SqlSession, existing: SqlDatabase | undefined): boolean =>
  existing === undefined
    ? hasServerPermission(session, 'CREATE ANY DATABASE')
    : rightsOf(session).administrator ||
      rightsOf(session).serverRoles.has('dbcreator') ||
      userOf(session.instance, session.login, existing)?.name === 'dbo'

/** Asked before the device is looked at: who may not restore learns nothing of files either. */
function requireRestore(x: Execution, s: Restore, verb: string): void {
  const { session } = x
  if (s.what !== 'DATABASE' && s.what !== 'LOG') {
    if (!hasServerPermission(session, 'CREATE ANY DATABASE'))
      abnormal(x, new SqlError(262, 14, 1, "CREATE DATABASE permission denied in database 'master'."), verb)
    return
  }
  const name = s.database.toLowerCase()
  if (!mayRestore(session, session.instance.findDatabase(name)))
    abnormal(x, new SqlError(3110, 14, 1, `User does not have permission to RESTORE database '${s.database}'.`), verb)
  if (name === 'tempdb') abnormal(x, notOfTempdb(), verb)
  if (name === 'master')
    abnormal(
      x,
      new SqlError(
        3108,
        16,
        1,
        'To restore the master database, the server must be running in single-user mode. For information on starting in single-user mode, see "How to: Start an Instance of SQL Server (sqlservr.exe)" in Books Online.',
      ),
      verb,
    )
}

function restore(x: Execution, s: Restore, from: { header: Header; file: string; name: string }): void {
  const { session } = x
  const { instance } = session
  const existing = instance.findDatabase(s.database)
  if (existing) {
    if (instance.usersOf(existing).length > 0)
      abnormal(
        x,
        new SqlError(3101, 16, 1, 'Exclusive access could not be obtained because the database is in use.'),
        'RESTORE DATABASE',
      )
    if (
      existing.catalog &&
      from.header.name.toLowerCase() !== existing.name.toLowerCase() &&
      !s.options.has('REPLACE')
    ) {
      abnormal(
        x,
        new SqlError(
          3154,
          16,
          4,
          `The backup set holds a backup of a database other than the existing '${existing.name}' database.`,
        ),
        'RESTORE DATABASE',
      )
    }
    instance.removeDatabase(existing)
  }
  const file = databaseFile(instance.options.dataFolder, s.database)
  copyFileSync(from.file, file)
  const store = new Store(file)
  try {
    store.exec('DROP TABLE IF EXISTS lab_backup')
    store.run("INSERT OR REPLACE INTO lab_meta VALUES('name',?)", [s.database])
  } finally {
    store.close()
  }
  instance.adoptDatabase(file, existing?.id)
  if (s.options.has('NORECOVERY')) {
    const database = instance.findDatabase(s.database)
    if (database) {
      database.state = 'RESTORING'
      instance.databaseChanged(database)
    }
  }
}
