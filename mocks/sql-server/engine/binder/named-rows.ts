import type { Query } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import type { OutColumn } from './select.ts'

/** The names of the columns of a derived table, CTE or view: all there, none twice. */
export function columnNames(name: string, columns: readonly OutColumn[], given?: readonly string[]): string[] {
  if (given && given.length < columns.length) throw errors.moreNames(name)
  if (given && given.length > columns.length) throw errors.fewerNames(name)
  const names = columns.map((column, i) => given?.[i] ?? column.name)
  const seen = new Set<string>()
  names.forEach((each, i) => {
    if (each === '') throw errors.noColumnName(i + 1, name)
    const key = each.toLowerCase()
    if (seen.has(key)) throw errors.sameColumnName(each, name)
    seen.add(key)
  })
  return names
}

/** Rows inside a statement have no order, unless it chooses some of them. */
export function checkOrder(query: Query): Query {
  const top = query.body.kind === 'select' && query.body.top !== undefined
  if (query.order.length > 0 && !query.offset && !query.forClause && !top) throw errors.orderInside(query.line)
  return query
}
