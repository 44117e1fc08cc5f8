/** INSERT. */
import { type Cell, type DataType, familyOf, maxLength } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Expr, Statement, Target } from '../../tsql/ast.ts'
import { parseExpressionText } from '../../tsql/parser.ts'
import type { Binder } from '../binder/binder.ts'
import type { Bound } from '../binder/bound.ts'
import { convertBound } from '../binder/convert-bound.ts'
import { bindCtes } from '../binder/cte.ts'
import { bindExpr } from '../binder/expression.ts'
import { nullBound } from '../binder/literal.ts'
import { bindQuery } from '../binder/query.ts'
import { Scope } from '../binder/scope.ts'
import { boundOf } from '../binder/select.ts'
import type { ColumnInfo } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'
import type { Store } from '../storage/store.ts'
import { withSession } from '../udf/running-session.ts'
import { insertThrough } from './change-through.ts'
import { atomically, type Execution } from './execution.ts'
import { type Change, changeRows, everyColumn, fireInstead, insteadOf, triggersOf } from './fire-triggers.ts'
import { nextIdentity, noteIdentity, storeIdentity } from './identity-values.ts'
import { OutputPlan, type OutputRow, toClient } from './output.ts'
import { type Plan, planOf, valuesOf, wide, withReads } from './plan.ts'
import { type ChangedTable, lockForChange, nameInTempdb, resolveTarget } from './resolve-target.ts'
import { limitRows } from './row-limit.ts'
import { type Row, RowWriter } from './row-writer.ts'

export type InsertStatement = Extract<Statement, { kind: 'insert' }>

/** A column as the place of an assignment: texts keep their length, which the writer checks. */
export const assignable = (type: DataType): DataType =>
  familyOf(type) === 'text' || (familyOf(type) === 'binary' && type.name !== 'timestamp')
    ? {
        ...type,
        name:
          type.name === 'char'
            ? 'varchar'
            : type.name === 'nchar'
              ? 'nvarchar'
              : type.name === 'binary'
                ? 'varbinary'
                : type.name,
        length: maxLength,
      }
    : type

function targetColumns(x: Execution, s: InsertStatement, { table }: ChangedTable): ColumnInfo[] {
  const identityOn = x.session.identityInsert.has(table.id)
  if (!s.columns) return table.columns.filter((column) => !column.computed && (!column.identity || identityOn))
  const seen = new Set<ColumnInfo>()
  return s.columns.map((name) => {
    const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
    if (!column) throw errors.noColumn(name, s.line)
    if (seen.has(column)) throw errors.columnTwice(column.name)
    seen.add(column)
    if (column.computed) throw errors.computedChange(column.name)
    return column
  })
}

export function refuseRowVersions(given: readonly ColumnInfo[]): void {
  if (given.some((column) => column.type.name === 'timestamp')) throw errors.timestampInsert()
}

interface InsertExtra {
  readonly columns: readonly ColumnInfo[]
  /** How many of them the statement gives; the rest have their defaults. */
  readonly given: number
}

