/** Changes through a CTE, a derived table or a view: they become changes of the one table below. */

import type { Expr, Name, Query, SelectCore, Source, Statement } from '../../tsql/ast.ts'
import { hasAggregate } from '../binder/aggregates.ts'
import { rowColumn } from '../binder/scope.ts'
import type { ModuleDef } from '../catalog/definitions.ts'
import { moduleStatement } from '../catalog/module-statement.ts'
import { errors } from '../errors.ts'
import { isLocalTemporary } from '../session/temporary-name.ts'
import { unsupported } from '../sql-error.ts'
import { catalogOf, type Execution } from './execution.ts'

type Changing = Extract<Statement, { kind: 'update' | 'delete' }>
type Inserting = Extract<Statement, { kind: 'insert' }>
type Table = Extract<Source, { kind: 'table' | 'variable' }>

/** What stands for rows of a table: its name in messages, its query, and the names that it gives to its columns. */
interface Through {
  readonly name: string
  readonly query: Query
  readonly columns?: readonly string[]
  readonly view: boolean
}

/** The statement as a change of the table below; the statement itself when its target is a table. */
export function changeThrough<S extends Changing>(x: Execution, s: S): S {
  const [only, ...more] = s.target.name ?? []
  if (only === undefined) return s
  const source = more.length === 0 && s.from ? sourceCalled(s.from, only) : undefined
  if (s.from && !source) return s
  const through = source ? ofSource(x, s, source) : ofName(x, s, s.target.name ?? [])
  if (!through) return s
  const { core, tables } = updatable(through)
  const alias = more.at(-1) ?? only
  const wanted = s.kind === 'update' ? s.set.flatMap((set) => set.column?.at(-1) ?? []) : []
  const places = wanted.map((name) => placeOf(x, through, core, tables, name))
  const table = places[0]?.table ?? tables[0]
  const several = s.kind === 'delete' ? tables.length !== 1 : places.some((place) => place.table !== table)
  if (!table || several) throw errors.manyBaseTables(through.name, through.view)
  const rowItem = { kind: 'expr', expr: column([nameOf(table), rowColumn]), alias: rowColumn } as const
  const derived: Source = {
    kind: 'derived',
    alias,
    query: { ...through.query, body: { ...core, items: [...core.items, rowItem] } },
    ...(through.columns ? { columns: [...through.columns, rowColumn] } : {}),
  }
  const from = s.from && source ? replaced(s.from, source, derived) : derived
  const changed = { ...s, target: { ...targetOf(table), line: s.target.line }, from, through: alias }
  if (s.kind === 'delete') return changed
  let at = 0
  const set = s.set.map((assignment) =>
    assignment.column ? { ...assignment, column: [places[at++]?.column ?? ''] } : assignment,
  )
  return { ...changed, set }
}

/** INSERT into a view, as one into its table. */
export function insertThrough(x: Execution, s: Inserting): Inserting {
  const through = s.target.name ? ofName(x, s, s.target.name) : undefined
  if (!through) return s
  const { core, tables } = updatable(through)
  const names =
    s.columns ??
    through.columns ??
    core.items.flatMap((item) => (item.kind === 'expr' ? (outName(item) ?? []) : starNames(x, tables)))
  const places = names.map((name) => placeOf(x, through, core, tables, name))
  const table = places[0]?.table
  if (!table || places.some((place) => place.table !== table)) throw errors.manyBaseTables(through.name, through.view)
  return {
    ...s,
    target: { ...targetOf(table), line: s.target.line },
    columns: places.map((place) => place.column),
  }
}

const column = (parts: Name): Expr => ({ kind: 'column', parts, line: 0 })
const nameOf = (table: Table): string =>
  table.alias ?? (table.kind === 'table' ? (table.name.at(-1) ?? '') : table.name)
const same = (a: string, z: string): boolean => a.toLowerCase() === z.toLowerCase()
const targetOf = (table: Table) => (table.kind === 'table' ? { name: table.name } : { variable: table.name })

function sourceCalled(from: Source, name: string): Source | undefined {
  if (from.kind === 'join') return sourceCalled(from.left, name) ?? sourceCalled(from.right, name)
  const own = from.kind === 'table' ? (from.alias ?? from.name.at(-1)) : 'alias' in from ? from.alias : undefined
  return own !== undefined && same(own, name) ? from : undefined
}

const replaced = (from: Source, old: Source, by: Source): Source =>
  from === old
    ? by
    : from.kind === 'join'
      ? { ...from, left: replaced(from.left, old, by), right: replaced(from.right, old, by) }
      : from

function ofSource(x: Execution, s: Changing, source: Source): Through | undefined {
  if (source.kind === 'derived')
    return {
      name: source.alias,
      query: source.query,
      view: false,
      ...(source.columns ? { columns: source.columns } : {}),
    }
  return source.kind === 'table' ? ofName(x, s, source.name) : undefined
}

