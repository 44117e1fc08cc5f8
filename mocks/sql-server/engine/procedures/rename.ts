/** sp_rename: columns, indexes, constraints and objects. Texts of modules keep the old name, as in SQL Server. */
import { hasPermission } from '../../security/permissions.ts'
import { columnsIn } from '../catalog/definition-text.ts'
import type { ModuleDef, TableDef } from '../catalog/definitions.ts'
import { columnsOfObject } from '../catalog/module-shape.ts'
import { changeCatalog, putEntries } from '../execute/catalog-change.ts'
import { catalogOf, type Execution } from '../execute/execution.ts'
import { runText } from '../execute/procedure.ts'
import { SqlError } from '../sql-error.ts'
import { splitName } from '../udf/object-functions.ts'
import { isHere, localName, localObject } from './find-object.ts'
import type { ProcedureCall, SystemProcedure } from './procedure-call.ts'

const quoted = (name: string): string => `[${name.replaceAll(']', ']]')}]`
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
const inUse = (name: string, what: string): SqlError =>
  new SqlError(
    15335,
    11,
    1,
    `Error: The new name '${name}' is already in use as a ${what} name and would cause a duplicate that is not permitted.`,
  )
const notFound = (x: Execution, name: string, type: string | undefined): SqlError =>
  new SqlError(
    15225,
    11,
    1,
    `No item by the name of '${name}' could be found in the current database '${x.session.database.name}', given that @itemtype was input as '${type ?? '(null)'}'.`,
  )
const ambiguous = (type: string | undefined): SqlError =>
  new SqlError(
    15248,
    11,
    1,
    `Either the parameter @objname is ambiguous or the claimed @objtype (${type ?? '(null)'}) is wrong.`,
  )

async function put(x: Execution, table: TableDef, changed: TableDef): Promise<void> {
  const { database } = x.session
  if (!hasPermission(x.session, database, 'ALTER', table)) throw notFound(x, table.name, undefined)
  await changeCatalog(x, database, [table], (store) =>
    putEntries(x, database, store, [{ ...changed, modified: x.session.instance.nowText() }]),
  )
}

async function renameColumn(x: Execution, table: TableDef, old: string, name: string): Promise<void> {
  const column = table.columns.find((candidate) => same(candidate.name, old))
  if (!column) throw ambiguous('COLUMN')
  if (table.columns.some((candidate) => candidate !== column && same(candidate.name, name))) throw inUse(name, 'COLUMN')
  const texts = [
    ...table.checks.map((check) => check.text),
    ...table.columns.flatMap((candidate) => (candidate.computed ? [candidate.computed.text] : [])),
    ...table.keys.flatMap((key) => (key.where ? [key.where] : [])),
  ]
  if (texts.some((text) => columnsIn(text).has(column.name.toLowerCase())))
    throw new SqlError(
      15336,
      16,
      1,
      `Object '${table.schema}.${table.name}.${column.name}' cannot be renamed because the object participates in enforced dependencies.`,
    )
  const columns = table.columns.map((candidate) => (candidate === column ? { ...column, name } : candidate))
  await put(x, table, { ...table, columns })
}

async function renameViewColumn(x: Execution, view: ModuleDef, old: string, name: string): Promise<boolean> {
  const { session } = x
  const { database } = session
  const names = columnsOfObject(session, database, view).map((column) => column.name)
  const at = names.findIndex((candidate) => same(candidate, old))
  if (at === -1) return false
  if (names.some((candidate, i) => i !== at && same(candidate, name))) throw inUse(name, 'COLUMN')
  if (!hasPermission(session, database, 'ALTER', view)) throw notFound(x, view.name, undefined)
  const changed = { ...view, columnNames: names.with(at, name), modified: session.instance.nowText() }
  await changeCatalog(x, database, [], (store) => putEntries(x, database, store, [changed]))
  return true
}

async function renameIndex(x: Execution, table: TableDef, old: string, name: string): Promise<void> {
  const key = table.keys.find((candidate) => same(candidate.name, old))
  if (!key) throw ambiguous('INDEX')
  if (table.keys.some((candidate) => candidate !== key && same(candidate.name, name))) throw inUse(name, 'INDEX')
  const keys = table.keys.map((candidate) => (candidate === key ? { ...key, name } : candidate))
  await put(x, table, { ...table, keys })
}