/** The rows to insert as a query: converted to their columns' types, columns left out filled with their defaults. */
export function planInsert(x: Execution, s: InsertStatement, target: ChangedTable): Plan<InsertExtra> {
  // With IDENTITY_INSERT on the columns are others: such a plan is not kept.
  const node = x.session.identityInsert.size > 0 ? {} : s
  return planOf<InsertExtra>(x, node, (b) => {
    noteTarget(b, s.target)
    const given = s.source.kind === 'defaults' ? [] : targetColumns(x, s, target)
    const stored = target.table.columns.filter((column) => !column.computed)
    const rest = stored.filter((column) => !given.includes(column))
    const columns = [...given, ...rest]
    const tail = rest.map((column) => convertBound(defaultOf(b, column), assignable(column.type)).sql)
    const assign = (bound: Bound, column: ColumnInfo | undefined): string =>
      convertBound(bound, assignable(column?.type ?? bound.type), { implicit: true }).sql
    const out = columns.map((column) => ({ name: column.name, type: column.type, nullable: true }))
    b.readsRows = true
    if (s.source.kind === 'defaults')
      return { sql: `SELECT ${[...tail, '1'].join(',')}`, columns: out, extra: { columns, given: 0 } }
    if (s.source.kind === 'exec') {
      refuseRowVersions(given)
      return { sql: `SELECT ${[...tail, '1'].join(',')}`, columns: out, extra: { columns, given: given.length } }
    }
    if (s.source.kind === 'values') {
      if (s.source.rows.length > 1000) throw errors.tooManyRows(s.line)
      const rows = s.source.rows.map((row) => {
        if (row.length !== given.length) {
          if (!s.columns) throw errors.columnCount(s.line)
          throw row.length < given.length ? errors.moreColumns(s.line) : errors.fewerColumns(s.line)
        }
        // A rowversion column takes DEFAULT and nothing else.
        refuseRowVersions(given.filter((_, i) => row[i]?.kind !== 'default'))
        const cells = row.map((expr, i) => assign(valueOrDefault(b, expr, given[i]), given[i]))
        return [...cells, ...tail].join(',')
      })
      return {
        sql: rows.length === 1 ? `SELECT ${rows[0]}` : `VALUES ${rows.map((row) => `(${row})`).join(',')}`,
        columns: out,
        extra: { columns, given: given.length },
      }
    }
    if (s.source.kind !== 'query') throw errors.columnCount(s.line)
    const withClause = s.ctes.length > 0 ? bindCtes(b, s.ctes) : ''
    const query = bindQuery(b, s.source.query)
    if (query.columns.length !== given.length)
      throw s.columns
        ? query.columns.length < given.length
          ? selectMore(s)
          : selectFewer(s)
        : errors.columnCount(s.line)
    refuseRowVersions(given)
    const cells = query.columns.map((column, i) => assign(boundOf(column, `o${i + 1}`), given[i]))
    return {
      sql: `${withClause}SELECT ${[...cells, ...tail].join(',')} FROM (${query.sql})`,
      columns: out,
      extra: { columns, given: given.length },
    }
  })
}

const selectMore = (s: InsertStatement) =>
  new SqlError(
    120,
    15,
    1,
    'The select list for the INSERT statement contains fewer items than the insert list. The number of SELECT values must match the number of INSERT columns.',
    { line: s.line },
  )

const selectFewer = (s: InsertStatement) =>
  new SqlError(
    121,
    15,
    1,
    'The select list for the INSERT statement contains more items than the insert list. The number of SELECT values must match the number of INSERT columns.',
    { line: s.line },
  )

/** Looks the target up through the environment, so that the plan knows what it depends on. */
export function noteTarget(b: Binder, target: Target): void {
  if (target.variable) b.environment.tableVariable(target.variable)
  else b.environment.resolve(target.name ?? [], target.line)
}

export function defaultOf(b: Binder, column: ColumnInfo): Bound {
  return column.default ? bindExpr(b, new Scope(), parseExpressionText(column.default.text)) : nullBound
}

const valueOrDefault = (b: Binder, expr: Expr, column: ColumnInfo | undefined): Bound =>
  expr.kind === 'default' && column ? defaultOf(b, column) : bindExpr(b, new Scope(), expr)

export async function runInsert(x: Execution, given: InsertStatement): Promise<void> {
  const s = insertThrough(x, given)
  if (s.source.kind === 'exec') return (await import('./insert-exec.ts')).runInsertExec(x, s, s.source.exec)
  let target = resolveTarget(x, s.target)
  if (!(await lockForChange(x, target, 'INSERT'))) target = resolveTarget(x, s.target)
  const find = (): Plan<InsertExtra> => planInsert(x, s, target)
  const instead = insteadOf(triggersOf(x.session, target.database, target.table.id, 'INSERT'))
  const updated = everyColumn(target.table)
  const count = instead
    ? await fireInstead(x, instead, target.table, {
        event: 'INSERT',
        rows: await withReads(x, find, (plan) => wouldInsert(x, target, plan)),
        updated,
      })
    : await changeRows(x, target, ['INSERT'], { outputs: toClient(s.output) }, (store) =>
        withReads(x, find, (plan) => [
          { event: 'INSERT', rows: insertPlanned(x, s, target, store, plan), updated } satisfies Change,
        ]),
      )
  x.session.rowCount = count
  x.sink.done({
    kind: x.frame.done,
    command: statementCodes.insert,
    count: x.session.settings.switches.has('NOCOUNT') ? undefined : count,
  })
}

