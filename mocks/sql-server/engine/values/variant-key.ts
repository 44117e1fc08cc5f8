import { latin1 } from '../../tds/collation.ts'
import { type Cell, decimalType, familyOf, timeType } from '../../tds/data-type.ts'
import { openVariant } from '../../tds/types/variant-cell.ts'
import { convertCell } from './convert.ts'
import { keyNameOf, textKey } from './text-key.ts'

/** By which sql_variant values compare: first the family of their types, then the value. */
export function variantKey(cell: Exclude<Cell, null>): string {
  const { cell: value, type } = openVariant(cell)
  switch (familyOf(type)) {
    case 'temporal':
      return `6${String(convertCell(value, type, timeType('datetimeoffset'))).slice(0, -6)}`
    case 'approximate':
      return `5${floatKey(Number(value))}`
    case 'integer':
    case 'exact':
      return `4${String(convertCell(value, type, decimalType(38, 18)))}`
    case 'binary':
      return `2${Buffer.from(value instanceof Uint8Array ? value : []).toString('hex')}`
    case 'guid':
      return `1${String(value)}`
    default:
      return `3${textKey(keyNameOf(type.collation ?? latin1), String(value))}`
  }
}

/** The bits of a double so turned that they sort as the number does. */
function floatKey(value: number): string {
  const bits = Buffer.alloc(8)
  bits.writeDoubleBE(value)
  const raw = bits.readBigUInt64BE()
  const turned = value < 0 ? ~raw & 0xffff_ffff_ffff_ffffn : raw | 0x8000_0000_0000_0000n
  return turned.toString(16).padStart(16, '0')
}
