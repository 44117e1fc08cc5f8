/** Queries: CTEs, set operations, ORDER BY, TOP and OFFSET around the SELECTs. Output columns are called o1, o2, … */

import { familyOf, types } from '../../tds/data-type.ts'
import type { Expr, OrderItem, Query, QueryBody } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import type { Binder } from './binder.ts'
import { comparable, convertBound } from './convert-bound.ts'
import { bindCtes } from './cte.ts'
import { bindExpr } from './expression.ts'
import { bindFor } from './for-clause.ts'
import { Scope } from './scope.ts'
import { bindSelect, boundOf, type OrderClause, type OutColumn } from './select.ts'
import { commonType } from './type-rules.ts'

export interface BoundQuery {
  readonly sql: string
  readonly columns: readonly OutColumn[]
  /** Certainly no more than one row. */
  readonly oneRow: boolean
  /** For the ORDER token: result columns of ORDER BY, from 1. */
  readonly order: readonly number[]
}

export function bindQuery(b: Binder, query: Query, parent?: Scope): BoundQuery {
  const grouping = b.grouping
  const visible = b.ctes.length
  b.grouping = undefined
  try {
    const withClause = query.ctes.length > 0 ? bindCtes(b, query.ctes) : ''
    const ordered = bindOrdered(b, query, parent)
    const bound = query.forClause ? bindFor(b, ordered, query.forClause) : ordered
    return withClause === '' ? bound : { ...bound, sql: `${withClause}${bound.sql}` }
  } finally {
    b.grouping = grouping
    b.ctes.length = visible
  }
}

function bindOrdered(b: Binder, query: Query, parent: Scope | undefined): BoundQuery {
  const { body } = query
  if (body.kind === 'nested' && query.order.length === 0) return bindQuery(b, body.query, parent)
  const limit = limitClause(b, query)
  if (body.kind === 'select') {
    const order: OrderClause = { items: query.order, limit }
    return bindSelect(b, body, order, parent)
  }
  const union = bindBody(b, body, parent)
  if (query.order.length === 0 && limit === '') return union
  const { clause, columns } = orderByOutput(query.order, union.columns, query.line)
  return {
    ...union,
    order: columns,
    sql: `SELECT * FROM (${union.sql})${clause === '' ? '' : ` ORDER BY ${clause}`}${limit}`,
  }
}

/** ORDER BY over the names and positions of a result: all that a set operation or DISTINCT allows. */
export function orderByOutput(
  items: readonly OrderItem[],
  output: readonly OutColumn[],
  line: number,
  list?: readonly { readonly expr?: Expr }[],
): { clause: string; columns: number[] } {
  const columns: number[] = []
  const parts = items.map(({ expr, descending }) => {
    const at = outputPosition(expr, output, line) ?? sameExpression(expr, list)
    if (at === undefined) {
      if (expr.kind === 'literal') throw errors.orderByConstant(columns.length + 1, line)
      throw list ? errors.distinctOrder(line) : errors.setOpOrder(line)
    }
    columns.push(at + 1)
    const column = output[at]
    if (!column) throw errors.orderPosition(at + 1, line)
    return `${comparable({ sql: `o${at + 1}`, type: column.type, nullable: true })}${descending ? ' DESC' : ''}`
  })
  return { clause: parts.join(','), columns }
}

/** The place of an expression that stands in the list as it is written in ORDER BY. */
function sameExpression(expr: Expr, list: readonly { readonly expr?: Expr }[] | undefined): number | undefined {
  const written = (each: Expr): string =>
    JSON.stringify(each, (key, value: unknown) =>
      key === 'line' ? undefined : key === 'parts' && Array.isArray(value) ? String(value.at(-1)).toLowerCase() : value,
    )
  const wanted = written(expr)
  const at = list?.findIndex((item) => item.expr !== undefined && written(item.expr) === wanted) ?? -1
  return at === -1 ? undefined : at
}

export function outputPosition(
  expr: Expr,
  output: readonly { readonly name: string }[],
  line: number,
): number | undefined {
  if (expr.kind === 'literal' && expr.type === 'int') {
    const at = Number(expr.text)
    if (at < 1 || at > output.length) throw errors.orderPosition(at, line)
    return at - 1
  }
  if (expr.kind !== 'column') return undefined
  const name = (expr.parts.at(-1) ?? '').toLowerCase()
  const at = output.findIndex((column) => column.name.toLowerCase() === name)
  return at === -1 ? undefined : at
}

