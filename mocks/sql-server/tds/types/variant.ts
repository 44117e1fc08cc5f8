/** sql_variant, [MS-TDS] 2.2.5.5.3: a length, the base type, its properties, the value. */
import { type ByteReader, ProtocolError } from '../byte-reader.ts'
import { ByteWriter } from '../byte-writer.ts'
import { decodeText } from '../code-page.ts'
import { type Collation, latin1, readCollation, writeCollation } from '../collation.ts'
import { binaryType, type Cell, type DataType, decimalType, familyOf, textType, timeType, types } from '../data-type.ts'
import { readDecimal, readMoney } from './decimal.ts'
import { guidText } from './guid.ts'
import { readTemporal } from './temporal.ts'
import { typeCodes } from './type-codes.ts'
import { valueWriter } from './value.ts'
import { openVariant, variantCell } from './variant-cell.ts'

const codes: Partial<Record<DataType['name'], number>> = {
  bit: typeCodes.bit,
  tinyint: typeCodes.int1,
  smallint: typeCodes.int2,
  int: typeCodes.int4,
  bigint: typeCodes.int8,
  real: typeCodes.flt4,
  float: typeCodes.flt8,
  money: typeCodes.money,
  smallmoney: typeCodes.money4,
  datetime: typeCodes.datetime,
  smalldatetime: typeCodes.datetim4,
  uniqueidentifier: typeCodes.guid,
  date: typeCodes.dateN,
  time: typeCodes.timeN,
  datetime2: typeCodes.datetime2N,
  datetimeoffset: typeCodes.datetimeOffsetN,
  decimal: typeCodes.decimalN,
  numeric: typeCodes.numericN,
  char: typeCodes.bigChar,
  varchar: typeCodes.bigVarChar,
  nchar: typeCodes.nchar,
  nvarchar: typeCodes.nvarchar,
  binary: typeCodes.bigBinary,
  varbinary: typeCodes.bigVarBinary,
}

const maxBytes = 8000

export function writeVariant(writer: ByteWriter, collation: Collation, cell: Cell): void {
  if (cell === null) {
    writer.u32(0)
    return
  }
  const { cell: value, type } = openVariant(cell)
  const family = familyOf(type)
  const sequence = family === 'text' || family === 'binary'
  const body = new ByteWriter(0, 64)
  const fitting =
    typeof value === 'string' && family === 'text'
      ? value.slice(0, type.name.startsWith('n') ? maxBytes / 2 : maxBytes)
      : value instanceof Uint8Array
        ? value.subarray(0, maxBytes)
        : value
  valueWriter(sequence ? { ...type, length: maxBytes } : type)(body, fitting)
  // The length in front of the value is not part of it here.
  const data = body.view(sequence ? 2 : 1)
  const properties = family === 'text' ? 7 : family === 'binary' ? 2 : (propertyBytes[type.name] ?? 0)
  writer
    .u32(2 + properties + data.length)
    .u8(codes[type.name] ?? typeCodes.nvarchar)
    .u8(properties)
  if (family === 'text') {
    writeCollation(writer, type.collation ?? collation)
    writer.u16(maxBytes)
  } else if (family === 'binary') writer.u16(maxBytes)
  else if (properties === 2) writer.u8(type.precision).u8(type.scale)
  else if (properties === 1) writer.u8(type.scale)
  writer.bytes(data)
}

const propertyBytes: Partial<Record<DataType['name'], number>> = {
  decimal: 2,
  numeric: 2,
  time: 1,
  datetime2: 1,
  datetimeoffset: 1,
}

