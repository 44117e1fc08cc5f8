/** UPDATE: the new values are worked out by one query, then written row by row. */

import type { Cell } from '../../tds/data-type.ts'
import { types } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Assignment, Statement } from '../../tsql/ast.ts'
import { bindBinary } from '../binder/arithmetic.ts'
import type { Binder } from '../binder/binder.ts'
import { convertBound } from '../binder/convert-bound.ts'
import { bindCtes } from '../binder/cte.ts'
import { bindExpr } from '../binder/expression.ts'
import { bindFrom, tableColumns } from '../binder/from.ts'
import { bindPredicate } from '../binder/predicate.ts'
import { rowColumn, Scope } from '../binder/scope.ts'
import type { ColumnInfo } from '../catalog/definitions.ts'
import { cursorErrors } from '../cursors/cursor-errors.ts'
import { errors } from '../errors.ts'
import { unsupported } from '../sql-error.ts'
import type { Store } from '../storage/store.ts'
import { withSession } from '../udf/running-session.ts'
import { changeThrough } from './change-through.ts'
import { currentRowVariable, placeCursor } from './current-of.ts'
import type { Execution } from './execution.ts'
import { type Change, changeRows, fireInstead, insteadOf, triggersOf } from './fire-triggers.ts'
import { assignable, defaultOf, noteTarget } from './insert.ts'
import { OutputPlan, type OutputRow, toClient } from './output.ts'
import { addSources, type OutputSources } from './output-sources.ts'
import { type Plan, planOf, valuesOf, withReads } from './plan.ts'
import { type ChangedTable, lockForChange, resolveTarget } from './resolve-target.ts'
import { type Row, RowWriter } from './row-writer.ts'

type UpdateStatement = Extract<Statement, { kind: 'update' }>
type DeleteStatement = Extract<Statement, { kind: 'delete' }>

interface UpdateExtra {
  /** Where each new value goes: an index among the stored columns, or a variable. */
  readonly places: readonly { readonly column?: number; readonly variable?: string }[]
  readonly keysChange: boolean
  readonly beside?: OutputSources
}

/** Reading a column of what is changed, as in WHERE, needs SELECT on it. Its lock is held by the change itself. */
export function touchTarget(b: Binder, target: ChangedTable): Set<string> {
  const columns = new Set<string>()
  b.uses.push({ database: target.database.name, object: target.table, hints: ['NOLOCK'], columns, target: true })
  return columns
}

/** FROM of a change: the target stands in it under its alias or name, or alone. Gives the target's alias in SQLite. */
export function bindTargetFrom(
  b: Binder,
  scope: Scope,
  s: UpdateStatement | DeleteStatement,
  target: ChangedTable,
): { from: string; alias: string } {
  const stored = target.table.columns.filter((column) => !column.computed)
  if (s.from && target.view) throw unsupported('FROM in a change of a view')
  if (!s.from) {
    const alias = b.fresh('s')
    scope.add({
      name: target.table.name,
      touched: touchTarget(b, target),
      schema: target.table.schema,
      database: target.database.name,
      columns: tableColumns(b, target.table, alias),
    })
    return { from: `${target.sql} ${alias}`, alias }
  }
  const from = bindFrom(b, scope, s.from)
  if (s.through !== undefined) {
    const own = b.fresh('s')
    const row = scope.column([s.through, rowColumn], s.line).column.bound.sql
    touchTarget(b, target)
    return { from: `${from} JOIN ${target.sql} ${own} ON ${own}.rowid=${row}`, alias: own }
  }
  const wanted = (s.target.variable ?? s.target.name?.at(-1) ?? '').toLowerCase()
  const source = scope.sources.find((candidate) => candidate.name.toLowerCase() === wanted)
  const first = source?.columns[target.table.columns.findIndex((column) => !column.computed)]
  const alias = first?.bound.sql.split('.')[0]
  if (alias !== undefined && first?.bound.sql === `${alias}.c${stored[0]?.id}`) return { from, alias }
  // The target is not in FROM: every row of it meets every row there.
  const own = b.fresh('s')
  scope.add({
    name: target.table.name,
    touched: touchTarget(b, target),
    schema: target.table.schema,
    database: target.database.name,
    columns: tableColumns(b, target.table, own),
  })
  return { from: `${target.sql} ${own} CROSS JOIN ${from}`, alias: own }
}

