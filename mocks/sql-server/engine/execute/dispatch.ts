/** Every statement to the file of its family. Families that many servers never meet are loaded when the first of them comes. */
import { setTimeout as delay } from 'node:timers/promises'
import { requireServer } from '../../security/permissions.ts'
import { types } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import { Cancelled, SqlError, unsupported } from '../sql-error.ts'
import { runChange } from './change-statement.ts'
import { runCreateTable } from './create-table.ts'
import { evaluate } from './evaluate.ts'
import type { Execution } from './execution.ts'
import { onlyFormat } from './format-only.ts'
import { setIdentityInsert } from './identity-insert.ts'
import type { Flow } from './interpreter.ts'
import { runPrint, runRaiserror, runThrow } from './messages.ts'
import { otherDatabase } from './other-database.ts'
import { rememberSettings } from './own-settings.ts'
import { runExec, runExecString } from './procedure.ts'
import { runSelect } from './select.ts'
import { runSequence } from './sequences.ts'
import { runDeclare, runSetOption, runSetValue, runSetVariable } from './set.ts'
import { runCreateSynonym } from './synonyms.ts'
import { runTransactionStatement } from './transactions.ts'
import { runUse } from './use.ts'
import { runCreateType } from './user-types.ts'

const done = (x: Execution, command: number): void => x.sink.done({ kind: x.frame.done, command })

export function dispatch(x: Execution, s: Statement): Promise<Flow> | Flow {
  if (x.session.settings.switches.has('FMTONLY') && onlyFormat(x, s)) return 'next'
  const other = otherDatabase(x, s)
  if (other) return x.session.within(other, () => run(x, s))
  if (s.kind === 'query') return next(runSelect(x, s))
  if (s.kind === 'setVariable') return next(runSetVariable(x, s))
  return run(x, s)
}

/** What runs often and seldom waits gives no promise then. */
const next = (running: Promise<void> | undefined): Promise<Flow> | Flow => (running ? running.then(goOn) : 'next')
const goOn = (): Flow => 'next'

