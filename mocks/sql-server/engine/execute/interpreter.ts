/** Runs statements one after another: control flow, TRY, and what an error does to the batch. */

import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { atCall, Cancelled, SqlError, unsupported } from '../sql-error.ts'
import { isCorrupt, isOverflow, isTooBig } from '../storage/store.ts'
import { dropOwnTemporaries } from './create-table.ts'
import { dispatch } from './dispatch.ts'
import { evaluateCondition } from './evaluate.ts'
import { type Execution, throwIfCancelled } from './execution.ts'
import { rethrow } from './messages.ts'
import { tellNotices } from './notices.ts'
import { ReadElsewhere, readThere } from './read-elsewhere.ts'
import { beginImplicit, rollbackAll } from './transactions.ts'

export type Flow = 'next' | 'break' | 'continue' | 'return' | `goto ${string}`

/** Ends the batch: its error has been told. */
export class BatchEnded extends Error {
  override readonly name = 'BatchEnded'
}

export async function runStatements(x: Execution, statements: readonly Statement[]): Promise<void> {
  const { session } = x
  session.frames.push(x.frame)
  try {
    const flow = await runList(x, statements)
    if (flow.startsWith('goto ')) throw noLabel(x, flow.slice(5))
  } catch (error) {
    if (!(error instanceof BatchEnded) || x.frame.depth > 0) throw error
  } finally {
    session.frames.pop()
    dropTableVariables(x)
    if (x.frame.temporaries.size > 0) dropOwnTemporaries(x)
    if (x.frame.depth === 0 && session.transaction.doomed) endDoomed(x)
  }
}

/** A batch may not leave a doomed transaction behind. */
function endDoomed(x: Execution): void {
  rollbackAll(x)
  tell(
    x,
    new SqlError(
      3998,
      16,
      1,
      'Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.',
    ),
    false,
  )
}

function dropTableVariables(x: Execution): void {
  if (x.frame.tables.size === 0) return
  for (const [name, table] of x.frame.tables)
    if (!x.frame.borrowed?.has(name))
      x.session.store(x.session.database).exec(`DROP TABLE IF EXISTS temp."t${table.id}"`)
  x.frame.tables.clear()
  x.session.touchTemporaries()
}

async function runList(x: Execution, statements: readonly Statement[]): Promise<Flow> {
  for (let at = 0; at < statements.length; at += 1) {
    const statement = statements[at]
    if (!statement) break
    const running = runOne(x, statement)
    const flow = running instanceof Promise ? await running : running
    if (flow === 'next') continue
    if (!flow.startsWith('goto ')) return flow
    const label = flow.slice(5)
    const target = statements.findIndex((other) => other.kind === 'label' && other.name.toLowerCase() === label)
    if (target === -1) return flow
    // A jump back may be a loop without end.
    if (target <= at) await new Promise((resolve) => setImmediate(resolve))
    at = target
  }
  return 'next'
}

/** Told here, as the whole batch would have been refused for it. */
function noLabel(x: Execution, label: string): BatchEnded {
  tell(
    x,
    new SqlError(133, 15, 1, `A GOTO statement references the label '${label}' but the label has not been declared.`),
    false,
  )
  return new BatchEnded()
}

function runOne(x: Execution, statement: Statement): Promise<Flow> | Flow {
  throwIfCancelled(x)
  if (x.session.settings.dry && statement.kind !== 'setOption') return 'next'
  switch (statement.kind) {
    case 'if':
      return runIf(x, statement)
    case 'while':
      return runWhile(x, statement)
    case 'block':
      return runList(x, statement.body)
    case 'try':
      return runTry(x, statement)
    case 'break':
    case 'continue':
      return statement.kind
    case 'throw':
      if (!statement.number) {
        const current = x.session.caught.at(-1)
        if (!current) throw errors.throwOutside(statement.line)
        return guarded<Flow>(x, statement, () => rethrow(current), 'next')
      }
      break
    default:
  }
  return guarded<Flow>(
    x,
    statement,
    (s) => {
      beginImplicit(x, s)
      return dispatch(x, s)
    },
    'next',
  )
}