/** `name = value` as a place and SQL; for MERGE too. */
export function bindAssignment(
  b: Binder,
  scope: Scope,
  assignment: Assignment,
  table: ChangedTable['table'],
  self: Scope,
): { column?: ColumnInfo; variable?: string; sql: string } {
  const plain = assignment.op === '='
  const name = assignment.column?.at(-1)
  const column =
    name === undefined
      ? undefined
      : table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
  if (name !== undefined && !column) throw errors.noColumn(name, assignment.line)
  if (column?.identity) throw errors.identityUpdate(column.name)
  if (column?.computed || column?.type.name === 'timestamp') throw errors.computedChange(column.name)
  const given =
    assignment.value.kind === 'default' && column ? defaultOf(b, column) : bindExpr(b, scope, assignment.value)
  const variable = assignment.variable ? b.variable(assignment.variable, assignment.line) : undefined
  const left = column && assignment.column ? self.column([column.name], assignment.line).column.bound : variable
  const value = plain || !left ? given : bindBinary(assignment.op.slice(0, -1), left, given)
  const type = column ? assignable(column.type) : (variable?.type ?? value.type)
  return {
    sql: convertBound(value, type, { implicit: true }).sql,
    ...(column ? { column } : {}),
    ...(assignment.variable ? { variable: assignment.variable.toLowerCase() } : {}),
  }
}

export function planUpdate(x: Execution, s: UpdateStatement, target: ChangedTable): Plan<UpdateExtra> {
  return planOf<UpdateExtra>(x, s, (b) => {
    noteTarget(b, tableOf(s, target, b.environment.database))
    b.readsRows = true
    const withClause = s.ctes.length > 0 ? bindCtes(b, s.ctes) : ''
    const scope = new Scope()
    const { from, alias } = bindTargetFrom(b, scope, s, target)
    const self = new Scope()
    self.add({ name: target.table.name, columns: tableColumns(b, target.table, alias) })
    const stored = target.table.columns.filter((column) => !column.computed)
    const sets = b.each(s.set, (assignment) => bindAssignment(b, scope, assignment, target.table, self))
    const twice = sets.find((set, i) => set.column && sets.slice(0, i).some((other) => other.column === set.column))
    if (twice?.column) throw errors.columnTwice(twice.column.name)
    const where = s.currentOf
      ? ` WHERE ${alias}.rowid=${b.variable(currentRowVariable, s.line).sql}`
      : s.where
        ? ` WHERE ${bindPredicate(b, scope, s.where)}`
        : ''
    const top = s.top ? ` LIMIT ${convertBound(bindExpr(b, new Scope(), s.top), types.bigint).sql}` : ''
    const old = stored.map((column) => `${alias}.c${column.id}`)
    const keyed = new Set(target.table.keys.flatMap((key) => key.columns.map((column) => column.id)))
    const columns = stored.map((column) => ({ name: column.name, type: column.type, nullable: true }))
    const list = [`${alias}.rowid`, ...old, ...sets.map((set) => set.sql)]
    const beside = s.output && s.from ? addSources(scope, alias, list) : undefined
    return {
      sql: `${withClause}SELECT ${list.join(',')} FROM ${from}${where}${top}`,
      columns,
      extra: {
        places: sets.map((set) => ({
          ...(set.column ? { column: stored.indexOf(set.column) } : {}),
          ...(set.variable ? { variable: set.variable } : {}),
        })),
        keysChange: sets.some((set) => set.column !== undefined && keyed.has(set.column.id)),
        ...(beside ? { beside } : {}),
      },
    }
  })
}

export const changedColumns = (set: readonly Assignment[]): ReadonlySet<string> =>
  new Set(set.flatMap(({ column }) => (column ? [(column.at(-1) ?? '').toLowerCase()] : [])))

/** The real name behind an alias, so that the plan depends on the right table. */
export function tableOf(
  s: UpdateStatement | DeleteStatement,
  target: ChangedTable,
  home: string,
): UpdateStatement['target'] {
  const database = target.database.name === home ? [] : [target.database.name]
  if (s.target.variable || target.table.temporary === 'variable') return { variable: target.table.name, line: s.line }
  return target.table.temporary
    ? { name: [target.table.name], line: s.line }
    : { name: [...database, target.table.schema, target.table.name], line: s.line }
}