/** The rows that an INSTEAD OF trigger gets in their place. */
function wouldInsert(x: Execution, target: ChangedTable, plan: Plan<InsertExtra>): OutputRow[] {
  const stored = target.table.columns.filter((column) => !column.computed)
  const places = stored.map((column) => plan.extra.columns.indexOf(column))
  const bigInts = stored.some((column) => wide(column.type))
  const cells = withSession(x.session, () =>
    x.session.store(x.session.database).all(plan.sql, valuesOf(x, plan), bigInts),
  )
  return limitRows(x, cells).map((row) => ({ inserted: places.map((place) => row[place] ?? null) }))
}

/** Does what a plan says; gives the rows as stored. */
export function insertPlanned(
  x: Execution,
  s: InsertStatement,
  target: ChangedTable,
  store: Store,
  plan: Plan<InsertExtra>,
): OutputRow[] {
  const writer = new RowWriter(x, target, store, 'INSERT')
  const bigInts = writer.bigInts
  const source = limitRows(
    x,
    withSession(x.session, () => store.all(plan.sql, valuesOf(x, plan), bigInts)),
  )
  return insertGiven(x, s, target, store, plan.extra.columns, source, writer)
}

/** Inserts rows whose cells stand in the order of `columns`, and tells of them. */
export function insertGiven(
  x: Execution,
  s: InsertStatement,
  target: ChangedTable,
  store: Store,
  columns: readonly ColumnInfo[],
  source: readonly Cell[][],
  writer = new RowWriter(x, target, store, 'INSERT'),
): OutputRow[] {
  const rows = insertRows(x, { target, store, writer }, columns, source, s)
  writer.checkParents(rows)
  const changed = rows.map((inserted) => ({ inserted }))
  if (s.output) new OutputPlan(x, s.output, target, store, ['inserted']).send(changed)
  return changed
}

/** A change of a temporary object outside a transaction needs no writer lock of the database. */
export async function write<T>(x: Execution, target: ChangedTable, work: (store: Store) => Promise<T> | T): Promise<T> {
  if (!target.table.temporary || x.session.transaction.active)
    return atomically(x, target.database, work, `${target.table.schema}.${target.table.name}`)
  const store = x.session.store(target.database)
  store.exec('SAVEPOINT statement')
  try {
    const result = await work(store)
    store.exec('RELEASE statement')
    return result
  } catch (error) {
    store.exec('ROLLBACK TO statement; RELEASE statement')
    throw error
  }
}

/** Inserts rows whose cells stand in the order of `columns`; gives them as stored. */
export function insertRows(
  x: Execution,
  to: { target: ChangedTable; store: Store; writer: RowWriter },
  columns: readonly ColumnInfo[],
  source: readonly Cell[][],
  how: { columns?: readonly string[] },
): Row[] {
  const { target, store, writer } = to
  const { table } = target
  const places = writer.stored.map((column) => columns.indexOf(column))
  const identity = writer.stored.find((column) => column.identity)
  const explicit =
    identity !== undefined && (how.columns?.some((name) => name.toLowerCase() === identity.name.toLowerCase()) ?? false)
  if (identity) {
    const on = x.session.identityInsert.has(table.id)
    if (explicit && !on) throw errors.identityInsertOff(nameInTempdb(table))
    if (!explicit && on) throw errors.identityInsertNeeded(table.name)
  }
  const rows: Row[] = []
  for (const cells of source) {
    const row: Row = places.map((place) => cells[place] ?? null)
    writer.stored.forEach((column, i) => {
      if (column.type.name === 'timestamp') row[i] = target.database.nextRowVersion()
      else if (column.identity)
        row[i] = explicit ? noteIdentity(x, table, column, row[i] ?? null) : nextIdentity(x, table, column)
    })
    writer.insert(row)
    rows.push(row)
  }
  if (identity && rows.length > 0) storeIdentity(x, store, table)
  return rows
}
