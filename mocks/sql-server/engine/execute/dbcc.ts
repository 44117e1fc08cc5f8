/** The DBCC commands that tools and applications run. */
import { hasServerPermission, requireObject } from '../../security/permissions.ts'
import { rightsOf } from '../../security/rights.ts'
import type { Cell } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { splitName } from '../udf/object-functions.ts'
import { sendUserOptions } from './dbcc-user-options.ts'
import { evaluate } from './evaluate.ts'
import type { Execution } from './execution.ts'
import { storeIdentity } from './identity-values.ts'
import { write } from './insert.ts'
import { findTable } from './resolve-target.ts'

type Dbcc = Extract<Statement, { kind: 'dbcc' }>

/** They would change nothing that can be seen here. */
const quiet = new Set([
  'FREEPROCCACHE',
  'DROPCLEANBUFFERS',
  'FREESYSTEMCACHE',
  'FREESESSIONCACHE',
  'UPDATEUSAGE',
  'CLEANTABLE',
  'TRACEON',
  'TRACEOFF',
  'TRACESTATUS',
  'SHRINKDATABASE',
  'SHRINKFILE',
  'DBREINDEX',
  'INDEXDEFRAG',
])
const serverWide = new Set([
  'FREEPROCCACHE',
  'DROPCLEANBUFFERS',
  'FREESYSTEMCACHE',
  'FREESESSIONCACHE',
  'TRACEON',
  'TRACEOFF',
])
const ofOwner = new Set(['UPDATEUSAGE', 'SHRINKDATABASE', 'SHRINKFILE'])
const checks = new Set(['CHECKDB', 'CHECKTABLE', 'CHECKCATALOG', 'CHECKALLOC', 'CHECKFILEGROUP', 'CHECKCONSTRAINTS'])

/** Whoever owns the database, or the server's state, may; the others read their own settings. */
function requireDbcc(x: Execution, command: string, database: SqlDatabase): void {
  const { session } = x
  const refused = (number: number, text: string) =>
    new SqlError(
      number,
      14,
      number === 7983 ? 36 : 3,
      `User '${session.userName()}' does not have permission to run DBCC ${text}.`,
    )
  if (serverWide.has(command) && !hasServerPermission(session, 'ALTER SERVER STATE')) throw refused(2571, command)
  if (!checks.has(command) && !ofOwner.has(command)) return
  const rights = rightsOf(session, database)
  if (rights.unlimited || rights.names.has('db_owner')) return
  if (checks.has(command)) throw refused(7983, `${command.toLowerCase()} for database '${database.name}'`)
  throw refused(2571, command)
}

export async function runDbcc(x: Execution, s: Dbcc): Promise<void> {
  const values: Cell[] = []
  for (const arg of s.args) values.push((await evaluate(x, arg)).value)
  const say = (text: string, number = 2528) => {
    if (!s.options.includes('NO_INFOMSGS'))
      x.sink.message({ number, state: 1, class: 0, text, procedure: x.frame.procedure, line: s.line })
  }
  requireDbcc(x, s.command, x.session.database)
  if (s.command === 'CHECKIDENT') await checkIdentity(x, s, values, say)
  else if (s.command === 'USEROPTIONS') sendUserOptions(x)
  else if (s.command === 'OPENTRAN') say('No active open transactions.', 7968)
  else if (checks.has(s.command)) check(x, s, values, say)
  else if (!quiet.has(s.command)) throw unsupported(`DBCC ${s.command}`, s.line)
  say('DBCC execution completed. If DBCC printed error messages, contact your system administrator.')
  x.sink.done({ kind: x.frame.done, command: statementCodes.dbcc })
}

function check(x: Execution, s: Dbcc, values: readonly Cell[], say: (text: string, number?: number) => void): void {
  const { session } = x
  const named =
    s.command === 'CHECKDB' && values[0] !== undefined && values[0] !== 0 ? String(values[0]) : session.database.name
  const database = session.instance.findDatabase(named)
  if (!database) throw errors.noDatabase(named)
  requireDbcc(x, s.command, database)
  const [result] = session.store(database).all('PRAGMA quick_check')
  if (result?.[0] !== 'ok') throw errors.inconsistent(database.name)
  if (s.command === 'CHECKDB')
    say(`CHECKDB found 0 allocation errors and 0 consistency errors in database '${database.name}'.`, 8989)
}

async function checkIdentity(
  x: Execution,
  s: Dbcc,
  values: readonly Cell[],
  say: (text: string, number?: number) => void,
): Promise<void> {
  const name = splitName(String(values[0] ?? ''))
  let target: ReturnType<typeof findTable>
  try {
    target = findTable(x, name, s.line)
  } catch (error) {
    if (error instanceof SqlError && error.number === 208)
      throw new SqlError(
        2501,
        16,
        45,
        `Cannot find a table or object with the name "${String(values[0])}". Check the system catalog.`,
      )
    throw error
  }
  requireObject(x, target.database, 'ALTER', target.table)
  const { table } = target
  const column = table.columns.find((candidate) => candidate.identity)
  if (!column?.identity) throw new SqlError(7997, 16, 1, `'${table.name}' does not contain an identity column.`)
  const known = x.session.identitiesOf(table)
  const current = known.get(table.id)
  const shown = current === undefined ? 'NULL' : String(current)
  const mode = String(values[1] ?? 'RESEED').toUpperCase()
  const store = x.session.store(target.database)
  const most = store.all(
    `SELECT ${column.identity.increment > 0 ? 'max' : 'min'}(c${column.id}) FROM ${target.sql}`,
    [],
    true,
  )[0]?.[0]
  const highest = typeof most === 'bigint' || typeof most === 'number' ? BigInt(most) : undefined
  if (mode === 'NORESEED') {
    say(
      `Checking identity information: current identity value '${shown}', current column value '${highest ?? 'NULL'}'.`,
      7998,
    )
    return
  }
  if (values.length > 2) {
    const wanted = BigInt(String(values[2] ?? 0))
    // A table that never had a row gives the new value itself first.
    const first = current === undefined
    const next = first ? wanted - BigInt(column.identity.increment) : wanted
    await write(x, target, (writing) => {
      known.set(table.id, next)
      storeIdentity(x, writing, table)
    })
    say(`Checking identity information: current identity value '${shown}'.`, 7999)
    return
  }
  if (
    highest !== undefined &&
    (current === undefined || (column.identity.increment > 0 ? highest > current : highest < current))
  )
    await write(x, target, (writing) => {
      known.set(table.id, highest)
      storeIdentity(x, writing, table)
    })
  say(
    `Checking identity information: current identity value '${shown}', current column value '${highest ?? 'NULL'}'.`,
    7998,
  )
}
