/** SELECT as a statement: rows to the client, into variables, into a new table, or as JSON. */

import { requireUses } from '../../security/permissions.ts'
import { type Cell, type DataType, maxLength, textType } from '../../tds/data-type.ts'
import type { Column } from '../../tds/tokens/col-metadata.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { ForClause, Name, Query, QueryBody, SelectCore, SelectItem, Statement } from '../../tsql/ast.ts'
import { convertBound } from '../binder/convert-bound.ts'
import { jsonColumn, xmlColumn } from '../binder/for-clause.ts'
import { bindQuery } from '../binder/query.ts'
import type { OutColumn } from '../binder/select.ts'
import { errors } from '../errors.ts'
import { checkShown, textOfRows } from '../functions/row-shapes.ts'
import { takeFailure } from '../udf/aggregate-failure.ts'
import { withSession } from '../udf/running-session.ts'
import { arithmeticAssign } from './assign.ts'
import { type Execution, throwIfCancelled } from './execution.ts'
import { tellNotices } from './notices.ts'
import { type Plan, planOf, storeOf, valuesOf, withReads } from './plan.ts'
import { rowCutter, sizedType } from './text-size.ts'

type QueryStatement = Extract<Statement, { kind: 'query' }>

const coreOf = (query: Query): SelectCore | undefined => (query.body.kind === 'select' ? query.body : undefined)

/** Where INTO stands: in the first of several that UNION and its kin put together. */
function intoOf(body: QueryBody): Name | undefined {
  if (body.kind === 'select') return body.into
  return body.kind === 'setop' ? intoOf(body.left) : undefined
}

/** The query as a plan; assignments become plain columns. */
export function planQuery(x: Execution, statement: QueryStatement): Plan<readonly string[]> {
  return planOf<readonly string[]>(x, statement, (b) => {
    const core = coreOf(statement.query)
    const assigns = core?.items.filter((item) => item.kind === 'assign') ?? []
    if (!core || assigns.length === 0) {
      const bound = bindQuery(
        b,
        withoutFor(core?.into ? { ...statement.query, body: withoutInto(core) } : statement.query),
      )
      return { ...bound, extra: [] }
    }
    const items = core.items.map(
      (item): SelectItem =>
        item.kind === 'assign'
          ? { kind: 'expr', expr: arithmeticAssign(item.variable, item.op, item.expr, item.line) }
          : item,
    )
    if (assigns.length !== core.items.length) bindQuery(b, statement.query)
    const bound = bindQuery(b, { ...statement.query, body: { ...core, items } })
    const targets = assigns.map((item) => (item.kind === 'assign' ? item.variable.toLowerCase() : ''))
    const columns = bound.columns.map((column, i): OutColumn => {
      const target = b.variable(targets[i] ?? '', statement.line)
      return { ...column, type: target.type }
    })
    const list = bound.columns.map(
      (column, i) =>
        convertBound(
          { sql: `o${i + 1}`, type: column.type, nullable: true, ...(column.untyped ? { untyped: true } : {}) },
          columns[i]?.type ?? column.type,
          { implicit: true },
        ).sql,
    )
    return { sql: `SELECT ${list.join(',')} FROM (${bound.sql})`, columns, extra: targets }
  })
}

const withoutInto = (core: SelectCore): SelectCore => {
  const { into: _, ...rest } = core
  return rest
}

/** The rows themselves: what FOR makes of them is written when they go out. */
const withoutFor = (query: Query): Query => {
  const { forClause: _, ...rest } = query
  return rest
}

/** Binds without running: what is wrong with the statement is thrown. */
export const checkQuery = (x: Execution, statement: QueryStatement): void => void planQuery(x, statement)

/** A promise only where something is waited for, or may be. */
export function runSelect(x: Execution, statement: QueryStatement): Promise<void> | undefined {
  const into = intoOf(statement.query.body)
  if (into)
    return import('./select-into.ts').then(({ selectInto }) =>
      selectInto(x, statement, into, () => planQuery(x, statement)),
    )
  const plan = planQuery(x, statement)
  if (plan.uses.length === 0 && plan.extra.length === 0 && !statement.query.forClause && !plan.readsRows) {
    sendScalar(x, plan)
    return undefined
  }
  const running = withReads(
    x,
    () => planQuery(x, statement),
    (current) => {
      if (current.extra.length > 0) return assignRows(x, current)
      if (statement.query.forClause) return sendText(x, current, statement.query.forClause)
      return sendRows(x, current)
    },
  )
  return running instanceof Promise ? running : undefined
}

/** The columns of a query's result, without its rows. */
export function describeQuery(x: Execution, statement: QueryStatement): void {
  const plan = planQuery(x, statement)
  requireUses(x, plan.uses)
  const silent = intoOf(statement.query.body) !== undefined || plan.extra.length > 0
  if (!silent) x.sink.columns(resultColumns(x, plan.columns), plan.order)
  finish(x, 0)
}

/** A SELECT without FROM: one row, no locks, nothing to wait for. */
function sendScalar(x: Execution, plan: Plan<unknown>): void {
  const values = valuesOf(x, plan)
  x.sink.columns(resultColumns(x, plan.columns))
  const rows = withSession(x.session, () => storeOf(x, plan).all(plan.sql, values, plan.bigInts))
  const cut = rowCutter(plan.columns, x.session.settings.textSize)
  for (const row of rows) x.sink.row(cut ? cut(row) : row)
  finish(x, rows.length)
}

