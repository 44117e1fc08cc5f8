/** BACKUP: a true copy of the database's file, with a header that says what it holds. */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { hasPermission } from '../../security/permissions.ts'
import type { Statement } from '../../tsql/ast.ts'
import { closedError } from '../database-access.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { Store } from '../storage/store.ts'
import { abnormal, cannotOpen, deviceOf, notOfTempdb, pageBytes } from './backup-device.ts'
import type { Execution } from './execution.ts'

type Backup = Extract<Statement, { kind: 'backup' }>

export async function runBackup(x: Execution, s: Backup): Promise<void> {
  const { session } = x
  const verb = s.log ? 'BACKUP LOG' : 'BACKUP DATABASE'
  for (const option of ['DIFFERENTIAL', 'NORECOVERY', 'STANDBY'])
    if (s.options.has(option)) throw unsupported(`${verb} WITH ${option}`, s.line)
  const database = session.instance.findDatabase(s.database)
  if (!database) return abnormal(x, errors.noDatabase(s.database), verb)
  if (!hasPermission(session, database, 'BACKUP DATABASE'))
    return abnormal(x, new SqlError(262, 14, 1, `${verb} permission denied in database '${database.name}'.`), verb)
  if (session.transaction.active)
    throw new SqlError(3021, 16, 0, 'Cannot perform a backup or restore operation within a transaction.')
  if (database.name.toLowerCase() === 'tempdb') return abnormal(x, notOfTempdb(), verb)
  const { name, file } = await deviceOf(x, s.disk)
  if (!file) return abnormal(x, cannotOpen(name, 5, 'Access is denied.'), verb)
  const closed = closedError(x.session.instance, database, x.session.login)
  if (closed) return abnormal(x, closed, verb)
  if (s.log) {
    const refused = logRefusal(database)
    if (refused) return abnormal(x, refused, verb)
  }
  const chain = nextInChain(database, s)
  mkdirSync(session.instance.options.backupFolder, { recursive: true })
  if (!existsSync(dirname(file)))
    return abnormal(x, cannotOpen(name, 3, 'The system cannot find the path specified.'), verb)
  const part = `${file}.part`
  const source = session.store(database)
  try {
    rmSync(part, { force: true })
    // Reads one moment of the database, whatever others write meanwhile.
    source.exec(`VACUUM main INTO '${part.replaceAll("'", "''")}'`)
    stampHeader(x, part, database, { log: s.log, chain })
    renameSync(part, file)
  } catch (error) {
    rmSync(part, { force: true })
    const full = /ENOSPC|disk is full/.test(error instanceof Error ? error.message : String(error))
    return abnormal(
      x,
      full ? cannotOpen(name, 112, 'There is not enough space on the disk.') : cannotOpen(name, 5, 'Access is denied.'),
      verb,
    )
  }
  database.logChain = chain
  session.instance.databaseChanged(database)
  const pages = Math.ceil(statSync(file).size / pageBytes)
  const info = (number: number, text: string) =>
    x.sink.message({ number, class: 0, state: 1, text, procedure: x.frame.procedure, line: s.line })
  info(4035, `Processed ${pages} pages for database '${database.name}', file '${database.name}' on file 1.`)
  info(
    3014,
    `${verb} successfully processed ${pages} pages in 0.001 seconds (${((pages * pageBytes) / 1024 / 1024 / 0.001).toFixed(3)} MB/sec).`,
  )
  session.instance.options.journal({
    type: 'backup',
    database: database.name,
    device: name,
    bytes: statSync(file).size,
  })
  x.sink.done({ kind: x.frame.done, command: 0 })
}

function logRefusal(database: SqlDatabase): SqlError | undefined {
  if (database.recovery === 'SIMPLE')
    return new SqlError(
      4208,
      16,
      1,
      'The statement BACKUP LOG is not allowed while the recovery model is SIMPLE. Use BACKUP DATABASE or change the recovery model using ALTER DATABASE.',
    )
  if (!database.logChain)
    return new SqlError(4214, 16, 1, 'BACKUP LOG cannot be performed because there is no current database backup.')
  return undefined
}

/** A log backup is one further; a full one begins the chain where there is none. */
function nextInChain(database: SqlDatabase, s: Backup): SqlDatabase['logChain'] {
  const { logChain } = database
  if (s.log) return logChain && !s.options.has('COPY_ONLY') ? { ...logChain, number: logChain.number + 1 } : logChain
  if (logChain || database.recovery === 'SIMPLE' || s.options.has('COPY_ONLY')) return logChain
  return { id: randomUUID(), number: 0 }
}

function stampHeader(
  x: Execution,
  file: string,
  database: SqlDatabase,
  backup: { readonly log: boolean; readonly chain: SqlDatabase['logChain'] },
): void {
  const store = new Store(file)
  try {
    store.exec('CREATE TABLE lab_backup(name TEXT, finished TEXT, collation TEXT, login TEXT)')
    store.run('INSERT INTO lab_backup VALUES(?,?,?,?)', [
      database.name,
      x.session.instance.nowText(),
      database.collation.name,
      x.session.login.name,
    ])
    // Counters that the file does not have yet go along.
    database.writeMeta(store)
    const meta = (key: string, value: string) => store.run('INSERT OR REPLACE INTO lab_meta VALUES(?,?)', [key, value])
    meta('backupKind', backup.log ? 'log' : 'full')
    meta('logChain', backup.chain ? `${backup.chain.id} ${backup.chain.number}` : '')
  } finally {
    // One file, without a log beside it.
    store.exec('PRAGMA journal_mode=DELETE')
    store.close()
  }
}
