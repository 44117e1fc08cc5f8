/** One SELECT: its sources, list, grouping, DISTINCT and TOP. */

import { type DataType, types } from '../../tds/data-type.ts'
import type { OrderItem, SelectCore } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import type { SqlError } from '../sql-error.ts'
import { hasAggregate } from './aggregates.ts'
import type { Binder, Grouping } from './binder.ts'
import { type Bound, withoutLiteral } from './bound.ts'
import { convertBound, equatable } from './convert-bound.ts'
import { bindExpr } from './expression.ts'
import { bindFrom } from './from.ts'
import { bindPredicate } from './predicate.ts'
import { type BoundQuery, orderByOutput } from './query.ts'
import { Scope } from './scope.ts'
import { bindItem, bindSort, type Item, type Sort } from './select-item.ts'

export interface OutColumn {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  readonly untyped?: boolean
  readonly origin?: NonNullable<Bound['origin']>
  /** The text is JSON, which FOR JSON takes as it is. */
  readonly json?: boolean
  /** The alias of the source that the column comes from. */
  readonly source?: string
}

export interface OrderClause {
  readonly items: readonly OrderItem[]
  readonly limit: string
}

/** The list, HAVING and sort keys of a SELECT, bound for one grouping set. */
interface Variant {
  readonly items: readonly Item[]
  readonly sort: Sort
  readonly sql: string
}

export function bindSelect(b: Binder, core: SelectCore, order: OrderClause, parent: Scope | undefined): BoundQuery {
  const scope = new Scope(parent)
  const keyed = b.takeWantsKeys()
  const from = core.from ? bindFrom(b, scope, core.from) : ''
  scope.checkNames()
  if (core.from) b.readsRows = true
  let where = ''
  const { where: condition } = core
  const whereProblem = condition ? b.nameProblem(() => (where = bindPredicate(b, scope, condition))) : undefined
  const grouped =
    core.groupBy.length > 0 ||
    core.groupingSets !== undefined ||
    core.having !== undefined ||
    core.items.some((item) => item.kind !== 'star' && hasAggregate(item.expr)) ||
    order.items.some((item) => hasAggregate(item.expr))
  const { top } = core
  if (top && order.limit !== '') throw errors.topWithOffset(core.line)
  if (top?.ties && order.items.length === 0) throw errors.tiesWithoutOrder(core.line)
  const keys = bindKeys(b, scope, core)
  const keySet = new Set(keys.map((key) => key.sql))
  const source = `${from ? ` FROM ${from}` : ''}${where ? ` WHERE ${where}` : ''}`
  /** Rows are chosen by their rank, which stands outside the SELECT itself. */
  const ranked = top !== undefined && (top.ties || top.percent)
  const wrapped = (ranked || core.groupingSets !== undefined) && !core.distinct

  const variant = (set?: readonly number[]): Variant => {
    const active = set ? new Set(set.flatMap((at) => keys[at]?.sql ?? [])) : undefined
    const grouping: Grouping | undefined = grouped
      ? { scope, keys: keySet, inAggregate: 0, problems: [], used: false, ...(active ? { active } : {}) }
      : undefined
    b.grouping = grouping
    const items = b.each(core.items, (item) => bindItem(b, scope, item), whereProblem).flat()
    const listed = grouping?.problems.length ?? 0
    const having = core.having ? bindPredicate(b, scope, core.having) : ''
    const filtered = grouping?.problems.length ?? 0
    const sort = core.distinct ? noSort : bindSort(b, scope, order.items, items, core.line)
    if (grouping && grouping.problems.length > 0) throw notGrouped(grouping.problems, listed, filtered)
    b.grouping = undefined
    const by = active ? keys.filter((key) => active.has(key.sql)) : keys
    // SQLite groups a SELECT without GROUP BY only for the aggregates that it sees in its list.
    const single = grouped && by.length === 0 && (active !== undefined || having !== '')
    const list = items.map(
      ({ bound }, i) => `${single && i === 0 ? `iif(count(*)>=0,${bound.sql},NULL)` : bound.sql} AS o${i + 1}`,
    )
    if (keyed && !grouped && !core.distinct && !wrapped) {
      b.rowKeys = scope.sources.flatMap((source) => source.key ?? [])
      list.push(...b.rowKeys.map(({ alias }, i) => `${alias}.rowid AS r${i + 1}`))
    }
    if (wrapped) list.push(...sort.keys.map((key, i) => `${key.inner} AS k${i + 1}`))
    const groupBy = by.length > 0 ? ` GROUP BY ${by.map((key) => equatable(key, 'GROUP BY')).join(',')}` : ''
    return {
      items,
      sort,
      sql: `SELECT ${list.join(',')}${source}${groupBy}${having ? ` HAVING ${having}` : ''}`,
    }
  }

  const variants = core.groupingSets ? core.groupingSets.map(variant) : [variant()]
  const [first] = variants
  if (!first) throw errors.groupByConstant(core.line)
  const columns = first.items.map((item, i) =>
    outColumn(
      item,
      variants.some((other) => other.items[i]?.bound.nullable),
    ),
  )
  const base = variants.map((each) => each.sql).join(' UNION ALL ')
  const names = first.items.map((_, i) => `o${i + 1}`).join(',')
  const count = top ? topCount(b, top) : ''
  const limit = top && !ranked ? ` LIMIT ${count}` : ''
  const oneRow =
    variants.length === 1 && ((!core.from && !core.where) || (grouped && keys.length === 0) || limit === ' LIMIT 1')
  if (!core.distinct && !wrapped) {
    const clause = first.sort.keys.map((key) => key.inner + key.direction).join(',')
    return {
      sql: `${base}${clause === '' ? '' : ` ORDER BY ${clause}`}${limit}${order.limit}`,
      columns,
      oneRow,
      order: first.sort.columns,
    }
  }
  const out = core.distinct
    ? orderByOutput(order.items, columns, core.line, first.items)
    : {
        clause: first.sort.keys.map((key, i) => `k${i + 1}${key.direction}`).join(','),
        columns: first.sort.columns,
      }
  const distinctKeys = (core.distinct ? first.items : [])
    .map((item, i) => equatable({ ...withoutLiteral(item.bound), sql: `o${i + 1}` }, 'DISTINCT'))
    .join(',')
  const rows = core.distinct ? `SELECT ${names} FROM (${base}) GROUP BY ${distinctKeys}` : base
  return {
    sql: ranked
      ? rankedRows(rows, names, out.clause, top, count)
      : `SELECT ${names} FROM (${rows})${out.clause === '' ? '' : ` ORDER BY ${out.clause}`}${limit}${order.limit}`,
    columns,
    oneRow: oneRow && !ranked,
    order: out.columns,
  }
}

