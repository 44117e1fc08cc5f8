/** Functions in FROM. All stand on SQLite's json_each, which may refer to the sources on its left. */

import { type DataType, maxLength, textType, types } from '../../tds/data-type.ts'
import type { Expr, Source } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { Binder } from './binder.ts'
import { type Bound, quoteText } from './bound.ts'
import { convertBound } from './convert-bound.ts'
import { bindExpr } from './expression.ts'
import type { Scope, ScopeColumn } from './scope.ts'
import { needCollation, typeOfRef } from './type-of-ref.ts'
import { bindUserTable } from './user-function.ts'
import { xmlCall } from './xml-method.ts'

type FunctionSource = Extract<Source, { kind: 'function' }>

const myPermissionColumns = ['entity_name', 'subentity_name', 'permission_name']
const builtinPermissionColumns = [
  'class_desc',
  'permission_name',
  'type',
  'covering_permission_name',
  'parent_class_desc',
  'parent_covering_permission_name',
]

const propertyArguments = 7

export function bindTableFunction(b: Binder, scope: Scope, source: FunctionSource): string {
  const name = (source.name.at(-1) ?? '').toUpperCase()
  const alias = b.fresh('s')
  const { collation } = b.environment
  const text = textType('nvarchar', maxLength, collation)
  const arg = (at: number): Bound => {
    const expr: Expr | undefined = source.args[at]
    if (!expr) throw errors.argumentCount(name, at + 1, source.line)
    return bindExpr(b, scope, expr)
  }
  const add = (columns: readonly ScopeColumn[]) => {
    const named = columns.map((column, i) => ({ ...column, name: source.columns?.[i] ?? column.name }))
    scope.add({ name: source.alias ?? source.name.at(-1) ?? '', columns: named })
  }
  switch (name) {
    case 'STRING_SPLIT': {
      const value = arg(0)
      const sql = `json_each(split_json(${convertBound(value, text).sql},${convertBound(arg(1), text).sql})) ${alias}`
      add([
        { name: 'value', bound: { sql: `${alias}.value`, type: { ...value.type, collation }, nullable: true } },
        ...(source.args.length > 2
          ? [{ name: 'ordinal', bound: { sql: `(${alias}.key+1)`, type: types.bigint, nullable: false } }]
          : []),
      ])
      return sql
    }
    case 'FN_MY_PERMISSIONS':
    case 'FN_BUILTIN_PERMISSIONS': {
      const own = name === 'FN_MY_PERMISSIONS'
      const args = source.args.map((expr, at) => (expr.kind === 'default' ? "''" : convertBound(arg(at), text).sql))
      add(
        (own ? myPermissionColumns : builtinPermissionColumns).map((column, i) => ({
          name: column,
          bound: { sql: `${alias}.value->>${i}`, type: textType('nvarchar', 128, collation), nullable: true },
        })),
      )
      return `json_each(sys_(${[quoteText(name), ...args].join(',')})) ${alias}`
    }
    case 'FN_LISTEXTENDEDPROPERTY': {
      const label = source.name.at(-1) ?? ''
      if (source.args.length < propertyArguments) throw errors.fewArguments(label, 3, source.line)
      if (source.args.length > propertyArguments) throw errors.manyArguments(label, 3, source.line)
      const args = source.args.map((expr, at) => (expr.kind === 'default' ? 'NULL' : convertBound(arg(at), text).sql))
      const sysname = textType('nvarchar', 128, collation)
      add(
        (['objtype', 'objname', 'name', 'value'] as const).map((column, i) => ({
          name: column,
          bound: {
            sql: `${alias}.value->>${i}`,
            type: column === 'value' ? types.variant : sysname,
            nullable: column !== 'name',
          },
        })),
      )
      return `json_each(sys_(${[quoteText(name), ...args].join(',')})) ${alias}`
    }
    case 'GENERATE_SERIES': {
      const step = source.args.length > 2 ? convertBound(arg(2), types.int).sql : 'NULL'
      add([{ name: 'value', bound: { sql: `${alias}.value`, type: types.int, nullable: false } }])
      return `json_each(series_json(${convertBound(arg(0), types.int).sql},${convertBound(arg(1), types.int).sql},${step})) ${alias}`
    }
    case 'OPENJSON':
      return bindOpenJson(
        b,
        source,
        alias,
        convertBound(arg(0), text).sql,
        source.args.length > 1 ? convertBound(arg(1), text).sql : quoteText('$'),
        add,
      )
    case 'NODES': {
      const xml = xmlRows(b, scope, source)
      if (!xml) throw errors.noObject(source.name.join('.'), source.line)
      if (source.columns?.length !== 1 || !source.alias)
        throw new SqlError(
          318,
          15,
          0,
          'The table (and its columns) returned by a table-valued method need to be aliased.',
          { line: source.line },
        )
      const type: DataType = { name: 'xml', length: maxLength, precision: 0, scale: 0, collation }
      add([{ name: '', bound: { sql: `${alias}.value`, type, nullable: false, node: true } }])
      return `json_each(${xml}) ${alias}`
    }
    default: {
      const own = bindUserTable(b, scope, source, add)
      if (own !== undefined) return own
      if (source.name.length > 1) throw errors.noObject(source.name.join('.'), source.line)
      throw unsupported(`the table function ${name}`, source.line)
    }
  }
}

/** What `x.nodes('…')` calls, where x is a variable or a column to the left. */
function xmlRows(b: Binder, scope: Scope, source: FunctionSource): string | undefined {
  const { args, line } = source
  const parts = source.name.slice(0, -1)
  const [first = ''] = parts
  let of: Bound | undefined
  if (first.startsWith('@')) of = b.variable(first, line)
  else if (parts.length > 0 && scope.has(parts)) of = scope.column(parts, line).column.bound
  if (of?.type.name !== 'xml') return undefined
  return xmlCall(b, scope, of, { name: 'nodes', args, line }).sql
}

/** OPENJSON's own columns compare by code points, whatever the database does. */
const openJsonCollation = needCollation('Latin1_General_BIN2')

function bindOpenJson(
  b: Binder,
  source: FunctionSource,
  alias: string,
  json: string,
  path: string,
  add: (columns: readonly ScopeColumn[]) => void,
): string {
  const { collation } = b.environment
  if (!source.with) {
    add([
      {
        name: 'key',
        bound: { sql: `(${alias}.value->>0)`, type: textType('nvarchar', 4000, openJsonCollation), nullable: false },
      },
      {
        name: 'value',
        bound: { sql: `(${alias}.value->>1)`, type: textType('nvarchar', maxLength, collation), nullable: true },
      },
      { name: 'type', bound: { sql: `(${alias}.value->>2)`, type: types.tinyint, nullable: false } },
    ])
    return `json_each(json_members_(${json},${path})) ${alias}`
  }
  const text = textType('nvarchar', maxLength, collation)
  add(
    source.with.map((column) => {
      const type = typeOfRef(column.type, collation)
      const place = quoteText(column.path ?? `$."${column.name.replaceAll('"', '\\"')}"`)
      const raw: Bound = {
        sql: `${column.json ? 'json_query_' : 'json_value_'}(${alias}.value,${place})`,
        type: text,
        nullable: true,
      }
      return { name: column.name, bound: { ...convertBound(raw, type), ...(column.json ? { json: true } : {}) } }
    }),
  )
  return `json_each(json_rows(${json},${path})) ${alias}`
}
