/** COLMETADATA, [MS-TDS] 2.2.7.4, and ROW, 2.2.7.20. */
import type { ByteWriter } from '../byte-writer.ts'
import { latin1, withoutUtf8 } from '../collation.ts'
import { binaryType, type Cell, type DataType, decimalType, familyOf, maxLength, textType } from '../data-type.ts'
import { decimalKey, decimalText, unscaledOf } from '../types/decimal.ts'
import { localText } from '../types/temporal.ts'
import { writeTypeInfo } from '../types/type-info.ts'
import { type ValueWriter, valueWriter } from '../types/value.ts'
import { openVariant } from '../types/variant-cell.ts'
import { type TokenForm, tokenCodes } from './token-codes.ts'

export interface Column {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  readonly identity?: boolean
  readonly computed?: boolean
  /** The table behind a text, ntext or image column, in parts. */
  readonly table?: readonly string[]
}

const flags = { nullable: 0x01, updatableUnknown: 0x08, identity: 0x10, computed: 0x20 } as const

/** What a type becomes for a client that is too old for it: max types as text, date and time types as ISO text. */
export function wireType(given: DataType, form: TokenForm): DataType {
  const readable = given.collation?.utf8 !== true || form.utf8 === true
  const type = readable || !given.collation ? given : { ...given, collation: withoutUtf8(given.collation) }
  // Large CLR types came with 7.3, all others with 7.2.
  if (!form.tds73 && familyOf(type) === 'clr' && (type.length === maxLength || !form.tds72))
    return wireType(binaryType('varbinary', type.length), form)
  if (!form.tds72) {
    if (type.name === 'varchar' && type.length === maxLength) return { ...type, name: 'text' }
    if ((type.name === 'nvarchar' && type.length === maxLength) || type.name === 'xml')
      return { ...type, name: 'ntext' }
    if (type.name === 'varbinary' && type.length === maxLength) return { ...type, name: 'image' }
  }
  if (!form.tds73) {
    const lengths: Partial<Record<DataType['name'], number>> = { date: 10, time: 16, datetime2: 27, datetimeoffset: 34 }
    const length = lengths[type.name]
    if (length) return textType('nvarchar', length, type.collation ?? latin1)
  }
  if (!form.tds71) {
    if (type.name === 'bigint') return decimalType(19, 0, 'numeric')
    if (type.name === 'sql_variant') return textType('nvarchar', 4000, type.collation ?? latin1)
  }
  return type
}

export function writeColMetadata(writer: ByteWriter, columns: readonly Column[], form: TokenForm): void {
  writer.u8(tokenCodes.colMetadata).u16(columns.length)
  for (const column of columns) {
    const type = wireType(column.type, form)
    const userType = column.type.name === 'timestamp' ? 0x50 : 0
    if (form.tds72) writer.u32(userType)
    else writer.u16(userType)
    writer.u16(
      (column.nullable ? flags.nullable : 0) |
        flags.updatableUnknown |
        (column.identity ? flags.identity : 0) |
        (column.computed ? flags.computed : 0),
    )
    writeTypeInfo(writer, type, form.tds71, form.database?.())
    if (type.name === 'text' || type.name === 'ntext' || type.name === 'image') {
      const parts = column.table ?? []
      if (form.tds72) {
        writer.u8(parts.length)
        for (const part of parts) writer.usVarchar(part)
      } else writer.usVarchar(parts.join('.'))
    }
    writer.bVarchar(column.name)
  }
}

const newer = new Set<DataType['name']>(['date', 'time', 'datetime2', 'datetimeoffset'])

/** A variant for an old client: base types that are too new as text; before TDS 7.1 everything. */
function olderVariant(given: Exclude<Cell, null>, form: TokenForm): Cell {
  const { cell, type } = openVariant(given)
  if (form.tds71 && !newer.has(type.name)) return given
  if (type.name === 'datetimeoffset') return localText(String(cell))
  if (familyOf(type) === 'exact') return decimalText(unscaledOf(String(cell)), type.scale)
  return cell instanceof Uint8Array ? Buffer.from(cell).toString('utf16le') : String(cell)
}

/** One writer a column. */
export const rowWriters = (columns: readonly Column[], form: TokenForm): readonly ValueWriter[] =>
  columns.map((column) => cellWriter(column.type, form))

/** The writer of a type's cells, turned into what a client that is too old for the type gets in its place. */
export function cellWriter(type: DataType, form: TokenForm): ValueWriter {
  const to = wireType(type, form)
  const write = valueWriter(to)
  if (type.name === 'sql_variant' && !form.tds73)
    return (target, cell) => write(target, cell === null ? null : olderVariant(cell, form))
  if (to.name === type.name) return write
  const turned = (turn: (cell: Exclude<Cell, null>) => Cell): ValueWriter => {
    return (target, cell) => write(target, cell === null ? null : turn(cell))
  }
  switch (type.name) {
    case 'bigint':
      return turned((cell) => decimalKey(BigInt(cell as number)))
    case 'datetimeoffset':
      return turned((cell) => localText(String(cell)))
    default:
      return write
  }
}

/** In the place of columns that the client has asked to leave out. */
export const writeNoMetadata = (writer: ByteWriter): unknown => writer.u8(tokenCodes.colMetadata).u16(0xffff)

export function writeRow(writer: ByteWriter, writers: readonly ValueWriter[], row: readonly Cell[]): void {
  writer.u8(tokenCodes.row)
  for (let i = 0; i < writers.length; i += 1) writers[i]?.(writer, row[i] ?? null)
}

/** ORDER, 2.2.7.17: the columns of ORDER BY, counted from 1. */
export function writeOrder(writer: ByteWriter, columns: readonly number[]): void {
  writer.u8(tokenCodes.order).u16(columns.length * 2)
  for (const column of columns) writer.u16(column)
}

/** Where the columns of a cursor come from. */
export interface BrowseInfo {
  readonly tables: readonly (readonly string[])[]
  readonly columns: readonly {
    /** Counted from 1; 0 for an expression. */
    readonly table: number
    readonly key: boolean
    readonly expression: boolean
    readonly hidden: boolean
  }[]
}

const columnStates = { expression: 0x04, key: 0x08, hidden: 0x10 } as const

/** TABNAME, 2.2.7.23, and COLINFO, 2.2.7.3. */
export function writeBrowseInfo(writer: ByteWriter, browse: BrowseInfo, form: TokenForm): void {
  if (browse.tables.length > 0) {
    writer.u8(tokenCodes.tabName)
    const lengthAt = writer.length
    writer.u16(0)
    for (const parts of browse.tables) {
      if (form.tds71) {
        writer.u8(parts.length)
        for (const part of parts) writer.usVarchar(part)
      } else writer.usVarchar(parts.join('.'))
    }
    writer.patchU16(lengthAt, writer.length - lengthAt - 2)
  }
  writer.u8(tokenCodes.colInfo).u16(browse.columns.length * 3)
  browse.columns.forEach(({ table, key, expression, hidden }, i) => {
    writer
      .u8((i + 1) & 0xff)
      .u8(table)
      .u8(
        (expression ? columnStates.expression : 0) | (key ? columnStates.key : 0) | (hidden ? columnStates.hidden : 0),
      )
  })
}
