/** FROM: tables, views, subqueries, functions and their joins. */

import { types } from '../../tds/data-type.ts'
import type { Source } from '../../tsql/ast.ts'
import { parseExpressionText } from '../../tsql/parser.ts'
import type { ColumnInfo, TableDef } from '../catalog/definitions.ts'
import { moduleStatement } from '../catalog/module-statement.ts'
import { systemViewSql } from '../catalog/system-view.ts'
import { errors } from '../errors.ts'
import { Binder } from './binder.ts'
import type { Bound } from './bound.ts'
import { convertBound } from './convert-bound.ts'
import { bindExpr, unify } from './expression.ts'
import { bindApplied } from './lateral.ts'
import { checkOrder, columnNames } from './named-rows.ts'
import { pivotQuery, unpivotQuery } from './pivot.ts'
import { bindPredicate } from './predicate.ts'
import { bindQuery } from './query.ts'
import { Scope, type ScopeColumn } from './scope.ts'
import { boundOf } from './select.ts'
import { bindTableFunction } from './table-function.ts'

export function bindFrom(b: Binder, scope: Scope, source: Source): string {
  switch (source.kind) {
    case 'join':
      return bindJoin(b, scope, source)
    case 'table':
      return bindNamed(b, scope, source)
    case 'variable': {
      const table = b.environment.tableVariable(source.name)
      if (!table) throw errors.mustDeclareTable(source.name, source.line)
      const alias = b.fresh('s')
      scope.add({ name: source.alias ?? source.name, key: { table, alias }, columns: tableColumns(b, table, alias) })
      return `temp."t${table.id}" ${alias}`
    }
    case 'pivot':
      return bindFrom(b, scope, { kind: 'derived', alias: source.alias, query: pivotQuery(b, scope, source) })
    case 'unpivot':
      return bindFrom(b, scope, { kind: 'derived', alias: source.alias, query: unpivotQuery(b, scope, source) })
    case 'derived': {
      const query = bindQuery(b, checkOrder(source.query), scope.parent)
      const alias = b.fresh('s')
      const names = columnNames(source.alias, query.columns, source.columns)
      const columns = query.columns.map(
        (column, i): ScopeColumn => ({
          name: names[i] ?? column.name,
          bound: boundOf(column, `${alias}.o${i + 1}`),
        }),
      )
      scope.add({ name: source.alias, columns })
      return `(${query.sql}) ${alias}`
    }
    case 'values':
      return bindValues(b, scope, source)
    case 'function':
      return bindTableFunction(b, scope, source)
  }
}

function bindNamed(b: Binder, scope: Scope, source: Extract<Source, { kind: 'table' }>): string {
  const alias = b.fresh('s')
  const name = source.alias ?? source.name.at(-1) ?? ''
  const [only] = source.name
  const cte = source.name.length === 1 && only ? b.cte(only) : undefined
  if (cte) {
    if (cte.recursion) cte.recursion.level = `${alias}.lvl`
    scope.add({
      name,
      columns: cte.columns.map((column) => ({
        name: column.name,
        bound: { ...column.bound, sql: `${alias}.${column.bound.sql}` },
      })),
    })
    return `${cte.sql} ${alias}`
  }
  const resolved = b.environment.resolve(source.name, source.line)
  const where = source.alias ? {} : { database: resolved.database }
  if (resolved.kind === 'system') {
    const { view } = resolved
    scope.add({
      name,
      schema: view.schema,
      ...where,
      columns: view.columns.map((column, i) => ({
        name: column.name,
        bound: { sql: `${alias}.v${i}`, type: column.type, nullable: column.nullable },
      })),
    })
    return `${systemViewSql(view, resolved.database)} ${alias}`
  }
  if (resolved.kind === 'view') {
    const { view } = resolved
    const touched = new Set<string>()
    b.uses.push({ database: resolved.database, object: view, hints: source.hints, columns: touched })
    return bindView(b, scope, {
      resolved,
      alias,
      name,
      touched,
      hints: source.hints,
      where: source.alias ? {} : { schema: view.schema, ...where },
    })
  }
  const { table } = resolved
  const touched = new Set<string>()
  b.uses.push({ database: resolved.database, object: table, hints: source.hints, columns: touched })
  scope.add({
    name,
    touched,
    ...(source.alias ? {} : { schema: table.schema, ...where }),
    key: { table, alias },
    columns: tableColumns(b, table, alias, source.name.join('.')),
  })
  return `${resolved.sql} ${alias}`
}