async function run(x: Execution, s: Statement): Promise<Flow> {
  switch (s.kind) {
    case 'query':
      await runSelect(x, s)
      return 'next'
    case 'insert':
    case 'update':
    case 'delete':
    case 'truncate':
    case 'merge':
      await runChange(x, s)
      return 'next'
    case 'declare':
      await runDeclare(x, s)
      return 'next'
    case 'setVariable':
      await runSetVariable(x, s)
      return 'next'
    case 'setOption':
      rememberSettings(x)
      runSetOption(x, s)
      return 'next'
    case 'setValue':
      rememberSettings(x)
      await runSetValue(x, s)
      return 'next'
    case 'setIsolation':
      rememberSettings(x)
      x.session.settings.isolation = s.level
      done(x, statementCodes.set)
      return 'next'
    case 'setIdentityInsert':
      rememberSettings(x)
      setIdentityInsert(x, s)
      return 'next'
    case 'print':
      await runPrint(x, s)
      done(x, 0)
      return 'next'
    case 'raiserror':
      await runRaiserror(x, s)
      done(x, 0)
      return 'next'
    case 'throw':
      await runThrow(x, s)
      return 'next'
    case 'return':
      if (s.value) x.frame.returnValue = Number((await evaluate(x, s.value, types.int)).value ?? 0)
      return 'return'
    case 'waitfor':
      await waitFor(x, s)
      return 'next'
    case 'begin':
    case 'commit':
    case 'rollback':
    case 'save':
      await runTransactionStatement(x, s)
      return 'next'
    case 'exec':
      await runExec(x, s)
      return 'next'
    case 'execString':
      await runExecString(x, s)
      if (x.frame.depth === 0 && x.frame.done === 'done')
        x.sink.done({ kind: 'doneProc', command: statementCodes.execute })
      return 'next'
    case 'createTable':
      await runCreateTable(x, s)
      return 'next'
    case 'alterTable':
      await (await import('./alter-table.ts')).runAlterTable(x, s)
      return 'next'
    case 'createType':
      await runCreateType(x, s)
      return 'next'
    case 'createIndex':
      await (await import('./create-index.ts')).runCreateIndex(x, s)
      return 'next'
    case 'dropIndex':
      await (await import('./create-index.ts')).runDropIndex(x, s)
      return 'next'
    case 'alterIndex':
    case 'statistics':
      await (await import('./alter-index.ts')).runAlterIndex(x, s)
      return 'next'
    case 'transfer':
      await (await import('./transfer.ts')).runTransfer(x, s)
      return 'next'
    case 'createModule':
      await (await import('./modules.ts')).runCreateModule(x, s)
      return 'next'
    case 'drop':
      await (await import('./drop.ts')).runDrop(x, s)
      return 'next'
    case 'use':
      runUse(x, s.database)
      return 'next'
    case 'createDatabase':
    case 'alterDatabase':
      await (await import('./database-statements.ts')).runDatabaseStatement(x, s)
      return 'next'
    case 'createSchema':
    case 'createLogin':
    case 'alterLogin':
    case 'createUser':
    case 'alterUser':
    case 'createRole':
    case 'alterRole':
    case 'permission':
    case 'alterAuthorization':
    case 'executeAs':
    case 'revert':
      await (await import('./security-statements.ts')).runSecurityStatement(x, s)
      return 'next'
    case 'backup':
      await (await import('./backup.ts')).runBackup(x, s)
      return 'next'
    case 'restore':
      await (await import('./restore.ts')).runRestore(x, s)
      return 'next'
    case 'bulkInsert':
      requireServer(
        x.session,
        'ADMINISTER BULK OPERATIONS',
        () => new SqlError(4834, 16, 1, 'You do not have permission to use the bulk load statement.'),
      )
      await (await import('./bulk-insert.ts')).runBulkInsert(x, s)
      return 'next'
    case 'insertBulk':
      throw unsupported('INSERT BULK inside a procedure or dynamic SQL', s.line)
    case 'enableTrigger':
      await (await import('./create-trigger.ts')).runEnableTrigger(x, s)
      return 'next'
    case 'declareCursor':
      await (await import('../cursors/cursor-statements.ts')).runDeclareCursor(x, s)
      return 'next'
    case 'setCursor':
      await (await import('../cursors/cursor-statements.ts')).runSetCursor(x, s)
      return 'next'
    case 'openCursor':
    case 'closeCursor':
    case 'deallocateCursor':
      await (await import('../cursors/cursor-statements.ts')).runCursorStatement(x, s)
      return 'next'
    case 'fetch':
      await (await import('../cursors/cursor-statements.ts')).runFetch(x, s)
      return 'next'
    case 'createSequence':
    case 'alterSequence':
      await runSequence(x, s)
      return 'next'
    case 'createSynonym':
      await runCreateSynonym(x, s)
      return 'next'
    case 'dbcc':
      await (await import('./dbcc.ts')).runDbcc(x, s)
      return 'next'
    case 'goto':
      return `goto ${s.label.toLowerCase()}`
    case 'label':
      return 'next'
    case 'kill':
      kill(x, s.spid)
      return 'next'
    case 'reconfigure':
      requireServer(
        x.session,
        'ALTER SETTINGS',
        () => new SqlError(5812, 14, 1, 'You do not have permission to run the RECONFIGURE statement.'),
      )
      x.session.instance.configuration.reconfigure()
      done(x, 0)
      return 'next'
    case 'nothing':
      done(x, 0)
      return 'next'
    case 'unsupported':
      throw unsupported(s.what)
    default:
      throw unsupported(`the statement ${s.kind}`)
  }
}

function kill(x: Execution, spid: number): void {
  requireServer(
    x.session,
    'ALTER ANY CONNECTION',
    () => new SqlError(6102, 14, 1, 'User does not have permission to use the KILL statement.'),
  )
  if (spid === x.session.spid) throw new SqlError(6104, 16, 1, 'Cannot use KILL to kill your own process.')
  const session = x.session.instance.sessions().find((candidate) => candidate.spid === spid)
  if (!session) throw new SqlError(6106, 16, 2, `Process ID ${spid} is not an active process ID.`)
  session.end()
  done(x, 0)
}

/** WAITFOR is a timer: the server answers others meanwhile, and an attention ends it. */
async function waitFor(x: Execution, s: Extract<Statement, { kind: 'waitfor' }>): Promise<void> {
  const { value } = await evaluate(x, s.value)
  const parts = /^\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,3}))?)?\s*$/.exec(String(value ?? ''))
  if (!parts)
    throw new SqlError(148, 15, 1, `Incorrect time syntax in time string '${String(value)}' used with WAITFOR.`)
  const ofDay =
    (Number(parts[1]) * 3600 + Number(parts[2]) * 60 + Number(parts[3] ?? 0)) * 1000 +
    Number((parts[4] ?? '0').padEnd(3, '0'))
  const now = x.session.instance.options.now().getTime() % 86_400_000
  const delayMs = s.what === 'DELAY' ? ofDay : (ofDay - now + 86_400_000) % 86_400_000
  await delay(delayMs, undefined, { signal: x.signal }).catch((error: unknown) => {
    throw x.signal.aborted ? new Cancelled() : error
  })
  done(x, 0)
}
