/** TYPE_INFO, [MS-TDS] 2.2.5.6: how columns and parameters say their type. */
import { type ByteReader, ProtocolError } from '../byte-reader.ts'
import type { ByteWriter } from '../byte-writer.ts'
import { type Collation, latin1, readCollation, writeCollation } from '../collation.ts'
import {
  binaryType,
  type DataType,
  decimalType,
  maxLength,
  type TypeName,
  textType,
  timeType,
  types,
} from '../data-type.ts'
import { readClrType, writeClrType } from './clr-type.ts'
import { decimalBytes } from './decimal.ts'
import { typeCodes } from './type-codes.ts'

/** A type on its way in: what it is, and whether its value comes with a length or as a fixed number of bytes. */
export interface WireType {
  readonly type: DataType
  readonly code: number
  /** Bytes of a fixed-length type; undefined when a length comes before the value. */
  readonly fixed?: number
}

const nullable = (code: number, bytes: number) => (writer: ByteWriter) => writer.u8(code).u8(bytes)

const plain: Partial<Record<TypeName, (writer: ByteWriter) => unknown>> = {
  bit: nullable(typeCodes.bitN, 1),
  tinyint: nullable(typeCodes.intN, 1),
  smallint: nullable(typeCodes.intN, 2),
  int: nullable(typeCodes.intN, 4),
  bigint: nullable(typeCodes.intN, 8),
  real: nullable(typeCodes.fltN, 4),
  float: nullable(typeCodes.fltN, 8),
  money: nullable(typeCodes.moneyN, 8),
  smallmoney: nullable(typeCodes.moneyN, 4),
  datetime: nullable(typeCodes.datetimN, 8),
  smalldatetime: nullable(typeCodes.datetimN, 4),
  uniqueidentifier: nullable(typeCodes.guid, 16),
  date: (writer) => writer.u8(typeCodes.dateN),
  xml: (writer) => writer.u8(typeCodes.xml).u8(0),
  sql_variant: (writer) => writer.u8(typeCodes.variant).u32(8009),
  timestamp: (writer) => writer.u8(typeCodes.bigBinary).u16(8),
}

/** Writes the form that allows NULL, which every client takes for NOT NULL columns too. */
export function writeTypeInfo(writer: ByteWriter, type: DataType, hasCollation = true, database = ''): void {
  const known = plain[type.name]
  if (known) {
    known(writer)
    return
  }
  const collation = type.collation ?? latin1
  // A type of length 0 (an empty literal) goes out as length 1: no type has none.
  const size = (factor: number): number => (type.length === maxLength ? 0xffff : Math.max(1, type.length) * factor)
  switch (type.name) {
    case 'decimal':
    case 'numeric': {
      const code = type.name === 'decimal' ? typeCodes.decimalN : typeCodes.numericN
      writer.u8(code).u8(decimalBytes(type.precision)).u8(type.precision).u8(type.scale)
      return
    }
    case 'time':
      writer.u8(typeCodes.timeN).u8(type.scale)
      return
    case 'datetime2':
      writer.u8(typeCodes.datetime2N).u8(type.scale)
      return
    case 'datetimeoffset':
      writer.u8(typeCodes.datetimeOffsetN).u8(type.scale)
      return
    case 'binary':
      writer.u8(typeCodes.bigBinary).u16(size(1))
      return
    case 'varbinary':
      writer.u8(typeCodes.bigVarBinary).u16(size(1))
      return
    case 'hierarchyid':
    case 'geometry':
    case 'geography':
      writeClrType(writer, type, database)
      return
    case 'image':
      writer.u8(typeCodes.image).u32(type.length > 0 ? type.length : 0x7fff_ffff)
      return
    case 'text':
    case 'ntext':
      writer
        .u8(type.name === 'text' ? typeCodes.text : typeCodes.ntext)
        .u32(type.length > 0 ? type.length : type.name === 'text' ? 0x7fff_ffff : 0x7fff_fffe)
      if (hasCollation) writeCollation(writer, collation)
      return
    default: {
      const code = { char: typeCodes.bigChar, varchar: typeCodes.bigVarChar, nchar: typeCodes.nchar }[
        type.name as 'char'
      ]
      writer.u8(code ?? typeCodes.nvarchar).u16(size(type.name.startsWith('n') ? 2 : 1))
      if (hasCollation) writeCollation(writer, collation)
    }
  }
}

const fixedTypes: ReadonlyMap<number, readonly [DataType, bytes: number]> = new Map<
  number,
  readonly [DataType, number]
>([
  [typeCodes.null, [types.int, 0]],
  [typeCodes.int1, [types.tinyint, 1]],
  [typeCodes.bit, [types.bit, 1]],
  [typeCodes.int2, [types.smallint, 2]],
  [typeCodes.int4, [types.int, 4]],
  [typeCodes.int8, [types.bigint, 8]],
  [typeCodes.flt4, [types.real, 4]],
  [typeCodes.flt8, [types.float, 8]],
  [typeCodes.money, [types.money, 8]],
  [typeCodes.money4, [types.smallmoney, 4]],
  [typeCodes.datetime, [types.datetime, 8]],
  [typeCodes.datetim4, [types.smalldatetime, 4]],
])

