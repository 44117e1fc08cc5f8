/** What a module takes and gives: columns of views and functions, parameters. Bound when asked, kept while the catalogue stands. */
import { type DataType, types } from '../../tds/data-type.ts'
import type { Query } from '../../tsql/ast.ts'
import { Binder } from '../binder/binder.ts'
import { bindQuery } from '../binder/query.ts'
import { typeOfRef } from '../binder/type-of-ref.ts'
import { catalogOf } from '../execute/execution.ts'
import { sessionEnvironment } from '../execute/session-environment.ts'
import { newFrame } from '../session/frame.ts'
import type { SqlSession } from '../session.ts'
import { SqlError } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { withSession } from '../udf/running-session.ts'
import type { ColumnInfo, ModuleDef, ObjectDef } from './definitions.ts'
import { moduleStatement } from './module-statement.ts'

export interface ParameterInfo {
  readonly name: string
  readonly type: DataType
  /** The number of the type that a user has made; a table type has no data type to tell. */
  readonly userType?: number
  readonly table?: boolean
  readonly output: boolean
  readonly hasDefault: boolean
}

export interface Signature {
  readonly parameters: readonly ParameterInfo[]
  /** Of scalar functions. */
  readonly returns?: DataType
}

interface Shape {
  readonly stamp: number
  readonly columns: readonly ColumnInfo[]
}
const shapes = new WeakMap<ModuleDef, Shape>()
const signatures = new WeakMap<ModuleDef, Signature>()

/** The columns that an object shows to who reads it; none when what it stands on is gone. */
export function columnsOfObject(session: SqlSession, database: SqlDatabase, object: ObjectDef): readonly ColumnInfo[] {
  if (object.kind === 'table') return object.columns
  if (object.kind !== 'view' && object.kind !== 'function') return []
  const { stamp } = catalogOf(session, database)
  const known = shapes.get(object)
  if (known?.stamp === stamp) return known.columns
  let columns: readonly ColumnInfo[]
  try {
    columns = columnsOfModule(session, database, object)
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    columns = []
  }
  shapes.set(object, { stamp, columns })
  return columns
}

function columnsOfModule(session: SqlSession, database: SqlDatabase, module: ModuleDef): readonly ColumnInfo[] {
  const statement = moduleStatement(module)
  if (statement.query)
    return boundColumns(session, database, module, statement.query, module.columnNames ?? statement.columns)
  const shape = statement.function
  if (shape?.kind === 'inline') return boundColumns(session, database, module, shape.query)
  if (shape?.kind !== 'table') return []
  return shape.columns.map((column, i) => ({
    id: i + 1,
    name: column.name,
    type: column.type ? typeOfRef(column.type, database.collation) : types.int,
    nullable: column.nullable ?? !column.constraints.some((constraint) => constraint.kind === 'primary'),
  }))
}

function boundColumns(
  session: SqlSession,
  database: SqlDatabase,
  module: ModuleDef,
  query: Query,
  names?: readonly string[],
): ColumnInfo[] {
  const variables = new Map(
    signatureOf(database, module).parameters.map(({ name, type }) => [name.toLowerCase(), { type, value: null }]),
  )
  const frame = newFrame({ depth: 0, done: 'done', quotedIdentifier: module.quotedIdentifier, variables })
  const environment = sessionEnvironment(session, frame, { catalogs: new Map(), temporary: false }, database)
  const bound = withSession(session, () => bindQuery(new Binder(environment), query))
  return bound.columns.map((column, i) => ({
    id: i + 1,
    name: names?.[i] ?? column.name,
    type: column.type,
    nullable: column.nullable,
  }))
}

export function signatureOf(database: SqlDatabase, module: ModuleDef): Signature {
  const known = signatures.get(module)
  if (known) return known
  const statement = moduleStatement(module)
  const parameters = statement.parameters.map((parameter): ParameterInfo => {
    const made = database.catalog.type(parameter.type.schema ?? 'dbo', parameter.type.name)
    return {
      name: parameter.name,
      type: made ? (made.alias?.type ?? types.variant) : typeOfRef(parameter.type, database.collation),
      ...(made ? { userType: made.userTypeId, table: made.table !== undefined } : {}),
      output: parameter.output,
      hasDefault: parameter.value !== undefined,
    }
  })
  const shape = statement.function
  const signature: Signature = {
    parameters,
    ...(shape?.kind === 'scalar' ? { returns: typeOfRef(shape.returns, database.collation) } : {}),
  }
  signatures.set(module, signature)
  return signature
}

/** The parameters that have a data type: all but tables. */
export const parametersOf = (database: SqlDatabase, module: ModuleDef): readonly ParameterInfo[] =>
  signatureOf(database, module).parameters.filter((parameter) => !parameter.table)
