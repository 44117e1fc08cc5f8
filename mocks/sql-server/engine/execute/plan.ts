/** Plans: statements bound once and kept, as long as what they were bound against stands. */

import { requireUses } from '../../security/permissions.ts'
import type { Cell, DataType } from '../../tds/data-type.ts'
import { Binder } from '../binder/binder.ts'
import type { TableUse } from '../binder/environment.ts'
import type { OutColumn } from '../binder/select.ts'
import { errors } from '../errors.ts'
import { bindingBits } from '../session/settings.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { Store } from '../storage/store.ts'
import { withSession } from '../udf/running-session.ts'
import { catalogOf, type Execution, lockWait, tableResource } from './execution.ts'
import { ReadElsewhere } from './read-elsewhere.ts'
import { type PlanSources, sessionEnvironment } from './session-environment.ts'
import { changesShape, openChange, withUncommitted } from './uncommitted.ts'

export interface Plan<T = unknown> {
  readonly sql: string
  readonly variables: readonly string[]
  readonly uses: readonly TableUse[]
  readonly readsRows: boolean
  readonly bigInts: boolean
  readonly columns: readonly OutColumn[]
  readonly order: readonly number[]
  /** What else the statement's kind needs to run. */
  readonly extra: T
  readonly database: SqlDatabase
  /** Where its names were looked up. */
  readonly home: SqlDatabase
  readonly sources: PlanSources
  readonly temporaryStamp: number
  /** Names without a schema stand for what is in this one: the caller's default. */
  readonly schema: string
  readonly options: number
}

export interface BoundPlan<T> {
  readonly sql: string
  readonly columns: readonly OutColumn[]
  readonly order?: readonly number[]
  readonly extra: T
}

const kept = new WeakMap<object, Plan<unknown>[]>()
const maxVariants = 4

function holds(plan: Plan<unknown>, x: Execution): boolean {
  if (plan.database !== x.session.database || plan.options !== bindingBits(x.session.settings)) return false
  if (plan.home !== (x.session.elsewhere ?? x.session.database)) return false
  if (plan.sources.temporary && plan.temporaryStamp !== x.session.temporaryStamp) return false
  const { catalogs } = plan.sources
  if (catalogs.size > 0 && plan.schema !== x.session.defaultSchema(plan.database)) return false
  for (const [database, stamp] of catalogs) {
    if (catalogOf(x.session, database).stamp !== stamp) return false
    if (database !== x.session.database) x.session.attach(database)
  }
  return true
}

/** The plan of a syntax node: from before if it still holds, else bound now. Binding errors are thrown. */
export function planOf<T>(x: Execution, node: object, bind: (binder: Binder) => BoundPlan<T>): Plan<T> {
  const plans = kept.get(node) ?? []
  // A node is always bound by the same function, so what is kept for it has that function's extra.
  for (const plan of plans) if (holds(plan, x)) return plan as Plan<T>
  const sources: PlanSources = { catalogs: new Map(), temporary: false }
  const binder = new Binder(sessionEnvironment(x.session, x.frame, sources))
  const bound = withSession(x.session, () => bind(binder))
  const plan: Plan<T> = {
    sql: bound.sql,
    variables: usedBy(bound.sql, binder.variables),
    uses: binder.uses,
    readsRows: binder.readsRows,
    bigInts: bound.columns.some((column) => wide(column.type)),
    columns: bound.columns,
    order: bound.order ?? [],
    extra: bound.extra,
    database: x.session.database,
    home: x.session.elsewhere ?? x.session.database,
    sources,
    temporaryStamp: x.session.temporaryStamp,
    schema: x.session.defaultSchema(x.session.database),
    options: bindingBits(x.session.settings),
  }
  kept.set(node, [plan, ...plans.slice(0, maxVariants - 1)])
  return plan
}

/** SQLite takes no value for a parameter that its statement does not have. */
function usedBy(sql: string, variables: readonly string[]): readonly string[] {
  let most = 0
  if (variables.length > 0) for (const [, number] of sql.matchAll(/\?(\d+)/g)) most = Math.max(most, Number(number))
  return most < variables.length ? variables.slice(0, most) : variables
}

export const wide = (type: DataType): boolean => type.name === 'bigint' || type.name === 'sql_variant'

/** The values of a plan's variables, in the order of SQLite's parameters. */
export function valuesOf(x: Execution, plan: Pick<Plan, 'variables'>): Cell[] {
  return plan.variables.map((name) => {
    const variable = x.frame.variables.get(name)
    if (!variable) throw errors.mustDeclare(name, 0)
    return variable.value
  })
}

/** Where a plan runs: without rows to read, on the connection that all sessions share. */
export const storeOf = (x: Execution, plan: Pick<Plan, 'readsRows'>): Store =>
  plan.readsRows ? x.session.store(x.session.database) : x.session.instance.scalars

