/** SQL_VARIANT_PROPERTY. */
import { latin1 } from '../../tds/collation.ts'
import { type Cell, type DataType, familyOf, isUnicode, maxLength, textType, types } from '../../tds/data-type.ts'
import { openVariant, variantCell } from '../../tds/types/variant-cell.ts'
import { objectLength } from '../values/object-length.ts'
import { strict, type Udf } from './udf.ts'

const precisions: Readonly<Record<string, number>> = {
  bit: 1,
  tinyint: 3,
  smallint: 5,
  int: 10,
  bigint: 19,
  smallmoney: 10,
  money: 19,
  real: 24,
  float: 53,
  smalldatetime: 16,
  datetime: 23,
}
const scales: Readonly<Record<string, number>> = { smallmoney: 4, money: 4, datetime: 3 }
const sysname = textType('nvarchar', 128, latin1)

const ofText = (value: string | undefined): Cell => (value === undefined ? null : variantCell(value, sysname))
const ofNumber = (value: number): Cell => variantCell(value, types.int)

function dataBytes(cell: Exclude<Cell, null>, type: DataType): number {
  if (cell instanceof Uint8Array) return cell.length
  if (familyOf(type) === 'text') return String(cell).length * (isUnicode(type) ? 2 : 1)
  return objectLength(type)
}

/** What stands before the data: the type and, of some types, their lengths and collation. */
function headBytes(type: DataType): number {
  switch (familyOf(type)) {
    case 'text':
      return 8
    case 'binary':
      return 4
    case 'exact':
      return type.name === 'decimal' || type.name === 'numeric' ? 4 : 2
    default:
      return type.name === 'time' || type.name === 'datetime2' || type.name === 'datetimeoffset' ? 3 : 2
  }
}

function property(value: Exclude<Cell, null>, name: string): Cell {
  const { cell, type } = openVariant(value)
  switch (name.trim().toLowerCase()) {
    case 'basetype':
      return ofText(type.name)
    case 'precision':
      return ofNumber(precisions[type.name] ?? type.precision)
    case 'scale':
      return ofNumber(scales[type.name] ?? type.scale)
    case 'totalbytes':
      return ofNumber(dataBytes(cell, type) + headBytes(type))
    case 'collation':
      return familyOf(type) === 'text' ? ofText(type.collation?.name) : null
    case 'maxlength':
      return ofNumber(type.length === maxLength ? 8000 : objectLength(type))
    default:
      return null
  }
}

export const variantProperty: Udf = strict('variant_property', (value, name) => property(value, String(name)), true)
