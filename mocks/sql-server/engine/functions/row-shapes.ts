/** What `for_rows(n, …)` makes of a query's rows: FOR JSON or FOR XML over its columns. Each shape is kept once. */

import { type Cell, type DataType, familyOf } from '../../tds/data-type.ts'
import type { ForClause } from '../../tsql/ast.ts'
import { SqlError } from '../sql-error.ts'
import { jsonCell, jsonOfRows } from '../values/json-rows.ts'
import { xmlOfRows } from '../values/xml-rows.ts'

export interface ShownColumn {
  readonly name: string
  readonly type: DataType
  readonly source?: string
  /** The text is JSON already. */
  readonly json?: boolean
}

interface Shape {
  readonly columns: readonly ShownColumn[]
  readonly how: ForClause
}

const shapes: Shape[] = []
const numbers = new Map<string, number>()

/** FOR XML and FOR JSON show no CLR types. */
export function checkShown(columns: readonly ShownColumn[], how: ForClause): void {
  if (!columns.some(({ type }) => familyOf(type) === 'clr')) return
  throw how.kind === 'json'
    ? new SqlError(
        13604,
        16,
        1,
        'FOR JSON cannot serialize CLR objects. Cast CLR types explicitly into one of the supported types in FOR JSON queries.',
      )
    : new SqlError(
        6865,
        16,
        1,
        'FOR XML does not support CLR types - cast CLR types explicitly into one of the supported types in FOR XML queries.',
      )
}

export function shapeNumber(given: readonly ShownColumn[], how: ForClause): number {
  checkShown(given, how)
  const columns = given.map(({ name, type, source, json }) => ({
    name,
    type,
    ...(source === undefined ? {} : { source }),
    ...(json ? { json } : {}),
  }))
  const id = JSON.stringify({ columns, how })
  let number = numbers.get(id)
  if (number === undefined) {
    number = shapes.push({ columns, how }) - 1
    numbers.set(id, number)
  }
  return number
}

export const textOfRows = (
  columns: readonly ShownColumn[],
  rows: readonly (readonly Cell[])[],
  how: ForClause,
): string => (how.kind === 'json' ? jsonOfRows(columns, rows, how) : xmlOfRows(columns, rows, how))

export function shapedText(number: number, rows: readonly (readonly Cell[])[]): string | null {
  const shape = shapes[number]
  return shape && rows.length > 0 ? textOfRows(shape.columns, rows, shape.how) : null
}

/** One value as FOR JSON writes it. */
export function shapedCell(number: number, cell: Cell): string {
  const column = shapes[number]?.columns[0]
  return column ? jsonCell(cell, column) : 'null'
}