type Work<T> = (statement: Statement) => Promise<T> | T

/** Runs one statement; what fails gives `failed`. Gives no promise where nothing waits, as in most statements. */
function guarded<T>(x: Execution, statement: Statement, work: Work<T>, failed: T): Promise<T> | T {
  let result: Promise<T> | T
  try {
    result = work(statement)
  } catch (thrown) {
    result = Promise.reject(thrown)
  }
  if (result instanceof Promise) return awaited(x, statement, work, result, failed)
  succeeded(x, statement)
  return result
}

function succeeded(x: Execution, statement: Statement): void {
  const { session } = x
  if (session.notices.size > 0) tellNotices(x, statement.line)
  if (!keepsError.has(statement.kind)) session.error = 0
}

/** Awaits a statement and deals with its error: to CATCH, to the client, and to the transaction. */
async function awaited<T>(
  x: Execution,
  statement: Statement,
  work: Work<T>,
  pending: Promise<T>,
  failed: T,
): Promise<T> {
  const { session } = x
  try {
    let result = failed
    try {
      result = await pending
    } catch (thrown) {
      if (!(thrown instanceof ReadElsewhere)) throw thrown
      result = await readThere(x, thrown, statement, work)
    }
    succeeded(x, statement)
    return result
  } catch (thrown) {
    const error = asServerError(x, thrown)
    if (error instanceof Cancelled) {
      if (session.settings.switches.has('XACT_ABORT') && session.transaction.active) rollbackAll(x)
      throw error
    }
    if (!(error instanceof SqlError)) throw error
    if (error.line === 0) error.line = statement.line
    if (error.procedure === '') error.procedure = x.frame.procedure
    session.error = (error.others.at(-1) ?? error).number
    const fatalToTransaction = fatal.has(error.number)
    const abort = session.settings.switches.has('XACT_ABORT') && !error.raised && error.class > 10
    if (fatalToTransaction && session.transaction.active && session.tryDepth === 0) rollbackAll(x)
    else if (
      (abort || fatalToTransaction || error.number === 245 || error.number === 241) &&
      session.transaction.active &&
      session.tryDepth > 0
    ) {
      if (fatalToTransaction) rollbackAll(x)
      else if (abort || error.endsBatch) session.transaction.doomed = true
    }
    if (session.tryDepth > 0 && error.class < 20) throw error
    if (abort && session.transaction.active) rollbackAll(x)
    if (error.class >= 20) tellEnd(x, error)
    else tell(x, error, terminated.has(error.number) && writes(statement))
    if (error.endsBatch || abort || error.class >= 19) throw new BatchEnded()
    return failed
  }
}

/** Errors of class 20 and above end the connection. */
function tellEnd(x: Execution, error: SqlError): void {
  const { spid } = x.session
  reportError(x, errors.userErrorEnds(spid, error))
  reportError(x, error)
  x.sink.message({
    ...{ number: 596, class: 21, state: 1, procedure: '', line: 0 },
    text: 'Cannot continue the execution because the session is in the kill state.',
  })
  x.sink.done({ kind: x.frame.done, command: statementCodes.none, error: true })
  x.session.dead = true
}