export async function runUpdate(x: Execution, given: UpdateStatement): Promise<void> {
  const s = changeThrough(x, given)
  let target = resolveTarget(x, s.target, s.from)
  const columns = changedColumns(s.set)
  if (!(await lockForChange(x, target, 'UPDATE', columns))) target = resolveTarget(x, s.target, s.from)
  const find = () => planUpdate(x, s, target)
  placeCursor(x, s, target)
  const instead = insteadOf(triggersOf(x.session, target.database, target.table.id, 'UPDATE'))
  const count = instead
    ? await withReads(x, find, (plan) =>
        fireInstead(x, instead, target.table, {
          event: 'UPDATE',
          rows: wouldUpdate(x, target, plan),
          updated: updatedBy(plan, target),
        }),
      )
    : await changeRows(x, target, ['UPDATE'], { outputs: toClient(s.output) }, (store) =>
        withReads(x, find, (plan) => [
          {
            event: 'UPDATE',
            rows: updatePlanned(x, s, target, store, plan),
            updated: updatedBy(plan, target),
          } satisfies Change,
        ]),
      )
  if (s.currentOf && count === 0) throw cursorErrors.nothingChanged()
  x.session.rowCount = count
  x.sink.done({
    kind: x.frame.done,
    command: statementCodes.update,
    count: x.session.settings.switches.has('NOCOUNT') ? undefined : count,
  })
}

function updatedBy(plan: Plan<UpdateExtra>, { table }: ChangedTable): ReadonlySet<number> {
  const stored = table.columns.filter((column) => !column.computed)
  return new Set(
    plan.extra.places.flatMap((place) => (place.column === undefined ? [] : [stored[place.column]?.id ?? 0])),
  )
}

/** The rows that an INSTEAD OF trigger gets in their place. */
function wouldUpdate(x: Execution, target: ChangedTable, plan: Plan<UpdateExtra>): OutputRow[] {
  const store = x.session.store(target.database)
  const writer = new RowWriter(x, target, store, 'UPDATE')
  const found = withSession(x.session, () => store.all(plan.sql, valuesOf(x, plan), writer.bigInts))
  return changesOf(x, target, writer, plan.extra, found).map(({ before, row }) => ({ inserted: row, deleted: before }))
}

/** Does what a plan says; gives the rows before and after. */
export function updatePlanned(
  x: Execution,
  s: UpdateStatement,
  target: ChangedTable,
  store: Store,
  plan: Plan<UpdateExtra>,
): OutputRow[] {
  const writer = new RowWriter(x, target, store, 'UPDATE')
  const found = withSession(x.session, () => store.all(plan.sql, valuesOf(x, plan), writer.bigInts))
  const changes = changesOf(x, target, writer, plan.extra, found)
  writer.update(changes, plan.extra.keysChange)
  writer.checkParents(changes.map((change) => change.row))
  if (plan.extra.keysChange) writer.followChildren(changes.map(({ before, row }) => ({ before, after: row })))
  const changed = changes.map(({ before, row, beside }) => ({ inserted: row, deleted: before, beside }))
  if (s.output) new OutputPlan(x, s.output, target, store, ['inserted', 'deleted'], plan.extra.beside).send(changed)
  return changed
}

/** Each row once, even when a join meets it often. */
function changesOf(
  x: Execution,
  target: ChangedTable,
  writer: RowWriter,
  extra: UpdateExtra,
  found: readonly Cell[][],
) {
  const seen = new Set<number>()
  const changes: { rowid: number; before: Row; row: Row; beside: readonly Cell[] }[] = []
  const { first = 0, width: others = 0 } = extra.beside ?? {}
  const width = writer.stored.length
  const limit = x.session.settings.rowCount
  for (const cells of found) {
    const rowid = Number(cells[0])
    if (seen.has(rowid)) continue
    if (limit > 0 && changes.length === limit) break
    seen.add(rowid)
    const before = cells.slice(1, width + 1)
    const row = [...before]
    extra.places.forEach((place, i) => {
      const value = cells[width + 1 + i] ?? null
      if (place.column !== undefined) row[place.column] = value
      const variable = place.variable === undefined ? undefined : x.frame.variables.get(place.variable)
      if (variable) variable.value = value
    })
    writer.stored.forEach((column, i) => {
      if (column.type.name === 'timestamp') row[i] = target.database.nextRowVersion()
    })
    changes.push({ rowid, before, row, beside: cells.slice(first, first + others) })
  }
  return changes
}
