/** Conversions that SQLite calls by number: `cv(value, n)`. Each distinct one is made once in the process. */
import type { Cell, DataType } from '../../tds/data-type.ts'
import { familyOf } from '../../tds/data-type.ts'
import { SqlError } from '../sql-error.ts'
import { convertCell } from '../values/convert.ts'

const conversions: ((cell: Cell) => Cell)[] = []
const numbers = new Map<string, number>()

const sourceKey = (type: DataType): string =>
  `${type.name},${familyOf(type) === 'exact' || familyOf(type) === 'temporal' ? type.scale : 0}`
const targetKey = (type: DataType): string =>
  `${type.name},${type.length},${type.precision},${type.scale},${type.collation?.name ?? ''}`

export function conversionNumber(
  from: DataType,
  to: DataType,
  options: { style?: number; trying?: boolean } = {},
): number {
  const id = `${sourceKey(from)}>${targetKey(to)}>${options.style ?? ''}>${options.trying ?? false}`
  let number = numbers.get(id)
  if (number === undefined) {
    const { style, trying } = options
    number = conversions.length
    conversions.push(
      trying ? (cell) => tryConvert(cell, from, to, style) : (cell) => convertCell(cell, from, to, style),
    )
    numbers.set(id, number)
  }
  return number
}

/** TRY_CAST gives NULL for a value that does not convert; a conversion that is never allowed still fails. */
function tryConvert(cell: Cell, from: DataType, to: DataType, style: number | undefined): Cell {
  try {
    return convertCell(cell, from, to, style)
  } catch (error) {
    if (error instanceof SqlError && error.number !== 529 && error.number !== 50900) return null
    throw error
  }
}

export const runConversion = (cell: Cell, number: number): Cell => conversions[number]?.(cell) ?? null
