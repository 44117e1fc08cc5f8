/** Values in rows, return values and parameters, [MS-TDS] 2.2.5.5, by way of their type. */
import { type ByteReader, EndOfBytes, ProtocolError } from '../byte-reader.ts'
import type { ByteWriter } from '../byte-writer.ts'
import { decodeText, encodeText } from '../code-page.ts'
import { latin1 } from '../collation.ts'
import { type Cell, type DataType, familyOf, isUnicode, maxLength } from '../data-type.ts'
import { readDecimal, readMoney, writeDecimal, writeMoney } from './decimal.ts'
import { guidBytes, guidText } from './guid.ts'
import { readPlp, writePlp, writePlpNull } from './plp.ts'
import {
  readTemporal,
  writeDate,
  writeDatetime,
  writeDatetime2,
  writeDatetimeOffset,
  writeSmallDatetime,
  writeTime,
} from './temporal.ts'
import { typeCodes } from './type-codes.ts'
import type { WireType } from './type-info.ts'
import { readVariant, writeVariant } from './variant.ts'

export type ValueWriter = (writer: ByteWriter, cell: Cell) => void

const empty = Buffer.alloc(0)
// Cells follow their column's type by construction; these name that knowledge once.
const text = (cell: Cell): string => (typeof cell === 'string' ? cell : String(cell))
const bytes = (cell: Cell): Uint8Array => (cell instanceof Uint8Array ? cell : empty)

const short =
  (write: (writer: ByteWriter, cell: Exclude<Cell, null>) => void): ValueWriter =>
  (writer, cell) => {
    if (cell === null) writer.u8(0)
    else write(writer, cell)
  }

const plain: Partial<Record<DataType['name'], ValueWriter>> = {
  bit: short((writer, cell) => writer.u8(1).u8(cell ? 1 : 0)),
  tinyint: short((writer, cell) => writer.u8(1).u8(Number(cell))),
  smallint: short((writer, cell) => writer.u8(2).i16(Number(cell))),
  int: short((writer, cell) => writer.u8(4).i32(Number(cell))),
  bigint: short((writer, cell) => writer.u8(8).i64(BigInt(cell as number))),
  real: short((writer, cell) => writer.u8(4).f32(Number(cell))),
  float: short((writer, cell) => writer.u8(8).f64(Number(cell))),
  money: short((writer, cell) => writeMoney(writer.u8(8), 8, text(cell))),
  smallmoney: short((writer, cell) => writeMoney(writer.u8(4), 4, text(cell))),
  date: short((writer, cell) => writeDate(writer, text(cell))),
  datetime: short((writer, cell) => writeDatetime(writer, text(cell))),
  smalldatetime: short((writer, cell) => writeSmallDatetime(writer, text(cell))),
  uniqueidentifier: short((writer, cell) => writer.u8(16).bytes(guidBytes(text(cell)))),
}

/** The writer of one column's values: chosen once a result, called once a row. */
export function valueWriter(type: DataType): ValueWriter {
  const known = plain[type.name]
  if (known) return known
  const { scale, precision } = type
  switch (type.name) {
    case 'decimal':
    case 'numeric':
      return short((writer, cell) => writeDecimal(writer, precision, text(cell)))
    case 'time':
      return short((writer, cell) => writeTime(writer, scale, text(cell)))
    case 'datetime2':
      return short((writer, cell) => writeDatetime2(writer, scale, text(cell)))
    case 'datetimeoffset':
      return short((writer, cell) => writeDatetimeOffset(writer, scale, text(cell)))
    case 'sql_variant':
      return (writer, cell) => writeVariant(writer, type.collation ?? latin1, cell)
    default:
      return sequenceWriter(type)
  }
}

