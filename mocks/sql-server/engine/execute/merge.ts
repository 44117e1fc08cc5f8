/** MERGE: source and target are joined once; the first clause that fits each pair says what happens. */

import type { Cell } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { MergeClause, Statement } from '../../tsql/ast.ts'
import type { Binder } from '../binder/binder.ts'
import { convertBound } from '../binder/convert-bound.ts'
import { bindCtes } from '../binder/cte.ts'
import { bindExpr } from '../binder/expression.ts'
import { bindFrom, tableColumns } from '../binder/from.ts'
import { bindPredicate } from '../binder/predicate.ts'
import { Scope } from '../binder/scope.ts'
import type { ColumnInfo } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { unsupported } from '../sql-error.ts'
import type { Store } from '../storage/store.ts'
import { withSession } from '../udf/running-session.ts'
import type { Execution } from './execution.ts'
import { type Change, changeRows, everyColumn, insteadOf, triggersOf } from './fire-triggers.ts'
import { assignable, defaultOf, insertRows, noteTarget, refuseRowVersions } from './insert.ts'
import { OutputPlan, type OutputRow, toClient } from './output.ts'
import { addSources, type OutputSources } from './output-sources.ts'
import { type Plan, planOf, valuesOf, withReads } from './plan.ts'
import { type ChangedTable, lockForChange, resolveTarget } from './resolve-target.ts'
import { type Row, RowWriter } from './row-writer.ts'
import { bindAssignment, tableOf, touchTarget } from './update.ts'

type MergeStatement = Extract<Statement, { kind: 'merge' }>

interface BoundClause {
  readonly clause: MergeClause
  /** Where the condition stands among the query's columns, undefined without one. */
  readonly condition?: number
  readonly values: readonly number[]
  readonly columns: readonly ColumnInfo[]
}

interface MergeExtra {
  readonly width: number
  readonly clauses: readonly BoundClause[]
  /** The query of target rows without source, when a clause asks for them. */
  readonly orphans?: string
  readonly beside?: OutputSources
}

function planMerge(x: Execution, s: MergeStatement, target: ChangedTable): Plan<MergeExtra> {
  return planOf<MergeExtra>(x, s, (b) => {
    noteTarget(b, tableOf({ ...s, kind: 'delete' }, target, b.environment.database))
    b.readsRows = true
    const withClause = s.ctes.length > 0 ? bindCtes(b, s.ctes) : ''
    const scope = new Scope()
    const source = bindFrom(b, scope, s.using)
    const alias = b.fresh('s')
    const name = s.alias ?? target.table.name
    const columns = tableColumns(b, target.table, alias)
    scope.add({
      name,
      touched: touchTarget(b, target),
      ...(s.alias ? {} : { schema: target.table.schema }),
      columns,
    })
    const self = new Scope()
    self.add({ name, columns })
    const on = bindPredicate(b, scope, s.on)
    const stored = target.table.columns.filter((column) => !column.computed)
    const list = [`${alias}.rowid`, ...stored.map((column) => `${alias}.c${column.id}`)]
    const clauses = s.clauses.map((clause) => bindClause(b, { scope, self, target, list }, clause))
    const beside = s.output ? addSources(scope, alias, list) : undefined
    const head = `SELECT ${list.join(',')} FROM `
    const orphans = s.clauses.some((clause) => clause.match === 'source')
      ? `${withClause}SELECT ${orphanList(list.slice(0, beside?.first), s, clauses).join(',')} FROM ${target.sql} ${alias} WHERE NOT EXISTS (SELECT 1 FROM ${source} WHERE ${on})`
      : undefined
    return {
      sql: `${withClause}${head}${source} LEFT JOIN ${target.sql} ${alias} ON ${on}`,
      columns: stored.map((column) => ({ name: column.name, type: column.type, nullable: true })),
      extra: { width: stored.length, clauses, ...(orphans ? { orphans } : {}), ...(beside ? { beside } : {}) },
    }
  })
}

/** For rows without source only the target's columns exist: what belongs to other clauses is left empty. */
function orphanList(list: readonly string[], s: MergeStatement, clauses: readonly BoundClause[]): string[] {
  const mine = new Set(
    clauses.flatMap((bound, i) => (s.clauses[i]?.match === 'source' ? [bound.condition ?? -1, ...bound.values] : [])),
  )
  const first = Math.min(list.length, ...clauses.flatMap((bound) => [bound.condition ?? list.length, ...bound.values]))
  return list.map((sql, i) => (i < first || mine.has(i) ? sql : 'NULL'))
}

function bindClause(
  b: Binder,
  at: { scope: Scope; self: Scope; target: ChangedTable; list: string[] },
  clause: MergeClause,
): BoundClause {
  const { list, scope, target } = at
  const add = (sql: string): number => list.push(sql) - 1
  const condition = clause.condition ? { condition: add(bindPredicate(b, scope, clause.condition)) } : {}
  const { action } = clause
  if (action.kind === 'delete') return { clause, ...condition, values: [], columns: [] }
  if (action.kind === 'update') {
    const sets = action.set.map((assignment) => bindAssignment(b, scope, assignment, target.table, at.self))
    return {
      clause,
      ...condition,
      values: sets.map((set) => add(set.sql)),
      columns: sets.flatMap((set) => (set.column ? [set.column] : [])),
    }
  }
  const given =
    action.columns?.map((name) => {
      const column = target.table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
      if (!column) throw errors.noColumn(name, 0)
      return column
    }) ?? target.table.columns.filter((column) => !column.computed && !column.identity)
  const values = action.values ?? []
  if (values.length !== given.length) throw errors.columnCount(0)
  refuseRowVersions(given.filter((_, i) => values[i]?.kind !== 'default'))
  const rest = target.table.columns.filter((column) => !column.computed && !given.includes(column))
  const cells = [
    ...values.map((expr, i) => {
      const column = given[i]
      const bound = expr.kind === 'default' && column ? defaultOf(b, column) : bindExpr(b, scope, expr)
      return convertBound(bound, assignable(column?.type ?? bound.type), { implicit: true }).sql
    }),
    ...rest.map((column) => convertBound(defaultOf(b, column), assignable(column.type)).sql),
  ]
  return { clause, ...condition, values: cells.map(add), columns: [...given, ...rest] }
}

