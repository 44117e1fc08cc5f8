/** CREATE, ALTER and DROP DATABASE, and USE. */

import { canUse, hasPermission, hasServerPermission, requireServer } from '../../security/permissions.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import { needCollation } from '../binder/type-of-ref.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { Execution } from './execution.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

const isSystem = (database: SqlDatabase): boolean => database.id <= 4

export function runUse(x: Execution, name: string): void {
  const { session, sink } = x
  const database = session.instance.findDatabase(name)
  if (!database) throw errors.noDatabase(name)
  if (database.state !== 'ONLINE') throw errors.offline(database.name)
  if (!canUse(session.instance, session.login, database)) throw errors.noAccess(session.login.name, database.name)
  if (database.access === 'SINGLE_USER' && session.instance.usersOf(database).some((other) => other !== session)) {
    throw new SqlError(924, 14, 1, `Database '${database.name}' is already open and can only have one user at a time.`)
  }
  const old = session.database
  if (database !== old && session.temporaries().length > 0) throw unsupported('USE while temporary tables exist')
  session.use(database)
  sink.envChange({ type: 'database', value: database.name, old: old.name })
  sink.envChange({ type: 'collation', value: database.collation, old: old.collation })
  sink.message({
    number: 5701,
    state: 1,
    class: 0,
    text: `Changed database context to '${database.name}'.`,
    procedure: x.frame.procedure,
    line: 1,
  })
}

export async function runDatabaseStatement(x: Execution, s: Of<'createDatabase' | 'alterDatabase'>): Promise<void> {
  if (s.kind === 'createDatabase') create(x, s)
  else alter(x, s)
}

function notInTransaction(x: Execution, statement: string): void {
  if (x.session.transaction.active)
    throw new SqlError(226, 16, 6, `${statement} statement not allowed within multi-statement transaction.`)
}

function create(x: Execution, s: Of<'createDatabase'>): void {
  const { session } = x
  notInTransaction(x, 'CREATE DATABASE')
  requireServer(
    session,
    'CREATE ANY DATABASE',
    () => new SqlError(262, 14, 1, "CREATE DATABASE permission denied in database 'master'."),
  )
  if (session.instance.findDatabase(s.name)) throw errors.databaseExists(s.name)
  const collation = s.collation ? needCollation(s.collation) : session.instance.collation
  const database = session.instance.addDatabase(s.name, collation)
  // Its creator owns it.
  const dbo = database.catalog.principal('dbo')
  const { name: login, sid } = session.login
  if (dbo) database.catalog = database.catalog.changed([{ ...dbo, login, sid }])
  database.giveBack(database.open())
  x.sink.done({ kind: x.frame.done, command: statementCodes.createDatabase })
}

function needDatabase(x: Execution, name: string, verb: string): SqlDatabase {
  const database = name === '' ? x.session.database : x.session.instance.findDatabase(name)
  if (!database)
    throw verb === 'drop'
      ? errors.cannotDrop('database', name)
      : new SqlError(
          5011,
          14,
          5,
          `User does not have permission to alter database '${name}', the database does not exist, or the database is not in a state that allows access checks.`,
        )
  return database
}

function alter(x: Execution, s: Of<'alterDatabase'>): void {
  const { session } = x
  const database = needDatabase(x, s.name, 'alter')
  if (!hasPermission(session, database, 'ALTER')) {
    throw new SqlError(
      5011,
      14,
      5,
      `User does not have permission to alter database '${database.name}', the database does not exist, or the database is not in a state that allows access checks.`,
    )
  }
  const { action } = s
  if (action.kind === 'collate') {
    database.collation = needCollation(action.collation)
    saveMeta(x, database)
  } else if (action.kind === 'rename') {
    if (session.instance.findDatabase(action.name)) throw errors.databaseExists(action.name)
    if (session.instance.usersOf(database).some((other) => other !== session))
      throw new SqlError(5030, 16, 2, 'The database could not be exclusively locked to perform the operation.')
    session.instance.renameDatabase(database, action.name)
    saveMeta(x, database)
  } else setOptions(x, database, action.options, action.rollback)
  x.sink.done({ kind: x.frame.done, command: 0xd8 })
}

function saveMeta(x: Execution, database: SqlDatabase): void {
  database.writeMeta(x.session.store(database))
}

/** Options that change nothing here but are often set. */
const harmless =
  /^(COMPATIBILITY_LEVEL|AUTO_|PAGE_VERIFY|ANSI_|ARITHABORT|CONCAT_NULL|NUMERIC_ROUNDABORT|QUOTED_IDENTIFIER|RECURSIVE_TRIGGERS|DATE_CORRELATION|PARAMETERIZATION|TARGET_RECOVERY|DELAYED_DURABILITY|CURSOR_|QUERY_STORE|DB_CHAINING OFF|DISABLE_BROKER|(ALLOW_SNAPSHOT_ISOLATION|READ_COMMITTED_SNAPSHOT) OFF)/

function setOptions(x: Execution, database: SqlDatabase, options: string, rollback: boolean): void {
  const { session } = x
  const others = session.instance.usersOf(database).filter((other) => other !== session)
  const takeOver = () => {
    if (others.length === 0) return
    if (!rollback)
      throw new SqlError(
        5070,
        16,
        2,
        "Database state cannot be changed while other users are using the database '%s'".replace('%s', database.name),
      )
    for (const other of others) other.end()
  }
  const recovery = /^RECOVERY (FULL|SIMPLE|BULK_LOGGED)$/.exec(options)
  if (recovery?.[1]) {
    database.recovery = recovery[1] as SqlDatabase['recovery']
    saveMeta(x, database)
  } else if (options === 'SINGLE_USER' || options === 'RESTRICTED_USER') {
    takeOver()
    database.access = options
    saveMeta(x, database)
  } else if (options === 'MULTI_USER') {
    database.access = 'MULTI_USER'
    saveMeta(x, database)
  } else if (options === 'READ_ONLY' || options === 'READ_WRITE') {
    takeOver()
    database.readOnly = options === 'READ_ONLY'
    saveMeta(x, database)
  } else if (options === 'TRUSTWORTHY ON' || options === 'TRUSTWORTHY OFF') {
    requireServer(session, 'CONTROL SERVER')
    database.trustworthy = options === 'TRUSTWORTHY ON'
    session.instance.security.touch()
    saveMeta(x, database)
  } else if (options === 'OFFLINE') {
    if (isSystem(database))
      throw new SqlError(5058, 16, 1, `Option 'OFFLINE' cannot be set in database '${database.name}'.`)
    takeOver()
    database.state = 'OFFLINE'
    saveMeta(x, database)
    session.instance.releaseFile(database)
  } else if (options === 'ONLINE') {
    database.state = 'ONLINE'
    saveMeta(x, database)
  } else if (!harmless.test(options)) throw unsupported(`ALTER DATABASE SET ${options}`)
}

export async function dropDatabase(x: Execution, name: string, ifExists: boolean): Promise<void> {
  const { session } = x
  notInTransaction(x, 'DROP DATABASE')
  if (ifExists && !session.instance.findDatabase(name)) return
  const database = needDatabase(x, name, 'drop')
  if (isSystem(database))
    throw new SqlError(3708, 16, 4, `Cannot drop the database '${database.name}' because it is a system database.`)
  if (!hasPermission(session, database, 'CONTROL') && !hasServerPermission(session, 'ALTER ANY DATABASE'))
    throw errors.cannotDrop('database', name)
  if (session.instance.usersOf(database).length > 0) throw errors.databaseInUse(database.name)
  session.instance.removeDatabase(database)
}
