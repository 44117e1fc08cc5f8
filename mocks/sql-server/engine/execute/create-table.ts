/** CREATE TABLE, table variables, and indexes. */

import { hasPermission, requireDatabase } from '../../security/permissions.ts'
import { latin1 } from '../../tds/collation.ts'
import { familyOf } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { ColumnDef, ConstraintDef, IndexDef, Name, Statement } from '../../tsql/ast.ts'
import { parseExpressionText } from '../../tsql/parser.ts'
import { Binder } from '../binder/binder.ts'
import type { Environment } from '../binder/environment.ts'
import { bindExpr } from '../binder/expression.ts'
import { tableColumns } from '../binder/from.ts'
import { bindPredicate } from '../binder/predicate.ts'
import { Scope } from '../binder/scope.ts'
import { needCollation, typeOfRef } from '../binder/type-rules.ts'
import type { ColumnInfo, ForeignKeyInfo, KeyInfo, TableDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { Store } from '../storage/store.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { catalogOf, type Execution } from './execution.ts'
import { findTable } from './resolve-target.ts'
import { keyForm } from './row-writer.ts'
import { sessionEnvironment } from './session-environment.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

export interface Place {
  readonly database: SqlDatabase
  readonly schema: string
  readonly name: string
}

/** Where a new object goes. */
export function placeOf(x: Execution, name: Name): Place {
  const [object = '', schema = '', databaseName = ''] = [...name].reverse()
  const database =
    databaseName === '' || object.startsWith('#')
      ? x.session.database
      : x.session.openableDatabase(databaseName, name, 0)
  const wanted = schema === '' ? x.session.defaultSchema(database) : schema
  const known = catalogOf(x.session, database).schema(wanted)
  if (!known && !object.startsWith('#'))
    throw new SqlError(
      2760,
      16,
      1,
      `The specified schema name "${wanted}" either does not exist or you do not have permission to use it.`,
    )
  return { database, schema: known?.name ?? 'dbo', name: object }
}

const randomSuffix = (id: number): string => (id >>> 0).toString(16).toUpperCase().padStart(8, '0')

/** A definition from its syntax. Ids come from `newId`, so that temporary tables have their own. */
export function buildTable(
  x: Execution,
  place: Place,
  given: { columns: readonly ColumnDef[]; constraints: readonly ConstraintDef[]; indexes: readonly IndexDef[] },
  how: { temporary?: 'table' | 'variable'; newId: () => number },
): TableDef {
  const created = x.session.instance.nowText()
  let table: TableDef = {
    kind: 'table',
    id: how.newId(),
    schema: place.schema,
    name: place.name,
    created,
    modified: created,
    columns: [],
    keys: [],
    checks: [],
    foreignKeys: [],
    nextColumnId: 1,
    ...(how.temporary ? { temporary: how.temporary } : {}),
  }
  for (const column of given.columns) table = addColumn(x, table, column, place.database)
  for (const column of given.columns)
    for (const constraint of column.constraints) table = addConstraint(x, table, constraint, place.database, how.newId)
  for (const constraint of given.constraints) table = addConstraint(x, table, constraint, place.database, how.newId)
  for (const index of given.indexes) table = { ...table, keys: [...table.keys, indexKey(table, index, how.newId())] }
  return table
}

export function addColumn(x: Execution, table: TableDef, def: ColumnDef, database: SqlDatabase): TableDef {
  if (table.columns.some((column) => column.name.toLowerCase() === def.name.toLowerCase()))
    throw errors.duplicateColumn(table.name, def.name)
  const id = table.nextColumnId
  const collation = def.collation ? needCollation(def.collation) : database.collation
  if (!def.type) {
    const computed = def.computed
    if (!computed) throw errors.unknownColumnType(def.name, '', def.line)
    const binder = new Binder(sessionEnvironment(x.session, x.frame, { catalogs: new Map(), temporary: false }))
    const scope = new Scope()
    scope.add({ name: table.name, columns: tableColumns(binder, table, 's') })
    const bound = bindExpr(binder, scope, computed.expr)
    const column: ColumnInfo = {
      id,
      name: def.name,
      type: bound.type,
      nullable: bound.nullable,
      computed: { text: computed.text, persisted: computed.persisted },
    }
    return { ...table, columns: [...table.columns, column], nextColumnId: id + 1 }
  }
  let type: ColumnInfo['type']
  try {
    type = typeOfRef(def.type, collation)
  } catch (error) {
    if (error instanceof SqlError && error.number === 243)
      throw errors.unknownColumnType(String(id), def.type.name, def.line)
    throw error
  }
  const key = def.constraints.some((constraint) => constraint.kind === 'primary')
  const nullable = def.nullable ?? !(key || def.identity !== undefined || type.name === 'timestamp')
  if (def.identity && familyOf(type) !== 'integer' && familyOf(type) !== 'exact')
    throw new SqlError(
      2749,
      16,
      2,
      `Identity column '${def.name}' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, unencrypted, and constrained to be nonnullable.`,
    )
  const column: ColumnInfo = { id, name: def.name, type, nullable, ...(def.identity ? { identity: def.identity } : {}) }
  return { ...table, columns: [...table.columns, column], nextColumnId: id + 1 }
}

const needColumn = (table: TableDef, name: string): ColumnInfo => {
  const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
  if (!column) throw errors.noTargetColumn(name)
  return column
}

export function addConstraint(
  x: Execution,
  table: TableDef,
  def: ConstraintDef,
  database: SqlDatabase,
  newId: () => number,
): TableDef {
  const id = newId()
  const short = table.name.slice(0, 9)
  const named = (prefix: string): string => {
    if (def.name === undefined) return `${prefix}__${short}__${randomSuffix(id * 2_654_435)}`
    if (!table.temporary && catalogOf(x.session, database).nameTaken(table.schema, def.name))
      throw errors.exists(def.name)
    return def.name
  }
  switch (def.kind) {
    case 'primary':
    case 'unique': {
      if (def.kind === 'primary' && table.keys.some((key) => key.kind === 'primary'))
        throw new SqlError(1779, 16, 0, `Table '${table.name}' already has a primary key defined on it.`)
      const columns = def.columns.map((name) => needColumn(table, name))
      const key: KeyInfo = {
        id,
        name: named(def.kind === 'primary' ? 'PK' : 'UQ'),
        kind: def.kind,
        unique: true,
        clustered: (def.clustered ?? false) && !table.keys.some((other) => other.clustered),
        columns: columns.map((column) => ({ id: column.id, descending: false })),
        include: [],
      }
      const strictColumns =
        def.kind === 'primary'
          ? table.columns.map((column) => (columns.includes(column) ? { ...column, nullable: false } : column))
          : table.columns
      return { ...table, columns: strictColumns, keys: [...table.keys, key] }
    }
    case 'check':
      return {
        ...table,
        checks: [...table.checks, checkOf(x, table, { id, name: named('CK'), text: def.text, expr: def.expr })],
      }
    case 'default': {
      const column = needColumn(table, def.column)
      if (column.default) throw new SqlError(1781, 16, 1, 'Column already has a DEFAULT bound to it.')
      const name = named('DF')
      return {
        ...table,
        columns: table.columns.map((candidate) =>
          candidate === column ? { ...candidate, default: { id, name, text: def.text } } : candidate,
        ),
      }
    }
    case 'foreign':
      return {
        ...table,
        foreignKeys: [...table.foreignKeys, foreignKey(x, table, def, database, { id, name: named('FK') })],
      }
  }
}

function checkOf(
  x: Execution,
  table: TableDef,
  check: { id: number; name: string; text: string; expr: Extract<ConstraintDef, { kind: 'check' }>['expr'] },
): TableDef['checks'][number] {
  const binder = new Binder(sessionEnvironment(x.session, x.frame, { catalogs: new Map(), temporary: false }))
  const scope = new Scope()
  scope.add({ name: table.name, columns: tableColumns(binder, table, 's') })
  bindPredicate(binder, scope, check.expr)
  return { id: check.id, name: check.name, text: check.text, enabled: true }
}

function foreignKey(
  x: Execution,
  table: TableDef,
  def: Extract<ConstraintDef, { kind: 'foreign' }>,
  database: SqlDatabase,
  given: { id: number; name: string },
): ForeignKeyInfo {
  const [object = '', schema = table.schema] = [...def.table].reverse()
  const self =
    object.toLowerCase() === table.name.toLowerCase() &&
    (schema === '' || schema.toLowerCase() === table.schema.toLowerCase())
  const found = self ? table : catalogOf(x.session, database).object(schema || table.schema, object)
  if (found?.kind !== 'table')
    throw new SqlError(1767, 16, 0, `Foreign key '${given.name}' references invalid table '${def.table.join('.')}'.`)
  const primary = found.keys.find((key) => key.kind === 'primary')
  const referenced =
    def.referenced.length > 0
      ? def.referenced.map((name) => {
          const column = found.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
          if (!column)
            throw new SqlError(
              1770,
              16,
              0,
              `Foreign key '${given.name}' references invalid column '${name}' in referenced table '${found.name}'.`,
            )
          return column.id
        })
      : (primary?.columns.map((column) => column.id) ?? [])
  const matches = found.keys.some(
    (key) =>
      key.unique &&
      key.columns.length === referenced.length &&
      key.columns.every((column) => referenced.includes(column.id)),
  )
  if (!matches)
    throw new SqlError(
      1776,
      16,
      0,
      `There are no primary or candidate keys in the referenced table '${def.table.join('.')}' that match the referencing column list in the foreign key '${given.name}'.`,
    )
  const columns = def.columns.map((name) => {
    const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
    if (!column)
      throw new SqlError(
        1769,
        16,
        1,
        `Foreign key '${given.name}' references invalid column '${name}' in referencing table '${table.name}'.`,
      )
    return column.id
  })
  return {
    ...given,
    columns,
    table: found.id,
    referenced,
    onDelete: def.onDelete,
    onUpdate: def.onUpdate,
    enabled: true,
  }
}

export function indexKey(table: TableDef, index: IndexDef, id: number): KeyInfo {
  if (table.keys.some((key) => key.name.toLowerCase() === index.name.toLowerCase()))
    throw new SqlError(
      1913,
      16,
      1,
      `The operation failed because an index or statistics with name '${index.name}' already exists on table '${table.name}'.`,
    )
  if (index.clustered && table.keys.some((key) => key.clustered))
    throw new SqlError(
      1902,
      16,
      3,
      `Cannot create more than one clustered index on table '${table.name}'. Drop the existing clustered index before creating another.`,
    )
  return {
    id,
    name: index.name,
    kind: 'index',
    unique: index.unique,
    clustered: index.clustered,
    columns: index.columns.map(({ name, descending }) => ({ id: needColumn(table, name).id, descending })),
    include: index.include.map((name) => needColumn(table, name).id),
    ...(index.where ? { where: index.where.text } : {}),
  }
}

/** The table and its indexes in SQLite: columns without types, so that cells stay as they are. */
export function createSql(table: TableDef): string[] {
  const place = table.temporary ? 'temp' : 'main'
  const stored = table.columns.filter((column) => !column.computed)
  const columns = stored.length > 0 ? stored.map((column) => `c${column.id}`).join(',') : 'c0'
  return [`CREATE TABLE ${place}."t${table.id}"(${columns})`, ...table.keys.map((key) => createIndexSql(table, key))]
}

/** An index over the compared form of its columns; NULLs meet like values, as SQL Server has it. */
export function createIndexSql(table: TableDef, key: KeyInfo): string {
  const place = table.temporary ? 'temp' : 'main'
  const parts = key.columns.flatMap(({ id, descending }) => {
    const column = table.columns.find((candidate) => candidate.id === id)
    if (!column || column.computed) return []
    const form = keyForm(column, `c${id}`)
    return [`${key.unique && column.nullable ? `ifnull(${form},x'00')` : form}${descending ? ' DESC' : ''}`]
  })
  if (parts.length === 0) return 'SELECT 1'
  const filter = key.where ? ` WHERE ${filterSql(table, key.where)}` : ''
  return `CREATE ${key.unique ? 'UNIQUE ' : ''}INDEX ${place}."i${key.id}" ON "t${table.id}"(${parts.join(',')})${filter}`
}

const plainEnvironment: Environment = {
  database: '',
  collation: latin1,
  variable: () => undefined,
  tableVariable: () => undefined,
  resolve: (name, line) => {
    throw errors.noObject(name.join('.'), line)
  },
}

/** The filter of an index: bound over the table alone. */
function filterSql(table: TableDef, text: string): string {
  const binder = new Binder(plainEnvironment)
  const scope = new Scope()
  scope.add({ name: table.name, columns: tableColumns(binder, table, '') })
  return bindPredicate(binder, scope, parseExpressionText(text))
}

export async function runCreateTable(x: Execution, s: Of<'createTable'>): Promise<void> {
  const place = placeOf(x, s.name)
  const { session } = x
  if (place.name.startsWith('#')) {
    if (place.name.startsWith('##'))
      throw new SqlError(50900, 16, 1, 'not supported by the simulator: global temporary tables')
    if (session.temporary(place.name)) throw errors.exists(place.name)
    makeTemporary(
      x,
      place.name,
      buildTable(x, { ...place, schema: 'dbo' }, s, { temporary: 'table', newId: () => session.newTemporaryId() }),
    )
  } else {
    requireDatabase(session, place.database, 'CREATE TABLE')
    if (!hasPermission(session, place.database, 'ALTER')) requireDatabase(session, place.database, 'CREATE TABLE')
    await changeCatalog(x, place.database, [], (store) => createIn(x, store, place, s))
  }
  x.sink.done({ kind: x.frame.done, command: statementCodes.createTable })
}

export function createIn(x: Execution, store: Store, place: Place, given: Parameters<typeof buildTable>[2]): TableDef {
  if (catalogOf(x.session, place.database).nameTaken(place.schema, place.name)) throw errors.exists(place.name)
  const table = buildTable(x, place, given, { newId: () => place.database.newObjectId() })
  for (const sql of createSql(table)) store.exec(sql)
  putEntries(x, place.database, store, [table])
  return table
}

/** Temporary objects live in the connection of the current database; the catalogue knows nothing of them. */
export function makeTemporary(x: Execution, name: string, table: TableDef): void {
  const store = x.session.store(x.session.database)
  for (const sql of createSql(table)) store.exec(sql)
  x.session.setTemporary(name, table)
}

export function declareTable(
  x: Execution,
  name: string,
  given: { columns: readonly ColumnDef[]; constraints: readonly ConstraintDef[] },
): void {
  const { session, frame } = x
  const old = frame.tables.get(name.toLowerCase())
  if (old) {
    // The same DECLARE in a loop: one table, kept with what is in it.
    return
  }
  const place: Place = { database: session.database, schema: 'dbo', name }
  const table = buildTable(
    x,
    place,
    { ...given, indexes: [] },
    { temporary: 'variable', newId: () => session.newTemporaryId() },
  )
  const store = session.store(session.database)
  for (const sql of createSql(table)) store.exec(sql)
  frame.tables.set(name.toLowerCase(), table)
  session.touchTemporaries()
}

export async function runCreateIndex(x: Execution, s: Of<'createIndex'>): Promise<void> {
  const target = findTable(x, s.table, s.line)
  const { table, database } = target
  if (!table.temporary && !hasPermission(x.session, database, 'ALTER', table))
    throw new SqlError(
      1088,
      16,
      12,
      `Cannot find the object "${table.name}" because it does not exist or you do not have permissions.`,
    )
  const key = indexKey(table, s.index, table.temporary ? Math.abs(x.session.newTemporaryId()) : database.newObjectId())
  const changed: TableDef = { ...table, keys: [...table.keys, key] }
  await changeCatalog(x, database, [table], (store) => {
    makeIndex(store, changed, key)
    if (table.temporary) x.session.setTemporary(table.name, changed)
    else putEntries(x, database, store, [changed])
  })
  x.sink.done({ kind: x.frame.done, command: statementCodes.createIndex })
}

/** Duplicates that are there already are error 1505. */
export function makeIndex(store: Store, table: TableDef, key: KeyInfo): void {
  try {
    store.exec(createIndexSql(table, key))
  } catch (error) {
    if (error instanceof Error && error.message.includes('UNIQUE constraint failed')) {
      throw new SqlError(
        1505,
        16,
        1,
        `The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name '${table.schema}.${table.name}' and the index name '${key.name}'. The duplicate key value is unknown.`,
      )
    }
    throw error
  }
}

export async function runDropIndex(x: Execution, s: Of<'dropIndex'>): Promise<void> {
  for (const { name, table: tableName } of s.drops) {
    const { table, database } = findTable(x, tableName, s.line)
    const key = table.keys.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
    if (!key) {
      if (s.ifExists) continue
      throw new SqlError(
        3701,
        11,
        7,
        `Cannot drop the index '${tableName.join('.')}.${name}', because it does not exist or you do not have permission.`,
      )
    }
    if (key.kind !== 'index')
      throw new SqlError(
        3723,
        16,
        5,
        `An explicit DROP INDEX is not allowed on index '${tableName.join('.')}.${name}'. It is being used for ${key.kind === 'primary' ? 'PRIMARY' : 'UNIQUE'} KEY constraint enforcement.`,
      )
    const changed: TableDef = { ...table, keys: table.keys.filter((candidate) => candidate !== key) }
    await changeCatalog(x, database, [table], (store) => {
      store.exec(`DROP INDEX ${table.temporary ? 'temp' : 'main'}."i${key.id}"`)
      if (table.temporary) x.session.setTemporary(table.name, changed)
      else putEntries(x, database, store, [changed])
    })
  }
  x.sink.done({ kind: x.frame.done, command: statementCodes.dropIndex })
}