export async function runMerge(x: Execution, s: MergeStatement): Promise<void> {
  let target = resolveTarget(x, s.target)
  const permissions = new Set(s.clauses.map((clause) => clause.action.kind.toUpperCase()))
  for (const permission of permissions)
    if (!(await lockForChange(x, target, permission))) target = resolveTarget(x, s.target)
  const events = ['INSERT', 'UPDATE', 'DELETE'] as const
  const instead = events.some((event) => insteadOf(triggersOf(x.session, target.database, target.table.id, event)))
  if (instead || target.view) throw unsupported('MERGE into a table or view with INSTEAD OF triggers', s.line)
  const count = await changeRows(x, target, events, { outputs: toClient(s.output) }, (store) =>
    withReads(
      x,
      () => planMerge(x, s, target),
      (plan) => {
        const output = mergeRows(x, { target, store, plan })
        if (s.output)
          new OutputPlan(x, s.output, target, store, ['inserted', 'deleted'], plan.extra.beside).send(output)
        const all = everyColumn(target.table)
        const set = new Set(
          plan.extra.clauses.flatMap(({ clause, columns }) =>
            clause.action.kind === 'update' ? columns.map((column) => column.id) : [],
          ),
        )
        return events.flatMap((event): Change[] => {
          // A MERGE fires the triggers of every action that it has, also where it met no row.
          if (!s.clauses.some(({ action }) => action.kind.toUpperCase() === event)) return []
          const rows = output.filter(({ action }) => action === event)
          return [{ event, rows, updated: event === 'INSERT' ? all : event === 'UPDATE' ? set : new Set() }]
        })
      },
    ),
  )
  x.session.rowCount = count
  x.sink.done({
    kind: x.frame.done,
    command: statementCodes.merge,
    count: x.session.settings.switches.has('NOCOUNT') ? undefined : count,
  })
}

function mergeRows(x: Execution, at: { target: ChangedTable; store: Store; plan: Plan<MergeExtra> }): OutputRow[] {
  const { target, store, plan } = at
  const writer = new RowWriter(x, target, store, 'MERGE')
  const { width, clauses, orphans, beside } = plan.extra
  const besideOf = (cells: readonly Cell[]) =>
    beside ? { beside: cells.slice(beside.first, beside.first + beside.width) } : {}
  const read = (sql: string): Cell[][] =>
    withSession(x.session, () => store.all(sql, valuesOf(x, plan), writer.bigInts))
  const pairs = read(plan.sql).map((cells) => ({
    cells,
    match: cells[0] === null ? ('target' as const) : ('matched' as const),
  }))
  const lonely = orphans ? read(orphans).map((cells) => ({ cells, match: 'source' as const })) : []
  const output: OutputRow[] = []
  const touched = new Set<number>()
  type Beside = Pick<OutputRow, 'beside'>
  const updates: { rowid: number; before: Row; row: Row; from: Beside }[] = []
  const deletes: { rowid: number; before: Row; from: Beside }[] = []
  const inserts: {
    columns: readonly ColumnInfo[]
    cells: Cell[]
    named: readonly string[] | undefined
    from: Beside
  }[] = []
  for (const { cells, match } of [...pairs, ...lonely]) {
    const bound = clauses.find(
      (candidate) =>
        candidate.clause.match === match &&
        (candidate.condition === undefined || Number(cells[candidate.condition] ?? 0) === 1),
    )
    if (!bound) continue
    const { action } = bound.clause
    const values = bound.values.map((place) => cells[place] ?? null)
    if (action.kind === 'insert') {
      inserts.push({ columns: bound.columns, cells: values, named: action.columns, from: besideOf(cells) })
      continue
    }
    const rowid = Number(cells[0])
    if (touched.has(rowid)) throw errors.mergeTwice()
    touched.add(rowid)
    const before = cells.slice(1, width + 1)
    if (action.kind === 'delete') {
      deletes.push({ rowid, before, from: besideOf(cells) })
      continue
    }
    const row = [...before]
    bound.columns.forEach((column, i) => {
      row[writer.stored.indexOf(column)] = values[i] ?? null
    })
    writer.stored.forEach((column, i) => {
      if (column.type.name === 'timestamp') row[i] = target.database.nextRowVersion()
    })
    updates.push({ rowid, before, row, from: besideOf(cells) })
  }
  for (const { rowid, before, from } of deletes) {
    writer.delete(rowid)
    output.push({ deleted: before, action: 'DELETE', ...from })
  }
  writer.update(updates, true)
  for (const { before, row, from } of updates)
    output.push({ inserted: row, deleted: before, action: 'UPDATE', ...from })
  for (const { columns, cells, named, from } of inserts) {
    const [inserted = []] = insertRows(x, { target, store, writer }, columns, [cells], named ? { columns: named } : {})
    output.push({ inserted, action: 'INSERT', ...from })
  }
  writer.checkParents(output.flatMap((row) => (row.inserted ? [row.inserted] : [])))
  writer.followChildren([
    ...deletes.map(({ before }) => ({ before })),
    ...updates.map(({ before, row }) => ({ before, after: row })),
  ])
  return output
}
