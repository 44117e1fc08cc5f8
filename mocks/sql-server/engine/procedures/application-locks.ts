/** sp_getapplock and sp_releaseapplock: locks that applications name themselves. */
import { lockWait } from '../execute/execution.ts'
import { Cancelled, SqlError } from '../sql-error.ts'
import type { ProcedureCall, SystemProcedure } from './procedure-call.ts'

const modes: ReadonlyMap<string, 'S' | 'X'> = new Map([
  ['shared', 'S'],
  ['intentshared', 'S'],
  ['update', 'X'],
  ['intentexclusive', 'X'],
  ['exclusive', 'X'],
])
const owners = new Set(['transaction', 'session'])

const resourceOf = (call: ProcedureCall, resource: string): string =>
  `application ${call.x.session.database.id} ${(call.text('DbPrincipal') ?? 'public').toLowerCase()} ${resource}`

const failed = (text: string, number = 50000): SqlError => {
  const error = new SqlError(number, 16, 1, text)
  error.procedure = 'xp_userlock'
  return error
}

async function getLock(call: ProcedureCall): Promise<number> {
  const { session } = call.x
  const mode = modes.get((call.text('LockMode') ?? '').toLowerCase())
  const owner = (call.text('LockOwner') ?? 'Transaction').toLowerCase()
  if (!mode || !owners.has(owner)) return -999
  const ofTransaction = owner === 'transaction'
  if (ofTransaction && !session.transaction.active)
    throw failed('You attempted to acquire a transactional application lock without an active transaction.')
  const resource = resourceOf(call, call.text('Resource') ?? '')
  const wait = {
    ...lockWait(call.x),
    ...(call.has('LockTimeout') ? { timeoutMs: call.number('LockTimeout') ?? 0 } : {}),
  }
  try {
    const waiting = ofTransaction
      ? session.transaction.lock(resource, mode, wait)
      : session.instance.locks.acquire(session.applicationLocks, resource, mode, wait)
    if (waiting) await waiting
    session.applicationLocks.note(resource, ofTransaction)
    return waiting ? 1 : 0
  } catch (error) {
    if (error instanceof Cancelled) throw error
    if (error instanceof SqlError && error.number === 1222) return -1
    if (error instanceof SqlError && error.number === 1205) return -3
    throw error
  }
}

function releaseLock(call: ProcedureCall): number {
  const { session } = call.x
  const owner = (call.text('LockOwner') ?? 'Transaction').toLowerCase()
  if (!owners.has(owner)) return -999
  const name = call.text('Resource') ?? ''
  const resource = resourceOf(call, name)
  const ofTransaction = owner === 'transaction'
  const held = session.instance.locks.holds(ofTransaction ? session : session.applicationLocks, resource)
  if (!held)
    throw failed(
      `Cannot release the application lock (Database Principal: '${call.text('DbPrincipal') ?? 'public'}', Resource: '${name}') because it is not currently held.`,
      1223,
    )
  if (!session.applicationLocks.release(resource, ofTransaction)) return 0
  if (ofTransaction) session.transaction.unlock(resource)
  else session.instance.locks.release(session.applicationLocks, resource)
  return 0
}

export const lockProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_getapplock: {
    parameters: 'Resource:n255 LockMode:v32 LockOwner:v32? LockTimeout:int? DbPrincipal:name?',
    run: getLock,
  },
  sp_releaseapplock: { parameters: 'Resource:n255 LockOwner:v32? DbPrincipal:name?', run: releaseLock },
}
