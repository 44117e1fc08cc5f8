/** What a client asks for, one request at a time: each runs in an execution of its own and leaves the session tidy. */
import type { ByteSource } from '../../tds/byte-source.ts'
import type { RpcRequest } from '../../tds/rpc.ts'
import type { TokenForm } from '../../tds/tokens/token-codes.ts'
import type { TransactionRequest } from '../../tds/transaction-request.ts'
import { errors } from '../errors.ts'
import type { ResultSink } from '../result-sink.ts'
import { newFrame } from '../session/frame.ts'
import { dropLeft } from '../session/global-temporaries.ts'
import type { SqlSession } from '../session.ts'
import { runBatchText } from './batch.ts'
import type { Execution } from './execution.ts'
import { reportError } from './interpreter.ts'
import { runRpcs } from './rpc.ts'
import { runTransactionRequest } from './transactions.ts'

function execution(
  session: SqlSession,
  sink: ResultSink,
  signal: AbortSignal,
  done: 'done' | 'doneInProc' = 'done',
): Execution {
  const frame = newFrame({
    depth: 0,
    done,
    quotedIdentifier: session.settings.switches.has('QUOTED_IDENTIFIER'),
    scopeIdentity: session.scopeIdentity,
  })
  return { session, sink, signal, frame }
}

export function runBatch(session: SqlSession, text: string, sink: ResultSink, signal: AbortSignal): Promise<void> {
  return request(session, () => runBatchText(execution(session, sink, signal), text), sink)
}

export function runRpc(
  session: SqlSession,
  requests: readonly RpcRequest[],
  sink: ResultSink,
  signal: AbortSignal,
): Promise<void> {
  return request(session, () => runRpcs(execution(session, sink, signal, 'doneInProc'), requests), sink)
}

export function runTransaction(
  session: SqlSession,
  asked: TransactionRequest,
  sink: ResultSink,
  signal: AbortSignal,
): Promise<void> {
  return request(session, () => runTransactionRequest(execution(session, sink, signal), asked), sink)
}

/** The rows of a bulk load that the request before has announced. */
export async function runBulkRows(
  session: SqlSession,
  rows: { readonly source: ByteSource; readonly form: TokenForm },
  sink: ResultSink,
  signal: AbortSignal,
): Promise<void> {
  const { runBulkLoad } = await import('./bulk-load.ts')
  const plan = session.bulk
  session.bulk = undefined
  await request(session, () => runBulkLoad(execution(session, sink, signal), plan, rows.source, rows.form))
}

async function request(session: SqlSession, work: () => Promise<void>, sink?: ResultSink): Promise<void> {
  if (sink && session.bulk) {
    session.bulk = undefined
    reportError(execution(session, sink, AbortSignal.abort()), errors.bulkExpected())
    sink.done({ kind: 'done', command: 0, error: true })
    return
  }
  session.running = true
  session.statementTime = session.instance.options.now()
  try {
    await work()
  } finally {
    session.running = false
    session.frames.length = 0
    session.inInsertExec = false
    session.caught.length = 0
    session.nesting = 0
    session.tryDepth = 0
    if (session.instance.leftTemporaries.size > 0) dropLeft(session.instance)
  }
}
