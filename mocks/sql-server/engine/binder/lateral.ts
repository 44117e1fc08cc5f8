/** Queries that refer to the sources on their left: SQLite has them only as scalar subqueries, so rows travel as JSON. */

import { type DataType, familyOf } from '../../tds/data-type.ts'
import type { Source } from '../../tsql/ast.ts'
import type { Binder } from './binder.ts'
import { checkOrder, columnNames } from './named-rows.ts'
import { type BoundQuery, bindQuery } from './query.ts'
import type { Scope } from './scope.ts'
import { boundOf } from './select.ts'

/** The rows of a bound query as a source that may stand to the right of what the query refers to. */
export function lateralRows(
  b: Binder,
  query: BoundQuery,
): { readonly sql: string; readonly alias: string; column(at: number): string } {
  const alias = b.fresh('s')
  const cells = query.columns.map((column, i) => packed(`o${i + 1}`, column.type))
  return {
    alias,
    sql: `json_each((SELECT json_group_array(json_array(${cells.join(',')})) FROM (${query.sql}))) ${alias}`,
    column: (at) => {
      const cell = `(${alias}.value->>${at})`
      const type = query.columns[at]?.type
      return type && familyOf(type) === 'binary' ? `unhex(${cell})` : cell
    },
  }
}

function packed(sql: string, type: DataType): string {
  switch (familyOf(type)) {
    case 'binary':
      return `CASE WHEN ${sql} IS NOT NULL THEN hex(${sql}) END`
    case 'text':
      // Joined with nothing it is text and no longer a part of JSON.
      return `${sql}||''`
    default:
      return sql
  }
}

/** The right side of APPLY: adds it to the scope and gives its SQL. */
export function bindApplied(b: Binder, scope: Scope, source: Source, optional: boolean): string {
  const query =
    source.kind === 'derived'
      ? bindQuery(b, checkOrder(source.query), scope)
      : bindQuery(
          b,
          {
            ctes: [],
            line: 0,
            order: [],
            body: {
              kind: 'select',
              distinct: false,
              items: [{ kind: 'star', qualifier: [], line: 0 }],
              from: source,
              groupBy: [],
              line: 0,
            },
          },
          scope,
        )
  const rows = lateralRows(b, query)
  const names = source.kind === 'derived' ? columnNames(source.alias, query.columns, source.columns) : undefined
  scope.add({
    name: 'alias' in source ? (source.alias ?? '') : '',
    columns: query.columns.map((column, i) => ({
      name: names?.[i] ?? column.name,
      bound: { ...boundOf(column, rows.column(i)), nullable: optional || column.nullable },
    })),
  })
  return rows.sql
}