function limitClause(b: Binder, query: Query): string {
  if (!query.offset) return ''
  const scope = new Scope()
  const count = (expr: Expr): string => convertBound(bindExpr(b, scope, expr), types.bigint).sql
  return ` LIMIT ${query.fetch ? `top_count(ifnull(${count(query.fetch)},-1))` : '-1'} OFFSET top_count(ifnull(${count(query.offset)},-1))`
}

function bindBody(b: Binder, body: QueryBody, parent: Scope | undefined): BoundQuery {
  if (body.kind === 'select') return bindSelect(b, body, { items: [], limit: '' }, parent)
  if (body.kind === 'nested') return bindQuery(b, body.query, parent)
  b.takeWantsKeys()
  const left = bindBody(b, body.left, parent)
  const right = bindBody(b, body.right, parent)
  if (left.columns.length !== right.columns.length) throw errors.setOpColumns()
  const columns = left.columns.map((column, i): OutColumn => {
    const other = right.columns[i] ?? column
    const type = column.untyped ? other.type : other.untyped ? column.type : commonType(column.type, other.type)
    return {
      name: column.name,
      type,
      nullable: column.nullable || other.nullable,
      ...(column.untyped && other.untyped ? { untyped: true } : {}),
    }
  })
  const l = asColumns(left, columns)
  const r = asColumns(right, columns)
  const names = columns.map((_, i) => `o${i + 1}`).join(',')
  if (body.op === 'UNION ALL')
    return {
      sql: `SELECT ${names} FROM (${l}) UNION ALL SELECT ${names} FROM (${r})`,
      columns,
      oneRow: false,
      order: [],
    }
  const keyOf = (i: number): string => {
    const column = columns[i]
    return column ? comparable({ sql: `o${i + 1}`, type: column.type, nullable: true }) : 'NULL'
  }
  const keys = columns.map((_, i) => keyOf(i)).join(',')
  if (body.op === 'UNION')
    return {
      sql: `SELECT ${names} FROM (SELECT ${names} FROM (${l}) UNION ALL SELECT ${names} FROM (${r})) GROUP BY ${keys}`,
      columns,
      oneRow: false,
      order: [],
    }
  const inOther = `(${keys}) IN (SELECT ${keys} FROM (${r}))`
  const plain = columns.every((column) => familyOf(column.type) !== 'text' && familyOf(column.type) !== 'guid')
  const op = body.op
  if (plain)
    return { sql: `SELECT ${names} FROM (${l}) ${op} SELECT ${names} FROM (${r})`, columns, oneRow: false, order: [] }
  if (columns.some((column) => column.nullable)) {
    // IN knows no NULL; matching by key and IS does.
    const match = columns
      .map(
        (_, i) =>
          `${keyOf(i).replaceAll(`o${i + 1}`, `x.o${i + 1}`)} IS ${keyOf(i).replaceAll(`o${i + 1}`, `y.o${i + 1}`)}`,
      )
      .join(' AND ')
    const exists = `EXISTS (SELECT 1 FROM (${r}) y WHERE ${match})`
    return {
      sql: `SELECT ${names} FROM (${l}) x WHERE ${op === 'EXCEPT' ? `NOT ${exists}` : exists} GROUP BY ${keys}`,
      columns,
      oneRow: false,
      order: [],
    }
  }
  return {
    sql: `SELECT ${names} FROM (${l}) WHERE ${op === 'EXCEPT' ? `NOT ${inOther}` : inOther} GROUP BY ${keys}`,
    columns,
    oneRow: false,
    order: [],
  }
}

/** A query whose columns have been brought to given types. */
export function asColumns(query: BoundQuery, columns: readonly OutColumn[]): string {
  const parts = query.columns.map((column, i) => {
    return convertBound(boundOf(column, `o${i + 1}`), columns[i]?.type ?? column.type, { implicit: true }).sql
  })
  if (parts.every((part, i) => part === `o${i + 1}`)) return query.sql
  return `SELECT ${parts.map((part, i) => `${part} AS o${i + 1}`).join(',')} FROM (${query.sql})`
}