/** The table with a constraint of that name renamed. */
function withConstraint(table: TableDef, old: string, name: string): TableDef | undefined {
  let found = false
  const renamed = <T extends { readonly name: string }>(item: T): T => {
    if (!same(item.name, old)) return item
    found = true
    return { ...item, name }
  }
  const changed: TableDef = {
    ...table,
    keys: table.keys.map((key) => (key.kind === 'index' ? key : renamed(key))),
    checks: table.checks.map(renamed),
    foreignKeys: table.foreignKeys.map(renamed),
    columns: table.columns.map((column) => (column.default ? { ...column, default: renamed(column.default) } : column)),
  }
  return found ? changed : undefined
}

async function renameObject(x: Execution, given: string, name: string, type: string | undefined): Promise<boolean> {
  const { session } = x
  const { database } = session
  const catalog = catalogOf(session, database)
  // dbo.t.c may be a column, so its first part need not be a database.
  const depth = splitName(given).length
  if (type === undefined && depth > 2 && !isHere(session, given)) return false
  const { object, schema } = localName(session, given)
  const found = localObject(session, object, schema)
  if (found) {
    if (catalog.nameTaken(found.schema, name) && !same(found.name, name)) throw inUse(name, 'OBJECT')
    if (!hasPermission(session, database, 'ALTER', found)) throw notFound(x, given, type)
    await changeCatalog(x, database, found.kind === 'table' ? [found] : [], (store) =>
      putEntries(x, database, store, [{ ...found, name, modified: session.instance.nowText() }]),
    )
    return true
  }
  for (const table of catalog.objects()) {
    if (table.kind !== 'table' || (schema !== '' && !same(table.schema, schema))) continue
    const changed = withConstraint(table, object, name)
    if (!changed) continue
    if (catalog.nameTaken(table.schema, name) && !same(object, name)) throw inUse(name, 'OBJECT')
    await put(x, table, changed)
    return true
  }
  return false
}

/** `table.part` and `schema.table.part`, of views too. */
function partOf(x: Execution, given: string): { table: TableDef | ModuleDef; part: string } | undefined {
  const parts = splitName(given)
  const part = parts.pop() ?? ''
  if (parts.length === 0) return undefined
  const { object, schema } = localName(x.session, parts.map(quoted).join('.'))
  const table = localObject(x.session, object, schema)
  return table?.kind === 'table' || table?.kind === 'view' ? { table, part } : undefined
}

async function rename(call: ProcedureCall): Promise<number> {
  const { x } = call
  const given = call.text('objname') ?? ''
  const name = call.text('newname') ?? ''
  const type = call.text('objtype')?.toUpperCase()
  if (name === '') throw new SqlError(15223, 11, 1, "Error: The input parameter 'newname' is not allowed to be null.")
  switch (type) {
    case 'COLUMN':
    case 'INDEX':
    case 'STATISTICS': {
      const place = partOf(x, given)
      if (!place) throw ambiguous(type)
      if (place.table.kind !== 'table') {
        if (type !== 'COLUMN' || !(await renameViewColumn(x, place.table, place.part, name))) throw ambiguous(type)
      } else if (type === 'COLUMN') await renameColumn(x, place.table, place.part, name)
      else await renameIndex(x, place.table, place.part, name)
      break
    }
    case 'DATABASE':
      await runText(x, `ALTER DATABASE ${quoted(given)} MODIFY NAME = ${quoted(name)}`, new Map())
      call.tell(`The database name '${name}' has been set.`)
      return 0
    case 'OBJECT':
    case undefined: {
      if (await renameObject(x, given, name, type)) break
      const place = type === undefined ? partOf(x, given) : undefined
      if (!place) throw type === undefined ? notFound(x, given, type) : ambiguous(type)
      if (place.table.kind !== 'table') {
        if (!(await renameViewColumn(x, place.table, place.part, name))) throw notFound(x, given, type)
      } else if (place.table.columns.some((column) => same(column.name, place.part)))
        await renameColumn(x, place.table, place.part, name)
      else if (place.table.keys.some((key) => same(key.name, place.part)))
        await renameIndex(x, place.table, place.part, name)
      else throw notFound(x, given, type)
      break
    }
    default:
      throw new SqlError(15249, 11, 1, `Error: Explicit @objtype '${call.text('objtype')}' is unrecognized.`)
  }
  call.tell('Caution: Changing any part of an object name could break scripts and stored procedures.', 15477)
  return 0
}

export const renameProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_rename: { parameters: 'objname:n1035? newname:name? objtype:v13?', run: rename },
}
