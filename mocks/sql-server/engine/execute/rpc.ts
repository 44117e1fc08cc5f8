/** RPC requests: procedures called with parameters of the wire, [MS-TDS] 2.2.6.6. */
import { type DataType, givenType, maxLength } from '../../tds/data-type.ts'
import type { RpcRequest } from '../../tds/rpc.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import { errors } from '../errors.ts'
import type { Variable } from '../session/frame.ts'
import { SqlError } from '../sql-error.ts'
import { splitName } from '../udf/object-functions.ts'
import type { Execution } from './execution.ts'
import { BatchEnded, reportError } from './interpreter.ts'
import { checkPrepared, prepare, preparing } from './prepared.ts'
import { type Argument, callFunction, callProcedure, scalarFunctionOf } from './procedure.ts'
import { rollbackAll } from './transactions.ts'

const maxParameters = 2100
const isLarge = (type: DataType): boolean => type.length === maxLength || type.name === 'xml'

export async function runRpcs(x: Execution, requests: readonly RpcRequest[]): Promise<void> {
  for (const [i, request] of requests.entries()) {
    x.sink.withoutColumns?.(request.noMetadata)
    await runRpc({ ...x, frame: { ...x.frame, call: true } }, request, i < requests.length - 1)
  }
}

async function runRpc(x: Execution, request: RpcRequest, inBatch: boolean): Promise<void> {
  const { session, sink } = x
  const args = request.parameters.map((parameter): Argument => {
    const place: Variable | undefined = parameter.output ? { type: parameter.type, value: parameter.value } : undefined
    return {
      value: parameter.value,
      type: givenType(parameter.type),
      output: parameter.output,
      useDefault: parameter.useDefault,
      ...(parameter.name === '' ? {} : { name: parameter.name }),
      ...(place ? { place } : {}),
      ...(parameter.table ? { table: { kind: 'rows', rows: parameter.table } } : {}),
    }
  })
  const name = splitName(request.procedure)
  // The frame of the call itself: what a batch would be.
  session.frames.push(x.frame)
  let failed = false
  let unbalanced = false
  let status = 0
  try {
    if (request.parameters.length > maxParameters) throw errors.tooManyParameters()
    if (name.at(-1)?.toLowerCase() === 'sp_prepare')
      preparing(() => checkPrepared(x, prepare(x, String(args[1]?.value ?? ''), String(args[2]?.value ?? ''))))
    const before = session.transaction.count
    const scalar = scalarFunctionOf(x, name)
    if (scalar) {
      const { value, type } = await callFunction(x, scalar, args)
      sink.returnValue({ ordinal: 0, name: '', type, value, ofFunction: true })
      sink.done({ kind: 'doneProc', command: statementCodes.execute })
      return
    }
    status = await callProcedure(x, name, args, 1)
    const after = session.transaction.count
    // A transaction that began by itself (IMPLICIT_TRANSACTIONS) is meant to outlive its call.
    if (before !== after && !session.settings.switches.has('IMPLICIT_TRANSACTIONS')) {
      unbalanced = true
      reportError(x, errors.countMismatch(before, after))
    }
  } catch (error) {
    failed = true
    if (error instanceof SqlError) {
      session.error = (error.others.at(-1) ?? error).number
      reportError(x, error)
      if ((error.number === 1205 || session.settings.switches.has('XACT_ABORT')) && session.transaction.active)
        rollbackAll(x)
    } else if (!(error instanceof BatchEnded)) throw error
  } finally {
    session.frames.pop()
  }
  if (!failed) {
    sink.returnStatus(status)
    const outputs = request.parameters.flatMap(({ name, type }, ordinal) => {
      const place = args[ordinal]?.place
      return place ? [{ ordinal, name, type, value: place.value }] : []
    })
    // Large values come last, 2.2.7.19.
    const large = outputs.filter(({ type }) => isLarge(type))
    for (const output of large.length > 0 ? [...outputs.filter(({ type }) => !isLarge(type)), ...large] : outputs)
      sink.returnValue(output)
  }
  sink.done({ kind: 'doneProc', command: statementCodes.execute, error: failed || unbalanced, inBatch })
}
