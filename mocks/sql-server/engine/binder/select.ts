/** One SELECT: its sources, list, grouping, DISTINCT and TOP. */

import { type DataType, types } from '../../tds/data-type.ts'
import type { Expr, OrderItem, SelectCore, SelectItem } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { hasAggregate } from './aggregates.ts'
import type { Binder, Grouping } from './binder.ts'
import { type Bound, withoutLiteral } from './bound.ts'
import { comparable, convertBound, equatable } from './convert-bound.ts'
import { bindExpr } from './expression.ts'
import { bindFrom } from './from.ts'
import { bindPredicate } from './predicate.ts'
import { type BoundQuery, orderByOutput, outputPosition } from './query.ts'
import { Scope } from './scope.ts'

export interface OutColumn {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  readonly untyped?: boolean
  readonly origin?: NonNullable<Bound['origin']>
}

export interface OrderClause {
  readonly items: readonly OrderItem[]
  readonly limit: string
}

interface Item {
  readonly name: string
  readonly expr?: Expr
  readonly bound: Bound
}

export function bindSelect(b: Binder, core: SelectCore, order: OrderClause, parent: Scope | undefined): BoundQuery {
  const scope = new Scope(parent)
  const from = core.from ? bindFrom(b, scope, core.from) : ''
  if (core.from) b.readsRows = true
  const where = core.where ? bindPredicate(b, scope, core.where) : ''
  const grouped =
    core.groupBy.length > 0 ||
    core.having !== undefined ||
    core.items.some((item) => item.kind !== 'star' && hasAggregate(item.expr)) ||
    order.items.some((item) => hasAggregate(item.expr))
  if (core.top && order.limit !== '') throw errors.topWithOffset(core.line)
  const keys = core.groupBy.map((expr) => {
    if (hasAggregate(expr) || expr.kind === 'subquery') throw errors.groupByAggregate(core.line)
    const key = bindExpr(b, scope, expr)
    if (key.literal || expr.kind === 'literal') throw errors.groupByConstant(core.line)
    return key
  })
  const grouping: Grouping | undefined = grouped
    ? { scope, keys: new Set(keys.map((key) => key.sql)), inAggregate: 0, problems: [], used: false }
    : undefined
  b.grouping = grouping
  const items = core.items.flatMap((item) => bindItem(b, scope, item))
  const columns = items.map(outColumn)
  const having = core.having ? bindPredicate(b, scope, core.having) : ''
  const sorted =
    order.items.length > 0 && !core.distinct
      ? bindOrder(b, scope, order.items, items, core.line)
      : { clause: '', columns: [] }
  const [problem] = grouping?.problems ?? []
  if (problem) throw problem
  b.grouping = undefined
  const list = items.map((item, i) => `${item.bound.sql} AS o${i + 1}`).join(',')
  const groupBy = keys.length > 0 ? ` GROUP BY ${keys.map(equatable).join(',')}` : ''
  const base = `SELECT ${list}${from ? ` FROM ${from}` : ''}${where ? ` WHERE ${where}` : ''}${groupBy}${having ? ` HAVING ${having}` : ''}`
  const top = core.top ? topClause(b, core.top) : ''
  const oneRow = (!core.from && !core.where) || (grouped && core.groupBy.length === 0) || / LIMIT 1$/.test(top)
  if (!core.distinct)
    return { sql: `${base}${sorted.clause}${top}${order.limit}`, columns, oneRow, order: sorted.columns }
  const names = items.map((_, i) => `o${i + 1}`).join(',')
  const distinctKeys = items.map((item, i) => equatable({ ...withoutLiteral(item.bound), sql: `o${i + 1}` })).join(',')
  const out = orderByOutput(order.items, columns, core.line)
  return {
    sql: `SELECT ${names} FROM (${base}) GROUP BY ${distinctKeys}${out.clause}${top}${order.limit}`,
    columns,
    oneRow,
    order: out.columns,
  }
}

const outColumn = ({ name, bound }: Item): OutColumn => ({
  name,
  type: bound.type,
  nullable: bound.nullable,
  ...(bound.untyped ? { untyped: true } : {}),
  ...(bound.origin ? { origin: bound.origin } : {}),
})

function bindItem(b: Binder, scope: Scope, item: SelectItem): Item[] {
  if (item.kind === 'star') {
    const sources = scope.sourcesOf(item.qualifier)
    if (scope.sources.length === 0)
      throw new SqlError(263, 16, 1, 'Must specify table to select from.', { line: item.line })
    if (sources.length === 0)
      throw new SqlError(
        107,
        15,
        1,
        `The column prefix '${item.qualifier.join('.')}' does not match with a table name or alias name used in the query.`,
        { line: item.line },
      )
    return sources.flatMap((source) =>
      source.columns.map((column) => {
        const { grouping } = b
        if (grouping && !grouping.keys.has(column.bound.sql))
          grouping.problems.push(errors.notGrouped(column.bound.origin?.qualified ?? column.name))
        return { name: column.name, bound: column.bound }
      }),
    )
  }
  if (item.kind === 'assign')
    throw new SqlError(
      141,
      15,
      1,
      'A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.',
      { line: item.line },
    )
  const bound = bindExpr(b, scope, item.expr)
  const own = item.expr.kind === 'column' ? (item.expr.parts.at(-1) ?? '') : ''
  // A column keeps the spelling that its table gives it.
  const name = item.alias ?? (item.expr.kind === 'column' ? (bound.origin?.name ?? own) : '')
  return [{ name, expr: item.expr, bound }]
}

function bindOrder(
  b: Binder,
  scope: Scope,
  order: readonly OrderItem[],
  items: readonly Item[],
  line: number,
): { clause: string; columns: number[] } {
  const columns: number[] = []
  const parts = order.map(({ expr, descending }) => {
    const direction = descending ? ' DESC' : ''
    const named = expr.kind === 'column' && expr.parts.length > 1 ? undefined : outputPosition(expr, items, line)
    if (named !== undefined) {
      const bound = items[named]?.bound
      columns.push(named + 1)
      if (bound) return `${comparable(bound.literal ? { ...bound, sql: `o${named + 1}` } : bound)}${direction}`
    }
    if (expr.kind === 'literal')
      throw new SqlError(
        408,
        16,
        1,
        `A constant expression was encountered in the ORDER BY list, position ${columns.length + 1}.`,
        { line },
      )
    const bound = bindExpr(b, scope, expr)
    if (bound.literal) throw errors.orderByConstant(columns.length + 1, line)
    const at = items.findIndex((item) => item.bound.sql === bound.sql)
    if (at !== -1) columns.push(at + 1)
    return `${comparable(bound)}${direction}`
  })
  return { clause: ` ORDER BY ${parts.join(',')}`, columns }
}

function topClause(b: Binder, top: NonNullable<SelectCore['top']>): string {
  if (top.percent) throw unsupported('TOP … PERCENT')
  if (top.ties) throw unsupported('TOP … WITH TIES')
  const bound = bindExpr(b, new Scope(), top.count)
  const sql = convertBound(bound, types.bigint).sql
  return ` LIMIT ${bound.literal ? sql : `top_count(${sql})`}`
}