/** Text and binary: their bytes, in the frame that their length calls for. */
function sequenceWriter(type: DataType): ValueWriter {
  const collation = type.collation ?? latin1
  const encode =
    familyOf(type) === 'binary' || familyOf(type) === 'clr'
      ? bytes
      : isUnicode(type)
        ? (cell: Cell) => Buffer.from(text(cell), 'utf16le')
        : (cell: Cell) => encodeText(text(cell), collation)
  if (type.name === 'text' || type.name === 'ntext' || type.name === 'image') {
    // A text pointer and a timestamp come first; nobody uses them, any will do.
    return (writer, cell) => {
      if (cell === null) {
        writer.u8(0)
        return
      }
      const value = encode(cell)
      writer.u8(16).zeros(24).u32(value.length).bytes(value)
    }
  }
  if (type.length === maxLength || familyOf(type) === 'clr')
    return (writer, cell) => (cell === null ? writePlpNull(writer) : writePlp(writer, encode(cell)))
  if (isUnicode(type)) {
    return (writer, cell) => {
      if (cell === null) writer.u16(0xffff)
      else writer.u16(text(cell).length * 2).text(text(cell))
    }
  }
  return (writer, cell) => {
    if (cell === null) {
      writer.u16(0xffff)
      return
    }
    const value = encode(cell)
    writer.u16(value.length).bytes(value)
  }
}

/** Reads a parameter's value: fixed, behind a length byte, behind two, or in parts. */
export function readValue(reader: ByteReader, wire: WireType): Cell {
  const { type, code } = wire
  if (wire.fixed !== undefined) return wire.fixed === 0 ? null : readSized(reader, type, wire.fixed)
  if (type.name === 'sql_variant') return readVariant(reader, type.collation ?? latin1)
  if (type.name === 'text' || type.name === 'ntext' || type.name === 'image') {
    const size = reader.i32()
    return size === -1 ? null : readSequence(type, reader.slice(size))
  }
  if (type.length === maxLength || familyOf(type) === 'clr') {
    const whole = readPlp(reader)
    return whole === null ? null : readSequence(type, whole)
  }
  if (code >= typeCodes.bigVarBinary) {
    const size = reader.u16()
    return size === 0xffff ? null : readSequence(type, reader.slice(size))
  }
  const size = reader.u8()
  if (size === 0) return null
  if (size > reader.left) throw new EndOfBytes(`a value of ${size} bytes, ${reader.left} there`)
  return readSized(reader, type, size)
}

/** A text, ntext or image in a row: behind its pointer and timestamp, as rows of both directions have them. */
export function readPointedValue(reader: ByteReader, { type }: WireType): Cell {
  const pointer = reader.u8()
  if (pointer === 0) return null
  reader.skip(pointer + 8)
  const size = reader.i32()
  return size === -1 ? null : readSequence(type, reader.slice(size))
}

function readSequence(type: DataType, value: Buffer): Cell {
  // The message's memory is let go: a cell owns its bytes.
  if (familyOf(type) === 'binary' || familyOf(type) === 'clr') return Buffer.from(value)
  if (!isUnicode(type)) return decodeText(value, type.collation ?? latin1)
  const decoded = value.toString('utf16le')
  return type.name === 'xml' && decoded.startsWith('\ufeff') ? decoded.slice(1) : decoded
}

function readSized(reader: ByteReader, type: DataType, size: number): Cell {
  switch (familyOf(type)) {
    case 'integer': {
      if (type.name === 'bit') return reader.u8() === 0 ? 0 : 1
      if (size === 1) return reader.u8()
      if (size === 2) return reader.i16()
      if (size === 4) return reader.i32()
      if (size === 8) return reader.i64()
      break
    }
    case 'approximate':
      if (size === 4) return reader.f32()
      if (size === 8) return reader.f64()
      break
    case 'exact':
      if (type.name === 'decimal' || type.name === 'numeric') return readDecimal(reader, size)
      if (size === 4 || size === 8) return readMoney(reader, size)
      break
    case 'temporal':
      if (type.name === 'datetime' && size === 4) return readTemporal(reader, 'smalldatetime', 0, 4)
      return readTemporal(reader, type.name, type.scale, size)
    case 'text':
    case 'binary':
      return readSequence(type, reader.slice(size))
    case 'guid':
      if (size === 16) return guidText(reader.slice(16))
      break
  }
  throw new ProtocolError(`a ${type.name} of ${size} bytes`)
}