const noLock = new Set(['NOLOCK', 'READUNCOMMITTED'])
const exclusive = new Set(['UPDLOCK', 'XLOCK', 'TABLOCKX'])
/** Hints that leave the isolation level as the session has it. */
const withoutLevel = new Set(['INDEX', 'FORCESEEK', 'FORCESCAN', 'NOEXPAND', 'ROWLOCK', 'PAGLOCK', 'NOWAIT'])
const lasting = new Set(['HOLDLOCK', 'SERIALIZABLE', 'REPEATABLEREAD'])

/**
 * Takes the locks that reading needs. Gives what to let go after the statement; a wait means that the tables may have
 * changed, so the caller asks for its plan again.
 */
export async function lockReads(
  x: Execution,
  uses: readonly TableUse[],
): Promise<{ readonly release: readonly string[]; readonly waited: boolean }> {
  const { session } = x
  const release: string[] = []
  let waited = false
  for (const use of uses) {
    if (use.object.kind !== 'table' || use.object.temporary) continue
    if (use.database !== session.database.name) requireUnchanged(session, use.database)
    if (readsUncommitted(x, use)) {
      const change = openChange(x, use.database, use.object)
      if (!change || !changesShape(change)) continue
    } else if (readsVersions(x, use)) continue
    const resource = tableResource(use.database, use.object.id)
    const mode = use.hints.some((hint) => exclusive.has(hint)) ? 'X' : 'S'
    const keep =
      session.transaction.active &&
      (mode === 'X' || session.settings.isolation >= 3 || use.hints.some((hint) => lasting.has(hint)))
    const held = session.holds(resource)
    const pending = session.transaction.lock(
      resource,
      mode,
      use.hints.includes('NOWAIT') ? { timeoutMs: 0, signal: x.signal } : lockWait(x),
    )
    if (pending) {
      waited = true
      await pending
    }
    if (!held && !keep) release.push(resource)
  }
  return { release, waited }
}

const readsUncommitted = ({ session }: Execution, { hints }: TableUse): boolean =>
  hints.some((hint) => noLock.has(hint)) ||
  (session.settings.isolation === 1 && hints.every((hint) => withoutLevel.has(hint)))

/** Runs what reads tables that others are changing, without waiting for them, where it says so. */
async function runReads<T, R>(x: Execution, plan: Plan<T>, work: (plan: Plan<T>) => Promise<R> | R): Promise<R> {
  const changes = new Map<string, NonNullable<ReturnType<typeof openChange>>>()
  for (const use of plan.uses) {
    if (use.object.kind !== 'table' || use.object.temporary || !readsUncommitted(x, use)) continue
    const change = openChange(x, use.database, use.object)
    if (change) changes.set(tableResource(use.database, use.object.id), change)
  }
  if (changes.size === 0) return work(plan)
  using dirty = withUncommitted(x, plan, [...changes.values()])
  return await work(dirty.plan)
}

/** Another connection would not see what this transaction has written there. */
function requireUnchanged(session: Execution['session'], name: string): void {
  const database = session.instance.findDatabase(name)
  if (database && session.transaction.writes(database)) throw new ReadElsewhere(database)
}

/** SNAPSHOT, and READ COMMITTED where the database keeps versions: no lock is taken, and none is waited for. */
function readsVersions({ session }: Execution, use: TableUse): boolean {
  const { isolation } = session.settings
  if (isolation !== 5 && isolation !== 2) return false
  if (use.hints.some((hint) => exclusive.has(hint) || lasting.has(hint) || hint === 'READCOMMITTEDLOCK')) return false
  const database = session.instance.findDatabase(use.database)
  if (!database) return false
  if (isolation === 2) return database.switches.has('READ_COMMITTED_SNAPSHOT')
  if (!database.switches.has('ALLOW_SNAPSHOT_ISOLATION') && database.id > 4)
    throw errors.snapshotNotAllowed(use.database)
  if (session.transaction.active) session.transaction.snapshot(session.database, session.store(session.database))
  return true
}

/** Runs `work` with a plan whose read locks are held and whose rights are checked; at once where it reads no table. */
export function withReads<T, R>(
  x: Execution,
  find: () => Plan<T>,
  work: (plan: Plan<T>) => Promise<R> | R,
): Promise<R> | R {
  const plan = find()
  return plan.uses.length === 0 ? work(plan) : withLocks(x, plan, find, work)
}

async function withLocks<T, R>(
  x: Execution,
  first: Plan<T>,
  find: () => Plan<T>,
  work: (plan: Plan<T>) => Promise<R> | R,
): Promise<R> {
  let plan = first
  requireUses(x, plan.uses)
  const released: string[] = []
  try {
    for (;;) {
      const { release, waited } = await lockReads(x, plan.uses)
      released.push(...release)
      if (!waited) return await runReads(x, plan, work)
      const again = find()
      if (again === plan) return await runReads(x, plan, work)
      plan = again
    }
  } finally {
    for (const resource of released) x.session.transaction.unlock(resource)
  }
}
