/** sql_variant, [MS-TDS] 2.2.5.5.3: a length, the base type, its properties, the value. */
import { type ByteReader, ProtocolError } from '../byte-reader.ts'
import type { ByteWriter } from '../byte-writer.ts'
import { decodeText } from '../code-page.ts'
import { type Collation, readCollation, writeCollation } from '../collation.ts'
import type { Cell } from '../data-type.ts'
import { guidText } from './guid.ts'
import { typeCodes } from './type-codes.ts'

/** The base type follows the cell: int or bigint, float, nvarchar, varbinary. */
export function writeVariant(writer: ByteWriter, collation: Collation, cell: Cell): void {
  if (cell === null) {
    writer.u32(0)
  } else if (typeof cell === 'bigint' || (typeof cell === 'number' && Number.isInteger(cell))) {
    const small = cell >= -2_147_483_648 && cell <= 2_147_483_647
    writer
      .u32(small ? 6 : 10)
      .u8(small ? typeCodes.int4 : typeCodes.int8)
      .u8(0)
    if (small) writer.i32(Number(cell))
    else writer.i64(cell)
  } else if (typeof cell === 'number') {
    writer.u32(10).u8(typeCodes.flt8).u8(0).f64(cell)
  } else if (typeof cell === 'string') {
    const bytes = Math.min(cell.length, 4000) * 2
    writer
      .u32(2 + 7 + bytes)
      .u8(typeCodes.nvarchar)
      .u8(7)
    writeCollation(writer, collation)
    writer.u16(8000).text(cell.slice(0, 4000))
  } else {
    writer
      .u32(4 + cell.length)
      .u8(typeCodes.bigVarBinary)
      .u8(2)
      .u16(8000)
      .bytes(cell)
  }
}

export function readVariant(reader: ByteReader, collation: Collation): Cell {
  const length = reader.u32()
  if (length === 0) return null
  const end = reader.position + length
  if (length > reader.left) throw new ProtocolError(`a variant of ${length} bytes`)
  const code = reader.u8()
  const properties = reader.u8()
  const own = code === typeCodes.bigVarChar || code === typeCodes.bigChar ? readCollation(reader, collation) : undefined
  reader.skip(own ? properties - 5 : properties)
  const size = end - reader.position
  switch (code) {
    case typeCodes.bit:
    case typeCodes.int1:
      return reader.u8()
    case typeCodes.int2:
      return reader.i16()
    case typeCodes.int4:
      return reader.i32()
    case typeCodes.int8:
      return reader.i64()
    case typeCodes.flt4:
      return reader.f32()
    case typeCodes.flt8:
      return reader.f64()
    case typeCodes.guid:
      return guidText(reader.slice(16))
    case typeCodes.nvarchar:
    case typeCodes.nchar:
      return reader.text(Math.floor(size / 2))
    case typeCodes.bigVarChar:
    case typeCodes.bigChar:
      return decodeText(reader.slice(size), own ?? collation)
    case typeCodes.bigVarBinary:
    case typeCodes.bigBinary:
      return reader.slice(size)
    default:
      throw new ProtocolError(`a variant of base type ${code}`)
  }
}