/** Columns that are neither grouped nor aggregated, told by the clause in which they stand. */
function notGrouped(names: readonly string[], listed: number, filtered: number): SqlError {
  const [first, ...others] = names.map((name, i) =>
    errors.notGrouped(name, i < listed ? 'select list' : i < filtered ? 'HAVING clause' : 'ORDER BY clause'),
  )
  if (!first) throw new Error('no column is wrong')
  first.others = others
  return first
}

/** A column of a query where another one reads it. */
export const boundOf = ({ type, nullable, untyped }: OutColumn, sql: string): Bound => ({
  sql,
  type,
  nullable,
  ...(untyped ? { untyped: true } : {}),
})

const noSort: Sort = { keys: [], columns: [] }

function bindKeys(b: Binder, scope: Scope, core: SelectCore): Bound[] {
  return core.groupBy.map((expr) => {
    if (hasAggregate(expr) || expr.kind === 'subquery') throw errors.groupByAggregate(core.line)
    const key = bindExpr(b, scope, expr)
    if (key.literal || expr.kind === 'literal') throw errors.groupByConstant(core.line)
    return key
  })
}

const outColumn = ({ name, bound, source }: Item, nullable: boolean): OutColumn => ({
  name,
  type: bound.type,
  nullable,
  ...(bound.untyped ? { untyped: true } : {}),
  ...(bound.origin ? { origin: bound.origin } : {}),
  ...(bound.json ? { json: true } : {}),
  ...(source === undefined ? {} : { source }),
})

/** TOP … PERCENT and WITH TIES: rows numbered in their order, then cut by the number. */
function rankedRows(
  rows: string,
  names: string,
  order: string,
  top: NonNullable<SelectCore['top']>,
  count: string,
): string {
  const most = top.percent ? `(${count})` : count
  const over = order === '' ? '' : `ORDER BY ${order}`
  const numbered = `SELECT *,${top.ties ? 'rank' : 'row_number'}() OVER (${over}) AS rk,${top.percent ? `top_percent(${most},count(*) OVER ())` : most} AS mx FROM (${rows})`
  return `SELECT ${names} FROM (${numbered}) WHERE rk<=mx ORDER BY rk`
}

function topCount(b: Binder, top: NonNullable<SelectCore['top']>): string {
  const bound = bindExpr(b, new Scope(), top.count)
  if (top.percent) return convertBound(bound, types.float).sql
  const sql = convertBound(bound, types.bigint).sql
  return /^\d+$/.test(sql) ? sql : `top_count(${sql})`
}