const sized: ReadonlyMap<number, Readonly<Record<number, DataType>>> = new Map<
  number,
  Readonly<Record<number, DataType>>
>([
  [typeCodes.intN, { 1: types.tinyint, 2: types.smallint, 4: types.int, 8: types.bigint }],
  [typeCodes.bitN, { 1: types.bit }],
  [typeCodes.fltN, { 4: types.real, 8: types.float }],
  [typeCodes.moneyN, { 4: types.smallmoney, 8: types.money }],
  [typeCodes.datetimN, { 4: types.smalldatetime, 8: types.datetime }],
  [typeCodes.guid, { 16: types.uniqueidentifier }],
])

/** Reads the type of a parameter or bulk column. `collation` stands in for an empty one. */
export function readTypeInfo(reader: ByteReader, collation: Collation, hasCollation = true): WireType {
  const code = reader.u8()
  const fixed = fixedTypes.get(code)
  if (fixed) return { type: fixed[0], code, fixed: fixed[1] }
  const bySize = sized.get(code)
  if (bySize) {
    const bytes = reader.u8()
    const type = bySize[bytes]
    if (!type) throw new ProtocolError(`type ${code} of ${bytes} bytes`)
    return { type, code }
  }
  return { type: readSizedType(reader, code, collation, hasCollation), code }
}

function readSizedType(reader: ByteReader, code: number, fallback: Collation, hasCollation: boolean): DataType {
  const collation = () => (hasCollation ? readCollation(reader, fallback) : fallback)
  const text = (name: 'char' | 'varchar' | 'nchar' | 'nvarchar', unit: number) => {
    const bytes = reader.u16()
    return textType(name, bytes === 0xffff ? maxLength : Math.max(1, Math.floor(bytes / unit)), collation())
  }
  const scale = (): number => {
    const value = reader.u8()
    if (value > 7) throw new ProtocolError(`a time with ${value} digits of a second`)
    return value
  }
  switch (code) {
    case typeCodes.oldVarChar:
    case typeCodes.oldChar:
      return textType(code === typeCodes.oldChar ? 'char' : 'varchar', Math.max(1, reader.u8()), fallback)
    case typeCodes.oldVarBinary:
    case typeCodes.oldBinary:
      return binaryType(code === typeCodes.oldBinary ? 'binary' : 'varbinary', Math.max(1, reader.u8()))
    case typeCodes.oldDecimal:
    case typeCodes.oldNumeric:
    case typeCodes.decimalN:
    case typeCodes.numericN: {
      reader.u8()
      const precision = reader.u8()
      const digits = reader.u8()
      if (precision < 1 || precision > 38 || digits > precision)
        throw new ProtocolError(`a decimal(${precision},${digits})`)
      return decimalType(
        precision,
        digits,
        code === typeCodes.decimalN || code === typeCodes.oldDecimal ? 'decimal' : 'numeric',
      )
    }
    case typeCodes.dateN:
      return types.date
    case typeCodes.timeN:
      return timeType('time', scale())
    case typeCodes.datetime2N:
      return timeType('datetime2', scale())
    case typeCodes.datetimeOffsetN:
      return timeType('datetimeoffset', scale())
    case typeCodes.bigVarChar:
      return text('varchar', 1)
    case typeCodes.bigChar:
      return text('char', 1)
    case typeCodes.nvarchar:
      return text('nvarchar', 2)
    case typeCodes.nchar:
      return text('nchar', 2)
    case typeCodes.bigVarBinary:
    case typeCodes.bigBinary: {
      const bytes = reader.u16()
      return binaryType(
        code === typeCodes.bigBinary ? 'binary' : 'varbinary',
        bytes === 0xffff ? maxLength : Math.max(1, bytes),
      )
    }
    case typeCodes.text:
      reader.u32()
      return { name: 'text', length: 0, precision: 0, scale: 0, collation: collation() }
    case typeCodes.ntext:
      reader.u32()
      return { name: 'ntext', length: 0, precision: 0, scale: 0, collation: collation() }
    case typeCodes.image:
      reader.u32()
      return { name: 'image', length: 0, precision: 0, scale: 0 }
    case typeCodes.variant:
      reader.u32()
      return { ...types.variant, collation: fallback }
    case typeCodes.xml:
      if (reader.u8() !== 0) {
        reader.bVarchar()
        reader.bVarchar()
        reader.usVarchar()
      }
      return { name: 'xml', length: maxLength, precision: 0, scale: 0, collation: fallback }
    case typeCodes.tvp:
      throw new ProtocolError('a table where a value is due')
    case typeCodes.udt:
      return readClrType(reader)
    default:
      throw new ProtocolError(`a value of type ${code}`)
  }
}
