/** CREATE, ALTER and DROP DATABASE. */

import { hasPermission, hasServerPermission, requireServer } from '../../security/permissions.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import { needCollation } from '../binder/type-of-ref.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { setDatabaseOptions } from './database-options.ts'
import type { Execution } from './execution.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

const isSystem = (database: SqlDatabase): boolean => database.id <= 4

export async function runDatabaseStatement(x: Execution, s: Of<'createDatabase' | 'alterDatabase'>): Promise<void> {
  if (s.kind === 'createDatabase') create(x, s)
  else await alter(x, s)
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

async function alter(x: Execution, s: Of<'alterDatabase'>): Promise<void> {
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
  } else await setDatabaseOptions(x, database, action.options, action.termination)
  x.sink.done({ kind: x.frame.done, command: 0xd8 })
}

function saveMeta(x: Execution, database: SqlDatabase): void {
  database.writeMeta(x.session.store(database))
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
