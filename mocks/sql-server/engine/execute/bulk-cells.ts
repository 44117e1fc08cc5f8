/** The cells of a bulk load on their way into the table: converted, defaults put in, identity values given. */
import { type Cell, type DataType, familyOf, givenType, isUnicode, maxLength } from '../../tds/data-type.ts'
import { parseExpressionText } from '../../tsql/parser.ts'
import { Binder } from '../binder/binder.ts'
import { convertBound } from '../binder/convert-bound.ts'
import type { ColumnInfo } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import type { Store } from '../storage/store.ts'
import { withSession } from '../udf/running-session.ts'
import { convertCell } from '../values/convert.ts'
import type { Execution } from './execution.ts'
import { nextIdentity, noteIdentity } from './identity-values.ts'
import { assignable, defaultOf } from './insert.ts'
import type { ChangedTable } from './resolve-target.ts'
import type { Row } from './row-writer.ts'
import { sessionEnvironment } from './session-environment.ts'

type CellMaker = (row: readonly Cell[]) => Cell

/** True where a cell of one type is one of the other as it stands; its length is checked later. */
function sameCell(from: DataType, to: DataType): boolean {
  const family = familyOf(from)
  if (family !== familyOf(to)) return false
  if (family === 'text') return to.name !== 'xml'
  if (family === 'guid') return true
  if (family === 'binary') return to.name !== 'timestamp'
  if (family === 'exact') return from.scale === to.scale && from.precision <= to.precision
  return from.name === to.name && from.scale === to.scale
}

/** Makes stored rows of the rows of a client, whose columns stand in the order of `columns`. */
export function rowMaker(
  x: Execution,
  to: { readonly target: ChangedTable; readonly store: Store; readonly stored: readonly ColumnInfo[] },
  given: {
    readonly columns: readonly ColumnInfo[]
    readonly wire: readonly { readonly wire: { readonly type: DataType } }[]
  },
  how: { readonly keepNulls: boolean; readonly declared: readonly DataType[] },
): (row: readonly Cell[]) => Row {
  const makers = to.stored.map((column): CellMaker => {
    const at = given.columns.indexOf(column)
    const source = given.wire[at]
    if (column.type.name === 'timestamp') return () => to.target.database.nextRowVersion()
    const { table } = to.target
    if (!source) {
      if (column.identity) return () => nextIdentity(x, table, column)
      return defaultMaker(x, to.store, column)
    }
    const convert = converter(source.wire.type, column, how.declared[at], at)
    if (column.identity) return (row) => noteIdentity(x, table, column, convert(row[at] ?? null))
    if (how.keepNulls || !column.default) return (row) => convert(row[at] ?? null)
    const otherwise = defaultMaker(x, to.store, column)
    return (row) => {
      const cell = row[at] ?? null
      return cell === null ? otherwise(row) : convert(cell)
    }
  })
  return (row) => {
    const made: Row = new Array(makers.length)
    for (let i = 0; i < makers.length; i += 1) made[i] = makers[i]?.(row) ?? null
    return made
  }
}

function converter(
  given: DataType,
  column: ColumnInfo,
  declared: DataType | undefined,
  at: number,
): (cell: Cell) => Cell {
  const from = givenType(given)
  const to = assignable(column.type)
  const plain = sameCell(from, to)
  const limit = declared && declared.length !== maxLength ? declared.length : 0
  const sized = limit > 0 && (familyOf(from) === 'binary' || (familyOf(from) === 'text' && isUnicode(from)))
  return (cell) => {
    if (cell === null) return null
    if (sized && (cell as string | Uint8Array).length > limit) throw errors.bulkColumnLength(at + 1)
    return plain ? cell : convertCell(cell, from, to)
  }
}

function defaultMaker(x: Execution, store: Store, column: ColumnInfo): CellMaker {
  if (!column.default) return () => null
  const binder = new Binder(sessionEnvironment(x.session, x.frame, { catalogs: new Map(), temporary: false }))
  const sql = withSession(
    x.session,
    () => `SELECT ${convertBound(defaultOf(binder, column), assignable(column.type)).sql}`,
  )
  const value = (): Cell => withSession(x.session, () => store.all(sql)[0]?.[0] ?? null)
  if (parseExpressionText(column.default.text).kind !== 'literal') return value
  const constant = value()
  return () => constant
}
