import type { Cte, Query, QueryBody, Source } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { Binder, BoundCte } from './binder.ts'
import { checkOrder, columnNames } from './named-rows.ts'
import { asColumns, bindQuery } from './query.ts'
import { boundOf, type OutColumn } from './select.ts'

const defaultMaxRecursion = 100

/** WITH: each CTE becomes one of SQLite's; a recursive one counts its levels, so that it cannot run for ever. */
export function bindCtes(b: Binder, ctes: readonly Cte[]): string {
  const parts = ctes.map((cte) => (isRecursive(cte) ? bindRecursive(b, cte) : bindPlain(b, cte)))
  return `WITH RECURSIVE ${parts.join(',')} `
}

const named = (cte: Cte, columns: readonly OutColumn[]): BoundCte['columns'] => {
  const names = columnNames(cte.name, columns, cte.columns)
  return columns.map((column, i) => ({
    name: names[i] ?? column.name,
    bound: boundOf(column, `o${i + 1}`),
  }))
}

function bindPlain(b: Binder, cte: Cte): string {
  const query = bindQuery(b, checkOrder(cte.query))
  const sql = b.fresh('w')
  b.ctes.push({ name: cte.name, sql, columns: named(cte, query.columns) })
  return `${sql} AS (${query.sql})`
}

function bindRecursive(b: Binder, cte: Cte): string {
  const { body } = cte.query
  if (body.kind !== 'setop' || body.op !== 'UNION ALL')
    throw new SqlError(
      252,
      16,
      1,
      `Recursive common table expression '${cte.name}' does not contain a top-level UNION ALL operator.`,
      { line: cte.query.line },
    )
  const asQuery = (part: QueryBody): Query => ({ ctes: [], body: part, order: [], line: cte.query.line })
  const anchor = bindQuery(b, asQuery(body.left))
  const sql = b.fresh('w')
  // NULL in the anchor is an int: the recursive part holds to it.
  const typed = anchor.columns.map(({ untyped: _, ...column }) => column)
  const bound: BoundCte = { name: cte.name, sql, columns: named(cte, typed), recursion: { level: '' } }
  b.ctes.push(bound)
  const next = bindQuery(b, asQuery(body.right))
  if (next.columns.length !== anchor.columns.length) throw errors.setOpColumns()
  const names = anchor.columns.map((_, i) => `o${i + 1}`).join(',')
  const level = bound.recursion?.level ?? ''
  delete bound.recursion
  if (level === '') throw unsupported('a recursive CTE that refers to itself inside a subquery')
  const columns = asColumns(next, anchor.columns)
  if (columns !== next.sql) {
    throw new SqlError(
      240,
      16,
      1,
      `Types don't match between the anchor and the recursive part in column "${next.columns[0]?.name ?? ''}" of recursive query "${cte.name}".`,
    )
  }
  // SQLite wants the recursive table in the FROM of the SELECT itself, so the level joins its columns there.
  const step = next.sql.replace(/^SELECT /, `SELECT next_level(${level},${cte.maxRecursion ?? defaultMaxRecursion}),`)
  return `${sql}(lvl,${names}) AS (SELECT 0,${names} FROM (${anchor.sql}) UNION ALL ${step})`
}

function isRecursive(cte: Cte): boolean {
  const wanted = cte.name.toLowerCase()
  const inSource = (source: Source | undefined): boolean => {
    if (!source) return false
    if (source.kind === 'join') return inSource(source.left) || inSource(source.right)
    if (source.kind === 'derived') return inBody(source.query.body)
    return source.kind === 'table' && source.name.length === 1 && source.name[0]?.toLowerCase() === wanted
  }
  const inBody = (body: QueryBody): boolean => {
    if (body.kind === 'setop') return inBody(body.left) || inBody(body.right)
    if (body.kind === 'nested') return inBody(body.query.body)
    return inSource(body.from)
  }
  return inBody(cte.query.body)
}