function ofName(x: Execution, s: Changing | Inserting, name: Name): Through | undefined {
  const [only] = name
  const cte = name.length === 1 && only ? s.ctes.findLast((each) => same(each.name, only)) : undefined
  if (cte) return { name: cte.name, query: cte.query, view: false, ...(cte.columns ? { columns: cte.columns } : {}) }
  const view = viewCalled(x, name)
  if (!view) return undefined
  const { query, columns } = moduleStatement(view)
  return query ? { name: view.name, query, view: true, ...(columns ? { columns } : {}) } : undefined
}

/** The view of a name, unless a trigger does the work in its place. */
function viewCalled(x: Execution, name: Name): ModuleDef | undefined {
  const [object = '', schema = '', database = ''] = [...name].reverse()
  if (isLocalTemporary(object) || (database !== '' && !same(database, x.session.database.name))) return undefined
  const catalog = catalogOf(x.session, x.session.database)
  const found =
    schema === ''
      ? (catalog.object(x.session.defaultSchema(x.session.database), object) ?? catalog.object('dbo', object))
      : catalog.object(schema, object)
  if (found?.kind !== 'view') return undefined
  return catalog.triggersOn(found.id).some((trigger) => trigger.trigger?.instead) ? undefined : found
}

/** The SELECT of a view or CTE whose rows are those of tables, and these tables. */
function updatable(through: Through): { core: SelectCore; tables: Table[] } {
  const { body } = through.query
  if (body.kind !== 'select') throw errors.derivedField(through.name, through.view)
  const grouped =
    body.distinct ||
    body.groupBy.length > 0 ||
    body.groupingSets !== undefined ||
    body.having !== undefined ||
    body.items.some((item) => item.kind !== 'star' && hasAggregate(item.expr))
  if (grouped || !body.from) throw errors.groupedRows(through.name, through.view)
  const tables: Table[] = []
  const collect = (source: Source): void => {
    if (source.kind === 'join') {
      collect(source.left)
      collect(source.right)
    } else if (source.kind === 'table' || source.kind === 'variable') tables.push(source)
  }
  collect(body.from)
  return { core: body, tables }
}

const outName = (item: Extract<SelectCore['items'][number], { kind: 'expr' }>): string | undefined =>
  item.alias ?? (item.expr.kind === 'column' ? item.expr.parts.at(-1) : undefined)

const columnsOf = (x: Execution, table: Table): readonly string[] => {
  if (table.kind === 'variable') return x.frame.tables.get(table.name.toLowerCase())?.columns.map((c) => c.name) ?? []
  const [object = '', schema = ''] = [...table.name].reverse()
  if (isLocalTemporary(object)) return x.session.temporary(object)?.columns.map((c) => c.name) ?? []
  const catalog = catalogOf(x.session, x.session.database)
  const found =
    schema === ''
      ? (catalog.object(x.session.defaultSchema(x.session.database), object) ?? catalog.object('dbo', object))
      : catalog.object(schema, object)
  if (found?.kind === 'view') throw unsupported(`changing the view ${object} through another`)
  return found?.kind === 'table' ? found.columns.map((c) => c.name) : []
}

const starNames = (x: Execution, tables: readonly Table[]): string[] => tables.flatMap((table) => columnsOf(x, table))

/** The table and column behind a column of the view. */
function placeOf(
  x: Execution,
  through: Through,
  core: SelectCore,
  tables: readonly Table[],
  name: string,
): { table: Table; column: string } {
  const owner = (parts: Name): Table | undefined => {
    const qualifier = parts.at(-2)
    return qualifier === undefined
      ? tables.find((table) => columnsOf(x, table).some((each) => same(each, parts.at(-1) ?? '')))
      : tables.find((table) => same(nameOf(table), qualifier))
  }
  const given = through.columns?.findIndex((each) => same(each, name))
  for (const [at, item] of core.items.entries()) {
    if (item.kind === 'star') {
      if (given !== undefined) throw unsupported(`changing ${through.name}, which names the columns of SELECT *`)
      const table = tables.find(
        (each) =>
          (item.qualifier.length === 0 || same(nameOf(each), item.qualifier.at(-1) ?? '')) &&
          columnsOf(x, each).some((own) => same(own, name)),
      )
      if (table) return { table, column: name }
    } else if (item.kind === 'expr') {
      if (given === undefined ? !same(outName(item) ?? '', name) : given !== at) continue
      const table = item.expr.kind === 'column' ? owner(item.expr.parts) : undefined
      if (item.expr.kind !== 'column' || !table) throw errors.derivedField(through.name, through.view)
      return { table, column: item.expr.parts.at(-1) ?? '' }
    }
  }
  throw errors.noColumn(name, 0)
}