export function readVariant(reader: ByteReader, collation: Collation): Cell {
  const length = reader.u32()
  if (length === 0) return null
  const end = reader.position + length
  if (length > reader.left || length < 2) throw new ProtocolError(`a variant of ${length} bytes`)
  const code = reader.u8()
  const properties = reader.u8()
  const start = reader.position
  if (start + properties > end) throw new ProtocolError(`a variant with ${properties} bytes of properties`)
  const text = code === typeCodes.bigVarChar || code === typeCodes.bigChar
  const own = text && properties >= 5 ? readCollation(reader, collation) : collation
  const first = properties > 0 && !text ? (reader.bytes[start] ?? 0) : 0
  const second = properties > 1 && !text ? (reader.bytes[start + 1] ?? 0) : 0
  reader.skip(start + properties - reader.position)
  const size = end - reader.position
  const { cell, type } = readBase(reader, code, size, { first, second, collation: own })
  if (reader.position !== end) throw new ProtocolError(`a variant of base type ${code} with ${size} bytes`)
  return cell === null ? null : variantCell(cell, type)
}

interface Properties {
  readonly first: number
  readonly second: number
  readonly collation: Collation
}

function readBase(reader: ByteReader, code: number, size: number, p: Properties): { cell: Cell; type: DataType } {
  const temporal = (type: DataType) => ({ cell: readTemporal(reader, type.name, type.scale, size), type })
  const scale = (): number => {
    if (p.first > 7) throw new ProtocolError(`a time with ${p.first} digits of a second`)
    return p.first
  }
  switch (code) {
    case typeCodes.bit:
      return { cell: reader.u8() === 0 ? 0 : 1, type: types.bit }
    case typeCodes.int1:
      return { cell: reader.u8(), type: types.tinyint }
    case typeCodes.int2:
      return { cell: reader.i16(), type: types.smallint }
    case typeCodes.int4:
      return { cell: reader.i32(), type: types.int }
    case typeCodes.int8:
      return { cell: reader.i64(), type: types.bigint }
    case typeCodes.flt4:
      return { cell: reader.f32(), type: types.real }
    case typeCodes.flt8:
      return { cell: reader.f64(), type: types.float }
    case typeCodes.money:
      return { cell: readMoney(reader, 8), type: types.money }
    case typeCodes.money4:
      return { cell: readMoney(reader, 4), type: types.smallmoney }
    case typeCodes.datetime:
      return temporal(types.datetime)
    case typeCodes.datetim4:
      return temporal(types.smalldatetime)
    case typeCodes.dateN:
      return temporal(types.date)
    case typeCodes.timeN:
      return temporal(timeType('time', scale()))
    case typeCodes.datetime2N:
      return temporal(timeType('datetime2', scale()))
    case typeCodes.datetimeOffsetN:
      return temporal(timeType('datetimeoffset', scale()))
    case typeCodes.decimalN:
    case typeCodes.numericN:
      if (p.first < 1 || p.first > 38 || p.second > p.first)
        throw new ProtocolError(`a decimal(${p.first},${p.second})`)
      return {
        cell: readDecimal(reader, size),
        type: decimalType(p.first, p.second, code === typeCodes.decimalN ? 'decimal' : 'numeric'),
      }
    case typeCodes.guid:
      return { cell: guidText(reader.slice(16)), type: types.uniqueidentifier }
    case typeCodes.nvarchar:
    case typeCodes.nchar: {
      const cell = reader.text(Math.floor(size / 2))
      return { cell, type: textType(code === typeCodes.nchar ? 'nchar' : 'nvarchar', Math.max(1, cell.length), latin1) }
    }
    case typeCodes.bigVarChar:
    case typeCodes.bigChar: {
      const cell = decodeText(reader.slice(size), p.collation)
      return { cell, type: textType(code === typeCodes.bigChar ? 'char' : 'varchar', Math.max(1, size), p.collation) }
    }
    case typeCodes.bigVarBinary:
    case typeCodes.bigBinary:
      return {
        cell: Buffer.from(reader.slice(size)),
        type: binaryType(code === typeCodes.bigBinary ? 'binary' : 'varbinary', Math.max(1, size)),
      }
    default:
      throw new ProtocolError(`a variant of base type ${code}`)
  }
}
