/** INSERT BULK: the table, columns and options for the rows that the next message brings. */

import { hasPermission, requireObject } from '../../security/permissions.ts'
import type { DataType } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Name, Statement } from '../../tsql/ast.ts'
import { typeOfRef } from '../binder/type-of-ref.ts'
import { checkImplicit } from '../binder/type-rules.ts'
import type { ColumnInfo } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { isLocalTemporary } from '../session/temporary-name.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { Execution } from './execution.ts'
import { reportError } from './interpreter.ts'
import { type ChangedTable, findTable } from './resolve-target.ts'
import { beginImplicit } from './transactions.ts'

type InsertBulk = Extract<Statement, { kind: 'insertBulk' }>

export interface BulkPlan {
  readonly statement: InsertBulk
  readonly declared: readonly DataType[]
}

/** Runs `work` in the database that the table's name names: bcp is told `db..table` whatever database it is in. */
export async function inDatabaseOf<T>(x: Execution, s: InsertBulk, work: () => Promise<T> | T): Promise<T> {
  const { session } = x
  const name = s.table.at(-3) ?? ''
  const before = session.database
  if (name === '' || isLocalTemporary(s.table.at(-1) ?? '')) return work()
  session.use(session.openableDatabase(name, s.table, s.line))
  try {
    return await work()
  } finally {
    session.use(before)
  }
}

/** Checks the statement and makes the session wait for the rows. */
export async function announceBulk(x: Execution, statement: InsertBulk, alone: boolean): Promise<void> {
  const { session, sink } = x
  try {
    if (!alone) throw errors.bulkNotAlone(statement.line)
    const plan = await inDatabaseOf(x, statement, () => planBulk(x, statement))
    if (plan) {
      beginImplicit(x, statement)
      session.bulk = plan
      session.error = 0
    }
    // A column that the table does not have fails without a word.
    sink.done({ kind: 'done', command: statementCodes.insertBulk, error: !plan })
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    if (error.line === 0) error.line = statement.line
    session.error = error.number
    reportError(x, error)
    // SQL Server says it twice: for the table and for its columns.
    if (error.number === 208) reportError(x, error)
    sink.done({ kind: 'done', command: statementCodes.insertBulk, error: true })
  }
}

/** Undefined when the table has not all the columns. */
function planBulk(x: Execution, statement: InsertBulk): BulkPlan | undefined {
  const target = findTable(x, statement.table, statement.line)
  if (target.view) throw unsupported('bulk load into a view', statement.line)
  const declared = statement.columns.map(({ type }, i) => declaredType(type, target, i))
  const columns = bulkColumns(statement, target)
  if (!columns) return undefined
  requireRights(x, target, statement, columns)
  columns.forEach((column, i) => {
    const type = declared[i]
    if (type) checkImplicit(type, column.type)
  })
  return { statement, declared }
}

function declaredType(ref: InsertBulk['columns'][number]['type'], target: ChangedTable, index: number): DataType {
  try {
    return typeOfRef(ref, target.database.collation)
  } catch (error) {
    if (error instanceof SqlError && error.number === 243)
      throw errors.unknownColumnType(String(index + 1), ref.name, ref.line)
    throw error
  }
}

/** The columns in the order of the statement; undefined when the table has not all of them. */
export function bulkColumns({ columns }: InsertBulk, { table }: ChangedTable): readonly ColumnInfo[] | undefined {
  const found: ColumnInfo[] = []
  for (const { name } of columns) {
    const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
    if (!column) return undefined
    if (found.includes(column)) throw errors.columnTwice(column.name)
    if (column.computed) throw errors.computedChange(column.name)
    if (column.type.name === 'timestamp') throw errors.timestampInsert()
    found.push(column)
  }
  return found
}

/** INSERT for all; who goes around constraints or gives identity values himself must be able to alter the table. */
function requireRights(x: Execution, target: ChangedTable, s: InsertBulk, columns: readonly ColumnInfo[]): void {
  const { table, database } = target
  requireObject(x, database, 'INSERT', table)
  if (table.temporary) return
  const constrained = table.checks.some((check) => check.enabled) || table.foreignKeys.some((key) => key.enabled)
  const alters = (constrained && !s.options.has('CHECK_CONSTRAINTS')) || columns.some((column) => column.identity)
  if (alters && !hasPermission(x.session, database, 'ALTER', table)) throw errors.noObjectOrRight(nameOf(s.table))
}

const nameOf = (name: Name): string => name.filter((part) => part !== '').join('.')
