/** Table-valued parameters of one call: what the wire brought or the caller has, as tables that the callee only reads. */
import { type DataType, types } from '../../tds/data-type.ts'
import type { TableValue } from '../../tds/table-value.ts'
import type { Parameter } from '../../tsql/ast.ts'
import type { ColumnInfo, TableDef, TypeDef } from '../catalog/definitions.ts'
import { declaredType, userType } from '../catalog/user-types.ts'
import { errors } from '../errors.ts'
import { Cancelled, SqlError } from '../sql-error.ts'
import { rowMaker } from './bulk-cells.ts'
import type { Execution } from './execution.ts'
import { write } from './insert.ts'
import { reportError } from './interpreter.ts'
import { changedTable } from './resolve-target.ts'
import { RowWriter } from './row-writer.ts'
import { createSql } from './table-sql.ts'

export type TableArgument =
  | { readonly kind: 'rows'; readonly rows: TableValue }
  | { readonly kind: 'table'; readonly table: TableDef }

const rowsBetweenBreaths = 64

/** A table variable of a type, made in the connection of the session. */
export function makeOfType(x: Execution, type: TypeDef, template: TableDef, name: string): TableDef {
  const { session } = x
  const table: TableDef = {
    ...template,
    id: session.newTemporaryId(),
    name,
    typeId: type.id,
    keys: template.keys.map((key) => ({ ...key, id: session.newTemporaryId() })),
  }
  const store = session.store(session.database)
  for (const sql of createSql(table)) store.exec(sql)
  session.touchTemporaries()
  return table
}

export class TableArguments {
  readonly #x: Execution
  readonly #made: TableDef[] = []
  readonly tables = new Map<string, TableDef>()
  /** Lower-case names of what must not be changed, nor dropped by the callee. */
  readonly borrowed = new Set<string>()

  constructor(x: Execution) {
    this.#x = x
  }

  /** Binds a parameter if its type is a table's. */
  bind(
    parameter: Parameter,
    argument: { readonly table?: TableArgument; readonly type: DataType; readonly useDefault: boolean } | undefined,
  ): Promise<boolean> | boolean {
    const type = userType(this.#x, parameter.type)
    if (!type?.table) {
      if (argument?.table) throw errors.operandClash(nameOf(argument.table), parameter.type.name)
      return false
    }
    if (argument && !argument.table && !argument.useDefault) throw errors.operandClash(argument.type.name, type.name)
    const key = parameter.name.toLowerCase()
    this.borrowed.add(key)
    const given = argument?.table
    if (given?.kind === 'table') {
      if (given.table.typeId !== type.id) throw errors.operandClash('table', type.name)
      this.tables.set(key, given.table)
      return true
    }
    const table = makeOfType(this.#x, type, type.table, parameter.name)
    this.#made.push(table)
    this.tables.set(key, table)
    return given?.rows.columns ? fill(this.#x, table, given.rows, given.rows.columns).then(() => true) : true
  }

  [Symbol.dispose](): void {
    const { session } = this.#x
    const store = session.store(session.database)
    for (const table of this.#made) store.exec(`DROP TABLE IF EXISTS temp."t${table.id}"`)
    if (this.#made.length > 0) session.touchTemporaries()
  }
}

/** READONLY stands behind a table-valued parameter, and behind no other. */
export function requireReadOnly(x: Execution, parameters: readonly Parameter[], line: number): void {
  parameters.forEach(({ name, type, readOnly }, i) => {
    const isTable = userType(x, type)?.table !== undefined
    if (isTable && !readOnly) throw errors.needsReadOnly(name, line)
    if (!readOnly || isTable) return
    // A type that nobody knows is told as such.
    if (type.schema) throw errors.unknownColumnType(String(i + 1), `${type.schema}.${type.name}`, line)
    declaredType(x, type)
    throw errors.needlessReadOnly(name, line)
  })
}

const nameOf = (given: TableArgument): string =>
  given.kind === 'table' ? 'table' : (given.rows.typeName.at(-1) ?? 'table')

/** Stands for a column that takes no value from the client. */
const untaken: ColumnInfo = { id: 0, name: '', type: types.int, nullable: true }

async function fill(
  x: Execution,
  table: TableDef,
  value: TableValue,
  wire: NonNullable<TableValue['columns']>,
): Promise<void> {
  if (wire.length !== table.columns.length) throw errors.tableColumns(wire.length, table.columns.length)
  const target = changedTable(table, x.session.database)
  try {
    await write(x, target, async (store) => {
      const writer = new RowWriter(x, target, store, 'INSERT')
      const columns = table.columns.map((column, i) =>
        column.computed || column.identity || column.type.name === 'timestamp' || value.defaulted[i] ? untaken : column,
      )
      const make = rowMaker(
        x,
        { target, store, stored: writer.stored },
        { columns, wire },
        { keepNulls: true, declared: [] },
      )
      const identity = table.columns.findIndex((column) => column.identity)
      let count = 0
      for (const row of value.rows()) {
        if (identity !== -1 && row[identity] !== null) throw errors.identityOfVariable()
        writer.insert(make(row))
        count += 1
        if (count % rowsBetweenBreaths !== 0) continue
        const breath = x.sink.breathe()
        if (breath) await breath
        if (x.signal.aborted) throw new Cancelled()
      }
    })
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    reportError(x, error)
    throw errors.tableDoesNotConform(table.name, error.number, error.state)
  }
}
