/** The items of a select list, and ORDER BY over them. */

import type { Expr, OrderItem, SelectItem } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'
import type { Binder } from './binder.ts'
import { type Bound, withoutLiteral } from './bound.ts'
import { comparable } from './convert-bound.ts'
import { bindExpr, grouped } from './expression.ts'
import { outputPosition } from './query.ts'
import type { Scope } from './scope.ts'

export interface Item {
  readonly name: string
  readonly expr?: Expr
  readonly bound: Bound
  readonly source?: string
}

export interface Sort {
  readonly keys: readonly { readonly inner: string; readonly direction: string }[]
  /** The result columns that are sorted by, from 1. */
  readonly columns: readonly number[]
}

export function bindItem(b: Binder, scope: Scope, item: SelectItem): Item[] {
  if (item.kind === 'star') return bindStar(b, scope, item)
  if (item.kind === 'assign')
    throw new SqlError(
      141,
      15,
      1,
      'A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.',
      { line: item.line },
    )
  const bound = bindExpr(b, scope, item.expr)
  if (item.expr.kind !== 'column') return [{ name: item.alias ?? '', expr: item.expr, bound }]
  // A column keeps the spelling that its table gives it.
  const name = item.alias ?? bound.origin?.name ?? item.expr.parts.at(-1) ?? ''
  const source = scope.sourceOf(item.expr.parts)
  return [{ name, expr: item.expr, bound, ...(source === undefined ? {} : { source }) }]
}

function bindStar(b: Binder, scope: Scope, item: Extract<SelectItem, { kind: 'star' }>): Item[] {
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
  const { grouping } = b
  return sources.flatMap((source) =>
    source.columns.map((column) => {
      source.touched?.add(column.name.toLowerCase())
      if (!grouping) return { name: column.name, bound: column.bound, source: source.name }
      if (!grouping.keys.has(column.bound.sql))
        grouping.problems.push(`${column.bound.origin?.table ?? source.name}.${column.name}`)
      return { name: column.name, bound: grouped(grouping, column.bound), source: source.name }
    }),
  )
}

export function bindSort(
  b: Binder,
  scope: Scope,
  order: readonly OrderItem[],
  items: readonly Item[],
  line: number,
): Sort {
  const columns: number[] = []
  const keys = order.map(({ expr, descending }) => {
    const direction = descending ? ' DESC' : ''
    const named = expr.kind === 'column' && expr.parts.length > 1 ? undefined : outputPosition(expr, items, line)
    const item = named === undefined ? undefined : items[named]
    if (named !== undefined && item) {
      columns.push(named + 1)
      // A constant in ORDER BY would be SQLite's ordinal.
      return { inner: comparable(item.bound.literal ? constant(item.bound) : item.bound), direction }
    }
    if (expr.kind === 'literal') throw errors.orderByConstant(columns.length + 1, line)
    const bound = bindExpr(b, scope, expr)
    if (bound.literal) throw errors.orderByConstant(columns.length + 1, line)
    const at = items.findIndex((each) => each.bound.sql === bound.sql)
    if (at !== -1) columns.push(at + 1)
    return { inner: comparable(bound), direction }
  })
  return { keys, columns }
}

const constant = (bound: Bound): Bound => ({ ...withoutLiteral(bound), sql: `(${bound.sql}||'')` })