/** A view is bound anew as the query that it holds. Whoever may read it needs no right on what its owner owns below. */
function bindView(
  b: Binder,
  scope: Scope,
  use: {
    resolved: Extract<ReturnType<Binder['environment']['resolve']>, { kind: 'view' }>
    alias: string
    name: string
    touched: Set<string>
    hints: readonly string[]
    where: { schema?: string; database?: string }
  },
): string {
  const { view, environment } = use.resolved
  const statement = moduleStatement(view)
  if (!statement.query) throw errors.noObject(view.name, 0)
  const inner = new Binder(environment)
  const names = view.columnNames ?? statement.columns
  const query = bindQuery(inner, statement.query)
  const under = { database: use.resolved.database, object: view }
  // A view's hints hold for all that is below it.
  for (const below of inner.uses)
    b.uses.push({ ...below, hints: [...below.hints, ...use.hints], under: below.under ?? under })
  scope.add({
    name: use.name,
    touched: use.touched,
    ...use.where,
    columns: query.columns.map((column, i) => ({
      name: names?.[i] ?? column.name,
      bound: { sql: `${use.alias}.o${i + 1}`, type: column.type, nullable: column.nullable },
    })),
  })
  return `(${query.sql}) ${use.alias}`
}

/** The columns of a table as a scope sees them; computed ones are worked out where they are used. */
export function tableColumns(b: Binder, table: TableDef, alias: string, written?: string): ScopeColumn[] {
  const stored = table.columns.map(
    (column): ScopeColumn => ({ name: column.name, bound: storedColumn(table, column, alias, written) }),
  )
  if (table.columns.every((column) => !column.computed)) return stored
  const scope = new Scope()
  scope.add({ name: table.name, columns: stored.filter((_, i) => !table.columns[i]?.computed) })
  return table.columns.map((column, i) => {
    const plain = stored[i]
    if (!column.computed || !plain) return plain ?? { name: column.name, bound: storedColumn(table, column, alias) }
    const grouping = b.grouping
    b.grouping = undefined
    const value = convertBound(bindExpr(b, scope, parseExpressionText(column.computed.text)), column.type)
    b.grouping = grouping
    return { name: column.name, bound: { ...plain.bound, sql: value.sql } }
  })
}

function storedColumn(table: TableDef, column: ColumnInfo, alias: string, written?: string): Bound {
  const qualified = `${table.temporary === 'variable' ? '' : `${table.schema}.`}${table.name}.${column.name}`
  return {
    sql: alias === '' ? `c${column.id}` : `${alias}.c${column.id}`,
    type: column.type,
    nullable: column.nullable,
    origin: {
      name: column.name,
      identity: column.identity !== undefined,
      computed: column.computed !== undefined || column.type.name === 'timestamp',
      qualified,
      ...(written === undefined ? {} : { table: written }),
    },
  }
}

function bindValues(b: Binder, scope: Scope, source: Extract<Source, { kind: 'values' }>): string {
  const rows = source.rows.map((row) => row.map((expr) => bindExpr(b, new Scope(scope), expr)))
  const width = source.columns.length
  if (rows.some((row) => row.length !== width)) throw errors.setOpColumns()
  const columns = source.columns.map((_, i) =>
    unify(rows.map((row) => row[i] ?? { sql: 'NULL', type: types.int, nullable: true, untyped: true })),
  )
  const alias = b.fresh('s')
  scope.add({
    name: source.alias,
    columns: source.columns.map((name, i) => ({
      name,
      bound: {
        sql: `${alias}.column${i + 1}`,
        type: columns[i]?.type ?? types.int,
        nullable: columns[i]?.sides.some((side) => side.nullable) ?? true,
        ...(rows.every((row) => row[i]?.untyped) ? { untyped: true } : {}),
      },
    })),
  })
  return `(VALUES ${rows.map((_, r) => `(${columns.map((column) => column.sides[r]?.sql ?? 'NULL').join(',')})`).join(',')}) ${alias}`
}

function bindJoin(b: Binder, scope: Scope, join: Extract<Source, { kind: 'join' }>): string {
  const left = bindFrom(b, scope, join.left)
  if (join.type === 'CROSS APPLY' || join.type === 'OUTER APPLY') {
    const plain = join.right.kind === 'function' || join.right.kind === 'table'
    const right = plain
      ? bindFrom(b, scope, join.right)
      : bindApplied(b, scope, join.right, join.type === 'OUTER APPLY')
    return join.type === 'CROSS APPLY' ? `${left} CROSS JOIN ${right}` : `${left} LEFT JOIN ${right} ON 1`
  }
  const before = scope.sources.length
  const right = bindFrom(b, scope, join.right)
  const group = join.right.kind === 'join' ? `(${right})` : right
  if (join.type === 'CROSS') return `${left} CROSS JOIN ${group}`
  const on = join.on ? bindPredicate(b, scope, join.on) : '1'
  // The side that may be missing gives NULLs.
  const weaken = (from: number, to: number) => {
    for (let i = from; i < to; i += 1) {
      const source = scope.sources[i]
      if (source)
        scope.sources[i] = {
          ...source,
          columns: source.columns.map((column) => ({ ...column, bound: { ...column.bound, nullable: true } })),
        }
    }
  }
  if (join.type === 'LEFT' || join.type === 'FULL') weaken(before, scope.sources.length)
  if (join.type === 'RIGHT' || join.type === 'FULL') weaken(0, before)
  return `${left} ${join.type} JOIN ${group} ON ${on}`
}
