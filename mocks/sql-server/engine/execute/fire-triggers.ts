/** Triggers at work: a change of rows, then what is to happen with it, all in one transaction. */
import { ownerOf } from '../../security/permissions.ts'
import type { TriggerEvent } from '../../tsql/programmable-ast.ts'
import type { ModuleDef, TableDef } from '../catalog/definitions.ts'
import { moduleStatement } from '../catalog/module-statement.ts'
import { errors } from '../errors.ts'
import { newFrame } from '../session/frame.ts'
import type { SqlSession } from '../session.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { Store } from '../storage/store.ts'
import { withSession } from '../udf/running-session.ts'
import { enterModule } from './execute-as.ts'
import { catalogOf, type Execution } from './execution.ts'
import { write } from './insert.ts'
import { runStatements } from './interpreter.ts'
import type { OutputRow } from './output.ts'
import { rememberSettings, restoreSettings } from './own-settings.ts'
import type { ChangedTable } from './resolve-target.ts'
import { insertSql } from './row-sql.ts'
import { scratchTable } from './scratch-table.ts'
import { rollbackAll } from './transactions.ts'

const maxNesting = 32

/** The enabled triggers of a table for an event. One that is running does not fire itself again. */
export function triggersOf(
  session: SqlSession,
  database: SqlDatabase,
  parent: number,
  event: TriggerEvent,
): ModuleDef[] {
  const triggers = catalogOf(session, database).triggersOn(parent)
  if (triggers.length === 0) return []
  const running = session.frames.findLast((frame) => frame.trigger)?.module
  return triggers.filter(
    (object) =>
      object.trigger?.disabled === false &&
      object.trigger.events.includes(event) &&
      (object.id !== running || database.switches.has('RECURSIVE_TRIGGERS')),
  )
}

export const insteadOf = (triggers: readonly ModuleDef[]): ModuleDef | undefined =>
  triggers.find((trigger) => trigger.trigger?.instead)

export interface Change {
  readonly event: TriggerEvent
  readonly rows: readonly OutputRow[]
  /** Ids of the columns set; every one for an INSERT. */
  readonly updated: ReadonlySet<number>
}

const columnIds = new WeakMap<TableDef, ReadonlySet<number>>()

/** What an INSERT sets. */
export function everyColumn(table: TableDef): ReadonlySet<number> {
  let ids = columnIds.get(table)
  if (!ids) {
    ids = new Set(table.columns.map((column) => column.id))
    columnIds.set(table, ids)
  }
  return ids
}

/** OUTPUT to the client cannot stand where a trigger may answer too. */
export function refuseOutput(target: ChangedTable): never {
  throw new SqlError(
    334,
    16,
    1,
    `The target table '${target.table.name}' of the DML statement cannot have any enabled triggers if the statement contains an OUTPUT clause without INTO clause.`,
  )
}

/** Changes rows and fires what stands on the table. `work` tells what it has changed. */
export async function changeRows(
  x: Execution,
  target: ChangedTable,
  events: readonly TriggerEvent[],
  how: { readonly outputs: boolean },
  work: (store: Store) => Promise<readonly Change[]> | readonly Change[],
): Promise<number> {
  if (target.view) throw unsupported(`changing the view ${target.table.name}`)
  const total = (changes: readonly Change[]) => changes.reduce((sum, { rows }) => sum + rows.length, 0)
  const { session } = x
  const after = target.table.temporary
    ? []
    : [...new Set(events.flatMap((event) => triggersOf(session, target.database, target.table.id, event)))]
  if (after.every((trigger) => trigger.trigger?.instead)) return total(await write(x, target, work))
  if (how.outputs) {
    // Outside a transaction nothing else gives the table's lock back.
    session.transaction.finishStatement(true)
    refuseOutput(target)
  }
  return inTransaction(x, async () => {
    const changes = await write(x, target, work)
    for (const change of changes) {
      for (const trigger of after)
        if (!trigger.trigger?.instead && trigger.trigger?.events.includes(change.event))
          await fire(x, trigger, target.table, change)
    }
    return total(changes)
  })
}

/** A statement with triggers is a transaction of its own where there is none. */
async function inTransaction<T>(x: Execution, work: () => Promise<T>): Promise<T> {
  const { transaction } = x.session
  if (transaction.active) return work()
  transaction.beginHidden()
  try {
    const result = await work()
    if (transaction.active) transaction.commit()
    return result
  } catch (error) {
    if (transaction.active && x.session.tryDepth === 0) rollbackAll(x)
    else if (transaction.active) transaction.doomed = true
    throw error
  }
}

/** INSTEAD OF: the rows that would have been written go to the trigger alone. */
export async function fireInstead(x: Execution, trigger: ModuleDef, parent: TableDef, change: Change): Promise<number> {
  await inTransaction(x, () => fire(x, trigger, parent, change))
  return change.rows.length
}

async function fire(x: Execution, trigger: ModuleDef, parent: TableDef, change: Change): Promise<void> {
  const { session } = x
  if (session.nesting >= maxNesting) throw errors.nesting()
  const { transaction, settings, elsewhere } = session
  session.elsewhere = undefined
  const images = new Map<string, TableDef>()
  for (const image of ['inserted', 'deleted'] as const) images.set(image, imageTable(x, parent, image, change.rows))
  const frame = newFrame({
    depth: x.frame.depth + 1,
    done: 'doneInProc',
    quotedIdentifier: trigger.quotedIdentifier,
    procedure: trigger.name,
    module: trigger.id,
    trigger: { images, parent, updated: change.updated },
    chained: true,
    chain: { database: session.database, owner: ownerOf(session, session.database, parent) },
  })
  const contexts = session.contexts.depth
  enterModule(x, session.database, trigger)
  const inner: Execution = { ...x, frame: { ...frame, contexts: session.contexts.depth } }
  rememberSettings(inner)
  settings.switches.add('XACT_ABORT')
  session.nesting += 1
  session.rowCount = change.rows.length
  try {
    await runStatements(inner, moduleStatement(trigger).body)
  } finally {
    session.contexts.unwind(contexts)
    session.nesting -= 1
    session.elsewhere = elsewhere
    restoreSettings(inner)
  }
  if (!transaction.active)
    throw new SqlError(3609, 16, 1, 'The transaction ended in the trigger. The batch has been aborted.', {
      endsBatch: true,
    })
  if (transaction.doomed) {
    rollbackAll(x)
    throw new SqlError(
      3616,
      16,
      1,
      'An error was raised during trigger execution. The batch has been aborted and the user transaction, if any, has been rolled back.',
      { endsBatch: true },
    )
  }
}

/** `inserted` or `deleted`: a table of its own for each depth, filled anew. */
function imageTable(
  x: Execution,
  parent: TableDef,
  image: 'inserted' | 'deleted',
  rows: readonly OutputRow[],
): TableDef {
  const { session } = x
  const table = scratchTable(x, parent, `${image} ${session.nesting}`, (newId) => ({
    ...parent,
    id: newId(),
    name: image,
    temporary: 'variable',
    keys: [],
    checks: [],
    foreignKeys: [],
    columns: parent.columns.map(({ default: _, ...column }) => column),
  }))
  const stored = table.columns.filter((column) => !column.computed)
  const store = session.store(session.database)
  const sql = insertSql({ table, database: session.database, sql: `temp."t${table.id}"`, display: image }, stored)
  withSession(session, () => {
    for (const row of rows) {
      const cells = row[image]
      if (cells) store.run(sql, cells)
    }
  })
  return table
}
