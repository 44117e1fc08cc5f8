/** DELETE and TRUNCATE TABLE. */

import { hasPermission } from '../../security/permissions.ts'
import { type Cell, types } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import { convertBound } from '../binder/convert-bound.ts'
import { bindCtes } from '../binder/cte.ts'
import { bindExpr } from '../binder/expression.ts'
import { bindPredicate } from '../binder/predicate.ts'
import { Scope } from '../binder/scope.ts'
import { cursorErrors } from '../cursors/cursor-errors.ts'
import { SqlError } from '../sql-error.ts'
import type { Store } from '../storage/store.ts'
import { withSession } from '../udf/running-session.ts'
import { changeThrough } from './change-through.ts'
import { currentRowVariable, placeCursor } from './current-of.ts'
import { catalogOf, type Execution } from './execution.ts'
import { type Change, changeRows, fireInstead, insteadOf, triggersOf } from './fire-triggers.ts'
import { noteTarget, write } from './insert.ts'
import { OutputPlan, type OutputRow, toClient } from './output.ts'
import { addSources, type OutputSources } from './output-sources.ts'
import { type Plan, planOf, valuesOf, wide, withReads } from './plan.ts'
import { type ChangedTable, findTable, lockForChange, resolveTarget } from './resolve-target.ts'
import { limitRows } from './row-limit.ts'
import { RowWriter } from './row-writer.ts'
import { bindTargetFrom, tableOf } from './update.ts'

type DeleteStatement = Extract<Statement, { kind: 'delete' }>

interface DeleteExtra {
  readonly width: number
  readonly beside: OutputSources | undefined
}

export function planDelete(x: Execution, s: DeleteStatement, target: ChangedTable): Plan<DeleteExtra> {
  return planOf<DeleteExtra>(x, s, (b) => {
    noteTarget(b, tableOf(s, target, b.environment.database))
    b.readsRows = true
    const withClause = s.ctes.length > 0 ? bindCtes(b, s.ctes) : ''
    const scope = new Scope()
    const { from, alias } = bindTargetFrom(b, scope, s, target)
    const stored = target.table.columns.filter((column) => !column.computed)
    const where = s.currentOf
      ? ` WHERE ${alias}.rowid=${b.variable(currentRowVariable, s.line).sql}`
      : s.where
        ? ` WHERE ${bindPredicate(b, scope, s.where)}`
        : ''
    const top = s.top ? ` LIMIT ${convertBound(bindExpr(b, new Scope(), s.top), types.bigint).sql}` : ''
    const columns = stored.map((column) => ({ name: column.name, type: column.type, nullable: true }))
    const list = [`${alias}.rowid`, ...stored.map((column) => `${alias}.c${column.id}`)]
    const beside = s.output && s.from ? addSources(scope, alias, list) : undefined
    return {
      sql: `${withClause}SELECT ${beside ? '' : 'DISTINCT '}${list.join(',')} FROM ${from}${where}${top}`,
      columns,
      extra: { width: stored.length, beside },
    }
  })
}

export async function runDelete(
  x: Execution,
  given: Extract<Statement, { kind: 'delete' | 'truncate' }>,
): Promise<void> {
  if (given.kind === 'truncate') return truncate(x, given)
  const s = changeThrough(x, given)
  let target = resolveTarget(x, s.target, s.from)
  if (!(await lockForChange(x, target, 'DELETE'))) target = resolveTarget(x, s.target, s.from)
  const find = () => planDelete(x, s, target)
  placeCursor(x, s, target)
  const instead = insteadOf(triggersOf(x.session, target.database, target.table.id, 'DELETE'))
  const updated = new Set<number>()
  const count = instead
    ? await withReads(x, find, (plan) =>
        fireInstead(x, instead, target.table, { event: 'DELETE', rows: wouldDelete(x, target, plan), updated }),
      )
    : await changeRows(x, target, ['DELETE'], { outputs: toClient(s.output) }, (store) =>
        withReads(x, find, (plan) => [
          { event: 'DELETE', rows: deletePlanned(x, s, target, store, plan), updated } satisfies Change,
        ]),
      )
  if (s.currentOf && count === 0) throw cursorErrors.nothingChanged()
  x.session.rowCount = count
  x.sink.done({
    kind: x.frame.done,
    command: statementCodes.delete,
    count: x.session.settings.switches.has('NOCOUNT') ? undefined : count,
  })
}

function wouldDelete(x: Execution, target: ChangedTable, plan: Plan<DeleteExtra>): OutputRow[] {
  const store = x.session.store(target.database)
  const bigInts = target.table.columns.some((column) => wide(column.type))
  const found = withSession(x.session, () => store.all(plan.sql, valuesOf(x, plan), bigInts))
  return limitRows(x, found).map(([, ...deleted]) => ({ deleted }))
}

/** Does what a plan says; gives the rows that went. */
export function deletePlanned(
  x: Execution,
  s: DeleteStatement,
  target: ChangedTable,
  store: Store,
  plan: Plan<DeleteExtra>,
): OutputRow[] {
  const writer = new RowWriter(x, target, store, 'DELETE')
  const { width, beside } = plan.extra
  const met = withSession(x.session, () => store.all(plan.sql, valuesOf(x, plan), writer.bigInts))
  const found = limitRows(x, beside ? eachOnce(met) : met)
  for (const [rowid] of found) writer.delete(Number(rowid))
  const rows = found.map((cells) => cells.slice(1, width + 1))
  writer.followChildren(rows.map((before) => ({ before })))
  const first = beside?.first ?? 0
  const changed = rows.map((deleted, i) => ({
    deleted,
    beside: found[i]?.slice(first, first + (beside?.width ?? 0)) ?? [],
  }))
  if (s.output) new OutputPlan(x, s.output, target, store, ['deleted'], beside).send(changed)
  return changed
}

/** A row that a join meets often goes once. */
const eachOnce = (rows: readonly Cell[][]): Cell[][] =>
  [...new Map(rows.toReversed().map((cells) => [Number(cells[0]), cells] as const)).values()].reverse()

async function truncate(x: Execution, s: Extract<Statement, { kind: 'truncate' }>): Promise<void> {
  const target = findTable(x, s.name, s.line)
  if (!hasPermission(x.session, target.database, 'ALTER', target.table) && !target.table.temporary)
    throw new SqlError(
      1088,
      16,
      7,
      `Cannot find the object "${target.table.name}" because it does not exist or you do not have permissions.`,
    )
  await lockForChange(x, target, 'ALTER')
  for (const child of catalogOf(x.session, target.database).objects()) {
    if (child.kind === 'table' && child.foreignKeys.some((key) => key.table === target.table.id)) {
      throw new SqlError(
        4712,
        16,
        1,
        `Cannot truncate table '${target.table.name}' because it is being referenced by a FOREIGN KEY constraint.`,
      )
    }
  }
  await write(x, target, (store) => {
    store.exec(`DELETE FROM ${target.sql}`)
    if (!target.table.temporary) store.run('DELETE FROM lab_identity WHERE id=?', [target.table.id])
  })
  x.session.identitiesOf(target.table).delete(target.table.id)
  x.sink.done({ kind: x.frame.done, command: 0 })
}
