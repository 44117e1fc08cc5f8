/** What a module takes and gives: a view's columns, a procedure's parameters. Bound when asked, and kept while the catalogue stands. */
import type { DataType } from '../../tds/data-type.ts'
import { parseBatch } from '../../tsql/parser.ts'
import { Binder } from '../binder/binder.ts'
import { bindQuery } from '../binder/query.ts'
import { typeOfRef } from '../binder/type-of-ref.ts'
import { catalogOf } from '../execute/execution.ts'
import { sessionEnvironment } from '../execute/session-environment.ts'
import { newFrame } from '../session/frame.ts'
import type { SqlSession } from '../session.ts'
import { SqlError } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { ColumnInfo, ModuleDef, ObjectDef, TableDef } from './definitions.ts'

export interface ParameterInfo {
  readonly name: string
  readonly type: DataType
  readonly output: boolean
  readonly hasDefault: boolean
}

interface Shape {
  readonly stamp: number
  readonly columns: readonly ColumnInfo[]
}
const shapes = new WeakMap<ModuleDef, Shape>()
const signatures = new WeakMap<ModuleDef, readonly ParameterInfo[]>()

/** The columns of a view; none when what it stands on is gone. */
export function viewColumns(session: SqlSession, database: SqlDatabase, view: ModuleDef): readonly ColumnInfo[] {
  const { stamp } = catalogOf(session, database)
  const known = shapes.get(view)
  if (known?.stamp === stamp) return known.columns
  const columns = bindColumns(session, database, view)
  shapes.set(view, { stamp, columns })
  return columns
}

function bindColumns(session: SqlSession, database: SqlDatabase, view: ModuleDef): readonly ColumnInfo[] {
  try {
    const [statement] = parseBatch(view.text, view.quotedIdentifier)
    if (statement?.kind !== 'createModule' || !statement.query) return []
    const frame = newFrame({ depth: 0, done: 'done', quotedIdentifier: view.quotedIdentifier })
    const environment = sessionEnvironment(session, frame, { catalogs: new Map(), temporary: false }, database)
    return bindQuery(new Binder(environment), statement.query).columns.map((column, i) => ({
      id: i + 1,
      name: statement.columns?.[i] ?? column.name,
      type: column.type,
      nullable: column.nullable,
    }))
  } catch (error) {
    if (error instanceof SqlError) return []
    throw error
  }
}

/** The columns that an object shows to who reads it. */
export function columnsOfObject(session: SqlSession, database: SqlDatabase, object: ObjectDef): readonly ColumnInfo[] {
  if (object.kind === 'table') return object.columns
  return object.kind === 'view' ? viewColumns(session, database, object) : []
}

export function parametersOf(database: SqlDatabase, module: ModuleDef): readonly ParameterInfo[] {
  const known = signatures.get(module)
  if (known) return known
  const [statement] = parseBatch(module.text, module.quotedIdentifier)
  const parameters =
    statement?.kind === 'createModule'
      ? statement.parameters.flatMap((parameter) => {
          const made = database.catalog.type(parameter.type.schema ?? 'dbo', parameter.type.name)
          // A table has no data type to tell.
          if (made?.table) return []
          return {
            name: parameter.name,
            type: made?.alias?.type ?? typeOfRef(parameter.type, database.collation),
            output: parameter.output,
            hasDefault: parameter.value !== undefined,
          }
        })
      : []
  signatures.set(module, parameters)
  return parameters
}

export const isTable = (object: ObjectDef): object is TableDef => object.kind === 'table'
