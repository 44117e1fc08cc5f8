/** BEGIN, COMMIT, ROLLBACK and SAVE, from T-SQL and from the transaction manager's requests. */

import { statementCodes } from '../../tds/tokens/done.ts'
import type { TransactionRequest } from '../../tds/transaction-request.ts'
import type { Statement } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { Cancelled, SqlError, unsupported } from '../sql-error.ts'
import { evaluate } from './evaluate.ts'
import type { Execution } from './execution.ts'
import { reportError } from './interpreter.ts'

export function rollbackAll(x: Execution): void {
  const change = x.session.transaction.rollback()
  if (change) x.sink.envChange(change)
}

const starts = new Set<Statement['kind']>([
  'insert',
  'update',
  'delete',
  'merge',
  'truncate',
  'createTable',
  'alterTable',
  'drop',
  'createIndex',
  'dropIndex',
  'permission',
  'insertBulk',
])

/** SET IMPLICIT_TRANSACTIONS ON: the first statement that touches data begins a transaction. */
export function beginImplicit(x: Execution, statement: Statement): void {
  const { session } = x
  if (!session.settings.switches.has('IMPLICIT_TRANSACTIONS') || session.transaction.active) return
  const touches =
    starts.has(statement.kind) ||
    (statement.kind === 'query' && statement.query.body.kind === 'select' && statement.query.body.from !== undefined)
  if (touches) begin(x, '')
}

function begin(x: Execution, name: string): void {
  const change = x.session.transaction.begin(name)
  if (change) x.sink.envChange(change)
}

function commit(x: Execution): void {
  const change = x.session.transaction.commit()
  if (change) x.sink.envChange(change)
}

function rollback(x: Execution, name: string): void {
  const { transaction } = x.session
  if (!transaction.active) throw errors.noRollback()
  if (name === '' || name.toLowerCase() === transaction.name.toLowerCase()) {
    rollbackAll(x)
    return
  }
  if (transaction.doomed) throw errors.doomedSavepoint()
  if (!transaction.rollbackTo(name)) throw errors.noSavepoint(name)
}

type TransactionStatement = Extract<Statement, { kind: 'begin' | 'commit' | 'rollback' | 'save' }>

const nameOf = (x: Execution, name: string | undefined): string =>
  name?.startsWith('@') ? String(x.frame.variables.get(name.toLowerCase())?.value ?? '') : (name ?? '')

export async function runTransactionStatement(x: Execution, statement: TransactionStatement): Promise<void> {
  switch (statement.kind) {
    case 'begin': {
      const { name } = statement
      begin(x, typeof name === 'object' ? String((await evaluate(x, name)).value ?? '') : (name ?? ''))
      break
    }
    case 'commit':
      commit(x)
      break
    case 'rollback':
      rollback(x, nameOf(x, statement.name))
      break
    case 'save':
      x.session.transaction.save(nameOf(x, statement.name))
      break
  }
  x.sink.done({
    kind: x.frame.done,
    command: statement.kind === 'save' ? statementCodes.begin : statementCodes[statement.kind],
  })
}

function applyIsolation(x: Execution, level: number): void {
  if (level > 0 && level <= 5) x.session.settings.isolation = level
}

function perform(x: Execution, request: TransactionRequest): number {
  switch (request.kind) {
    case 'begin':
      applyIsolation(x, request.isolation)
      begin(x, request.name)
      return statementCodes.begin
    case 'commit':
    case 'rollback':
      if (request.kind === 'commit') commit(x)
      else rollback(x, request.name)
      if (request.next) {
        applyIsolation(x, request.next.isolation)
        begin(x, request.next.name)
      }
      return statementCodes[request.kind]
    case 'save':
      x.session.transaction.save(request.name)
      return statementCodes.begin
    case 'dtc-address':
      throw unsupported('distributed transactions')
    case 'unsupported':
      throw unsupported(`transaction manager request ${request.type}`)
  }
}

export async function runTransactionRequest(x: Execution, request: TransactionRequest): Promise<void> {
  if (x.signal.aborted) throw new Cancelled()
  try {
    x.sink.done({ kind: 'done', command: perform(x, request) })
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    reportError(x, error)
    x.sink.done({ kind: 'done', command: 0, error: true })
  }
}
