import { type Cell, type DataType, familyOf, isUnicode, maxLength } from '../../tds/data-type.ts'
import { guidBytes, guidText } from '../../tds/types/guid.ts'
import { errors } from '../errors.ts'
import { unsupported } from '../sql-error.ts'

export function toBinary(cell: Exclude<Cell, null>, from: DataType, to: DataType, style: number | undefined): Cell {
  let bytes: Buffer
  switch (familyOf(from)) {
    case 'binary':
    case 'clr':
      bytes = Buffer.from(cell as Uint8Array)
      break
    case 'text': {
      const text = String(cell)
      if (style === 1 || style === 2) {
        const hex = style === 1 ? text.replace(/^0x/i, '') : text
        if (!/^([0-9a-f]{2})*$/i.test(hex)) throw errors.numericConversion(from.name, to.name)
        bytes = Buffer.from(hex, 'hex')
      } else bytes = isUnicode(from) ? Buffer.from(text, 'utf16le') : Buffer.from(text, 'latin1')
      break
    }
    case 'integer': {
      const size = { tinyint: 1, smallint: 2, int: 4, bigint: 8, bit: 1 }[from.name as 'int'] ?? 4
      const full = Buffer.alloc(8)
      full.writeBigInt64BE(BigInt(cell as number))
      bytes = full.subarray(8 - size)
      // Numbers keep their low bytes and are filled from the left.
      if (to.length !== maxLength && to.name === 'binary') {
        const fitted = Buffer.alloc(to.length)
        bytes.copy(fitted, Math.max(0, to.length - size), Math.max(0, size - to.length))
        return fitted
      }
      if (to.length !== maxLength && size > to.length) bytes = bytes.subarray(size - to.length)
      break
    }
    case 'guid':
      bytes = guidBytes(String(cell))
      break
    default:
      throw unsupported(`conversion of ${from.name} to ${to.name}`)
  }
  const length = to.name === 'timestamp' ? 8 : to.length
  if (length !== maxLength && length > 0 && bytes.length > length) bytes = bytes.subarray(0, length)
  if (to.name === 'binary' && bytes.length < to.length)
    bytes = Buffer.concat([bytes, Buffer.alloc(to.length - bytes.length)])
  return bytes
}

export function toGuid(cell: Exclude<Cell, null>, from: DataType): Cell {
  if (familyOf(from) === 'guid') return cell
  if (familyOf(from) === 'binary') return guidText(Buffer.concat([Buffer.from(cell as Uint8Array), Buffer.alloc(16)]))
  const match = /^\s*\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/i.exec(String(cell))
  if (familyOf(from) !== 'text' || !match?.[1]) throw errors.guidConversion()
  return match[1].toUpperCase()
}