const described = new WeakMap<
  readonly OutColumn[],
  { readonly textSize: number; readonly columns: readonly Column[] }
>()

/** The same columns for the same plan: what they are on the wire is then found again. */
export function resultColumns({ session }: Execution, columns: readonly OutColumn[]): readonly Column[] {
  const { textSize } = session.settings
  const known = described.get(columns)
  if (known?.textSize === textSize) return known.columns
  const made = describe(columns, textSize)
  described.set(columns, { textSize, columns: made })
  return made
}

const describe = (columns: readonly OutColumn[], textSize: number): readonly Column[] =>
  columns.map(({ name, type, nullable, origin }) => ({
    name,
    type: sizedType(type, textSize),
    nullable,
    ...(origin?.identity ? { identity: true } : {}),
    ...(origin?.computed ? { computed: true } : {}),
    ...(origin && (type.name === 'text' || type.name === 'ntext' || type.name === 'image')
      ? { table: origin.qualified.split('.').slice(0, -1) }
      : {}),
  }))

function finish(x: Execution, count: number): void {
  x.session.rowCount = count
  tellNotices(x, 1)
  x.sink.done({
    kind: x.frame.done,
    command: statementCodes.select,
    count: x.session.settings.switches.has('NOCOUNT') ? undefined : count,
  })
}

const rowsBetweenBreaths = 64

async function sendRows(x: Execution, plan: Plan<unknown>): Promise<void> {
  const { session, sink } = x
  const limit = session.settings.rowCount
  const statement = storeOf(x, plan).prepare(plan.sql, plan.bigInts)
  const values = valuesOf(x, plan)
  let count = 0
  // The columns go out before anything is worked out: an error at the first row leaves a result without rows.
  sink.columns(resultColumns(x, plan.columns), plan.order)
  const rows = withSession(session, () => statement.iterate(...values)) as unknown as Iterator<Cell[]>
  const pull = (): IteratorResult<Cell[]> => {
    const result = withSession(session, () => rows.next()) as IteratorResult<Cell[]> | undefined
    if (!result) throw takeFailure()
    return result
  }
  let next = pull()
  const cut = rowCutter(plan.columns, session.settings.textSize)
  try {
    while (!next.done) {
      sink.row(cut ? cut(next.value) : next.value)
      count += 1
      if (count === limit) break
      if (count % rowsBetweenBreaths === 0) {
        const breath = sink.breathe()
        if (breath) await breath
        throwIfCancelled(x)
      }
      next = pull()
    }
  } finally {
    if (!next.done) rows.return?.()
  }
  finish(x, count)
}

/** The last row of a SELECT that assigns, into its variables; without a row they stay as they are. */
export function assignRow(x: Execution, names: readonly string[], row: readonly Cell[] | undefined): void {
  if (!row) return
  names.forEach((name, i) => {
    const variable = x.frame.variables.get(name)
    if (!variable) throw errors.mustDeclare(name, 0)
    variable.value = row[i] ?? null
  })
}

function assignRows(x: Execution, plan: Plan<readonly string[]>): void {
  const rows = withSession(x.session, () => storeOf(x, plan).all(plan.sql, valuesOf(x, plan), plan.bigInts))
  // `SELECT @all = @all + name FROM …`: every row builds on the one before.
  const builds = rows.length > 1 && plan.extra.some((name) => plan.variables.includes(name))
  if (builds) assignEach(x, plan, rows.length)
  else assignRow(x, plan.extra, rows.at(-1))
  x.session.rowCount = rows.length
  x.sink.done({
    kind: x.frame.done,
    command: statementCodes.select,
    count: x.session.settings.switches.has('NOCOUNT') ? undefined : rows.length,
  })
}

/** The rows one after the other, each with the variables as the one before has left them. */
function assignEach(x: Execution, plan: Plan<readonly string[]>, count: number): void {
  const sql = `SELECT * FROM (${plan.sql}) LIMIT 1 OFFSET ?`
  for (let i = 0; i < count; i += 1) {
    const [row] = withSession(x.session, () => storeOf(x, plan).all(sql, [...valuesOf(x, plan), i], plan.bigInts))
    assignRow(x, plan.extra, row)
  }
}

/** FOR JSON and FOR XML send their text in pieces of this many characters. */
const pieceLength = 2033

function sendText(x: Execution, plan: Plan<unknown>, how: ForClause): void {
  checkShown(plan.columns, how)
  const values = valuesOf(x, plan)
  const text = textType('nvarchar', maxLength, x.session.database.collation)
  const typed = how.kind === 'xml' && how.typed
  const type: DataType = how.kind === 'json' ? text : { ...text, name: typed ? 'xml' : 'ntext' }
  const name = how.kind === 'json' ? jsonColumn : typed ? '' : xmlColumn
  x.sink.columns([{ name, type, nullable: true }])
  const rows = withSession(x.session, () => storeOf(x, plan).all(plan.sql, values, plan.bigInts))
  const whole = rows.length === 0 ? '' : textOfRows(plan.columns, rows, how)
  if (typed) x.sink.row([rows.length === 0 ? null : whole])
  else for (let at = 0; at < whole.length; at += pieceLength) x.sink.row([whole.slice(at, at + pieceLength)])
  finish(x, rows.length)
}