/** What SQLite itself refuses is a limit of the simulator: told as one, and the session goes on. */
export function asServerError(x: Execution, error: unknown): unknown {
  if (error instanceof RangeError && error.message.includes('call stack')) return errors.stackLimit()
  if (isTooBig(error)) return errors.outOfMemory()
  if (isCorrupt(error)) return errors.inconsistent(x.session.database.name)
  if (isOverflow(error)) return errors.overflow('expression', 'bigint')
  if (!(error instanceof Error) || error instanceof SqlError || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR')
    return error
  x.session.instance.options.journal({ type: 'internal-error', spid: x.session.spid, text: error.message })
  return unsupported(`this statement (SQLite: ${error.message})`)
}

/** They end the transaction by themselves. */
const fatal = new Set([1205, 1105, 1101, 3960, 3961])
/** PRINT and SET of a variable leave @@ERROR as it is read; IF resets it too, but tests read it first. */
const keepsError = new Set<Statement['kind']>(['nothing'])
/** Errors that are followed by 3621 where a statement that changes something ends with them. */
export const terminated: ReadonlySet<number> = new Set([
  515, 547, 1505, 2601, 2627, 2628, 8152, 8134, 8115, 220, 512, 242, 232,
])

const writing: ReadonlySet<Statement['kind']> = new Set([
  'insert',
  'update',
  'delete',
  'merge',
  'createIndex',
  'alterTable',
])

const writes = (statement: Statement): boolean =>
  writing.has(statement.kind) ||
  (statement.kind === 'query' && statement.query.body.kind === 'select' && statement.query.body.into !== undefined)

const lineOf = ({ line }: SqlError): number => (line === atCall ? 0 : line || 1)

/** What the quotation mark opens may be a password: the client knows it, the journal need not. */
const unclosed = 'Unclosed quotation mark after a character string.'

export function reportError(x: Execution, error: SqlError): void {
  x.sink.message({
    number: error.number,
    state: error.state,
    class: error.class,
    text: error.message,
    procedure: error.procedure,
    line: lineOf(error),
  })
  x.session.instance.options.journal({
    type: 'error',
    spid: x.session.spid,
    number: error.number,
    class: error.class,
    state: error.state,
    text: error.number === 105 ? unclosed : error.message,
  })
  for (const other of error.others) {
    if (other.line === 0) other.line = error.line
    reportError(x, other)
  }
}

export function tell(
  x: Execution,
  error: SqlError,
  withTerminated: boolean,
  command: number = statementCodes.none,
): void {
  reportError(x, error)
  if (withTerminated)
    x.sink.message({
      number: 3621,
      state: 0,
      class: 0,
      text: 'The statement has been terminated.',
      procedure: error.procedure,
      line: lineOf(error),
    })
  x.sink.done({ kind: x.frame.done, command, error: true })
}

async function runIf(x: Execution, statement: Extract<Statement, { kind: 'if' }>): Promise<Flow> {
  // Asked for the form alone, the server goes both ways.
  const both = x.session.settings.switches.has('FMTONLY')
  const holds = !both && (await conditionOf(x, statement))
  if (both) await runOne(x, statement.then)
  if (holds) return runOne(x, statement.then)
  return statement.otherwise ? runOne(x, statement.otherwise) : 'next'
}

const conditionOf = (
  x: Execution,
  statement: Extract<Statement, { kind: 'if' | 'while' }>,
): Promise<boolean> | boolean => guarded(x, statement, () => evaluateCondition(x, statement.condition), false)

const turnsBetweenBreaths = 256

async function runWhile(x: Execution, statement: Extract<Statement, { kind: 'while' }>): Promise<Flow> {
  for (let turn = 1; ; turn += 1) {
    const asked = conditionOf(x, statement)
    if (!(asked instanceof Promise ? await asked : asked)) return 'next'
    const running = runOne(x, statement.body)
    const flow = running instanceof Promise ? await running : running
    if (flow === 'break') return 'next'
    if (flow !== 'next' && flow !== 'continue') return flow
    // A loop without end must let the attention through that ends it.
    if (turn % turnsBetweenBreaths === 0) await (x.sink.breathe() ?? new Promise((resolve) => setImmediate(resolve)))
    throwIfCancelled(x)
  }
}

async function runTry(x: Execution, statement: Extract<Statement, { kind: 'try' }>): Promise<Flow> {
  const { session } = x
  const frames = session.frames.length
  const nesting = session.nesting
  session.tryDepth += 1
  const depth = session.tryDepth
  let caught: SqlError
  try {
    const flow = await runList(x, statement.body)
    session.tryDepth = depth - 1
    return flow
  } catch (error) {
    session.tryDepth = depth - 1
    // Only what the server itself says goes to CATCH; class 20 ends the connection.
    if (!(error instanceof SqlError) || error.class >= 20) throw error
    // Of several errors CATCH learns the last.
    caught = error.others.at(-1) ?? error
  }
  session.frames.length = frames
  session.nesting = nesting
  session.caught.push(caught)
  try {
    return await runList(x, statement.handler)
  } finally {
    session.caught.pop()
  }
}
