/** ALTER DATABASE … SET: states, who may enter, what may be written; and what happens to those who are in it. */
import { requireServer } from '../../security/permissions.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { Execution } from './execution.ts'

/** What becomes of other sessions: they are waited for, get so many seconds, or make the statement fail. */
export type Termination = { readonly afterSeconds: number } | 'noWait' | undefined

/** Options that change nothing here but are often set. */
const harmless =
  /^(COMPATIBILITY_LEVEL|AUTO_|PAGE_VERIFY|ANSI_|ARITHABORT|CONCAT_NULL|NUMERIC_ROUNDABORT|QUOTED_IDENTIFIER|DATE_CORRELATION|PARAMETERIZATION|TARGET_RECOVERY|DELAYED_DURABILITY|CURSOR_CLOSE_ON_COMMIT|QUERY_STORE|DB_CHAINING OFF|DISABLE_BROKER|SCOPED CONFIGURATION$|MODIFY FILE$|MIXED_PAGE_ALLOCATION|ACCELERATED_DATABASE_RECOVERY|HONOR_BROKER_PRIORITY OFF|ENCRYPTION OFF|TEMPORAL_HISTORY_RETENTION)/

const switches = new Set(['ALLOW_SNAPSHOT_ISOLATION', 'READ_COMMITTED_SNAPSHOT', 'RECURSIVE_TRIGGERS'])

/** What it makes of locks, triggers and cursors; false when it is none of these. */
async function setSwitch(
  x: Execution,
  database: SqlDatabase,
  options: string,
  termination: Termination,
): Promise<boolean> {
  const [name = '', value = ''] = options.split(' ')
  if (name === 'CURSOR_DEFAULT') {
    if (value === 'LOCAL') database.switches.add('LOCAL_CURSORS')
    else database.switches.delete('LOCAL_CURSORS')
    return true
  }
  if (!switches.has(name) || (value !== 'ON' && value !== 'OFF')) return false
  if (name === 'READ_COMMITTED_SNAPSHOT') await takeOver(x, database, termination)
  if (value === 'ON') database.switches.add(name)
  else database.switches.delete(name)
  return true
}

const accesses = { MULTI_USER: 'MULTI_USER', SINGLE_USER: 'SINGLE_USER', RESTRICTED_USER: 'RESTRICTED_USER' } as const
const recoveries = { FULL: 'FULL', SIMPLE: 'SIMPLE', BULK_LOGGED: 'BULK_LOGGED' } as const
const isKey = <T extends object>(table: T, key: string): key is Extract<keyof T, string> => Object.hasOwn(table, key)

const isSystem = (database: SqlDatabase): boolean => database.id <= 4

/** Errors of ALTER DATABASE come in two: what happened, then 5069. */
export async function setDatabaseOptions(
  x: Execution,
  database: SqlDatabase,
  options: string,
  termination: Termination,
): Promise<void> {
  try {
    for (const option of options.split(' , ')) await apply(x, database, option, termination)
  } catch (error) {
    if (!(error instanceof SqlError) || error.number === 50_900) throw error
    x.sink.message({
      ...{ number: error.number, class: error.class, state: error.state, text: error.message },
      ...{ procedure: x.frame.procedure, line: 1 },
    })
    throw new SqlError(5069, 16, 1, 'ALTER DATABASE statement failed.')
  }
}

async function apply(x: Execution, database: SqlDatabase, options: string, termination: Termination): Promise<void> {
  const { name, state } = database
  if (state === 'RESTORING')
    throw new SqlError(5052, 16, 1, 'ALTER DATABASE is not permitted while a database is in the Restoring state.')
  if (database.access === 'SINGLE_USER' && othersIn(x, database).length > 0) {
    const text = `Changes to the state or options of database '${name}' cannot be made at this time. The database is in single-user mode, and a user is currently connected to it.`
    throw new SqlError(5064, 16, 1, text)
  }
  const [first = '', second = ''] = options.split(' ')
  if (first === 'RECOVERY' && isKey(recoveries, second)) {
    database.recovery = recoveries[second]
    if (second === 'SIMPLE') database.logChain = undefined
  } else if (isKey(accesses, options)) {
    if (options !== 'MULTI_USER') await takeOver(x, database, termination)
    database.access = accesses[options]
  } else if (options === 'READ_ONLY' || options === 'READ_WRITE') {
    await takeOver(x, database, termination)
    database.readOnly = options === 'READ_ONLY'
  } else if (options === 'OFFLINE' || options === 'EMERGENCY') {
    if (isSystem(database)) throw new SqlError(5058, 16, 1, `Option '${options}' cannot be set in database '${name}'.`)
    await takeOver(x, database, termination)
    database.state = options
  } else if (options === 'ONLINE') bringOnline(database)
  else if (second !== '' && first === 'TRUSTWORTHY') setTrustworthy(x, database, second === 'ON')
  else if (await setSwitch(x, database, options, termination)) x.session.touchTemporaries()
  else if (!harmless.test(options)) throw unsupported(`ALTER DATABASE SET ${options}`)
  else return
  x.session.instance.databaseChanged(database)
  x.session.instance.errorLog.write(
    `spid${x.session.spid}`,
    `Setting database option ${options} to ON for database '${name}'.`,
  )
}

function setTrustworthy({ session }: Execution, database: SqlDatabase, on: boolean): void {
  requireServer(session, 'CONTROL SERVER')
  database.trustworthy = on
  session.instance.security.touch()
}

/** What recovery could not mend stays broken: the files are what they were. */
function bringOnline(database: SqlDatabase): void {
  if (database.state === 'SUSPECT')
    throw new SqlError(
      926,
      14,
      1,
      `Database '${database.name}' cannot be opened. It has been marked SUSPECT by recovery. See the SQL Server errorlog for more information.`,
    )
  database.state = 'ONLINE'
}

const othersIn = (x: Execution, database: SqlDatabase) =>
  x.session.instance.usersOf(database).filter((other) => other !== x.session)

async function takeOver(x: Execution, database: SqlDatabase, termination: Termination): Promise<void> {
  const others = othersIn(x, database)
  if (others.length === 0) return
  const { instance, settings } = x.session
  if (termination === 'noWait') {
    const text = `Database state cannot be changed while other users are using the database '${database.name}'`
    throw new SqlError(5070, 16, 2, text)
  }
  const isFree = () => instance.isFree(database, x.session)
  const left = (timeoutMs: number) => instance.departures.until(isFree, { timeoutMs, signal: x.signal })
  if (termination === undefined) {
    if (await left(settings.lockTimeoutMs)) return
    const text = `ALTER DATABASE failed because a lock could not be placed on database '${database.name}'. Try again later.`
    throw new SqlError(5061, 16, 1, text)
  }
  const gone = termination.afterSeconds > 0 && (await left(termination.afterSeconds * 1_000))
  if (gone) return
  x.sink.message({
    ...{ number: 5060, class: 10, state: 1, procedure: x.frame.procedure, line: 1 },
    text: 'Nonqualified transactions are being rolled back. Estimated rollback completion: 100%.',
  })
  for (const other of othersIn(x, database)) other.end()
  await left(-1)
}
