/**
 * Cells of sql_variant with their base type. What SQLite's own types tell needs no mark: int is a number, nvarchar a text,
 * varbinary bytes. Every other value is a text that starts with U+0001 and the type.
 */
import { collationOf, latin1 } from '../collation.ts'
import { binaryType, type Cell, type DataType, familyOf, textType, types } from '../data-type.ts'

const mark = '\u0001'
const unicode = textType('nvarchar', 4000, latin1)
const bytes = binaryType('varbinary', 8000)

export function variantCell(cell: Exclude<Cell, null>, type: DataType): Cell {
  if (type.name === 'int' || type.name === 'nvarchar' || type.name === 'varbinary') return cell
  const payload = cell instanceof Uint8Array ? Buffer.from(cell).toString('hex') : String(cell)
  const { name, length, precision, scale, collation } = type
  return `${mark}${name},${length},${precision},${scale},${collation?.name ?? ''}${mark}${payload}`
}

export interface OpenVariant {
  readonly cell: Exclude<Cell, null>
  readonly type: DataType
}

export function openVariant(cell: Exclude<Cell, null>): OpenVariant {
  if (cell instanceof Uint8Array) return { cell, type: bytes }
  if (typeof cell === 'number' || typeof cell === 'bigint') {
    if (typeof cell === 'number' && !Number.isInteger(cell)) return { cell, type: types.float }
    return { cell, type: cell >= -2_147_483_648 && cell <= 2_147_483_647 ? types.int : types.bigint }
  }
  const end = cell.startsWith(mark) ? cell.indexOf(mark, 1) : -1
  if (end === -1) return { cell, type: unicode }
  const [name = '', length, precision, scale, collation = ''] = cell.slice(1, end).split(',')
  const known = collationOf(collation)
  const type: DataType = {
    // Only `variantCell` writes the mark, from a type.
    name: name as DataType['name'],
    length: Number(length),
    precision: Number(precision),
    scale: Number(scale),
    ...(known ? { collation: known } : {}),
  }
  return { cell: payloadOf(cell.slice(end + 1), type), type }
}

function payloadOf(text: string, type: DataType): Exclude<Cell, null> {
  switch (familyOf(type)) {
    case 'binary':
      return Buffer.from(text, 'hex')
    case 'approximate':
      return Number(text)
    case 'integer':
      return type.name === 'bigint' ? BigInt(text) : Number(text)
    default:
      return text
  }
}
