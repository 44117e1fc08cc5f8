/** Table-valued parameters, [MS-TDS] 2.2.5.5.5: a type's name, columns, then rows. */
import type { BulkColumn } from './bulk-rows.ts'
import { ByteReader, ProtocolError } from './byte-reader.ts'
import type { Collation } from './collation.ts'
import type { Cell } from './data-type.ts'
import { skipValue } from './types/skip-value.ts'
import { typeCodes } from './types/type-codes.ts'
import { readTypeInfo } from './types/type-info.ts'
import { readValue } from './types/value.ts'

export interface TableValue {
  /** Database, schema and name, each empty where the client leaves it out. */
  readonly typeName: readonly string[]
  /** Undefined for a NULL, which stands for an empty table. */
  readonly columns: readonly BulkColumn[] | undefined
  /** Columns whose every value is the default: they are not in the rows. */
  readonly defaulted: readonly boolean[]
  readonly count: number
  /** The rows, made one by one: a table of many takes no more memory than its message. */
  rows(): Generator<Cell[]>
}

const nullTable = 0xffff
const maxColumns = 1024
const tokens = { end: 0x00, row: 0x01, orderUnique: 0x10, columnOrdering: 0x11 } as const
const defaultFlag = 0x0200

/** True when the type that comes next is a table; nothing is read. */
export const isTableNext = (reader: ByteReader): boolean => reader.bytes[reader.position] === typeCodes.tvp

export function readTableValue(reader: ByteReader, collation: Collation): TableValue {
  reader.skip(1)
  const typeName = [reader.bVarchar(), reader.bVarchar(), reader.bVarchar()]
  const count = reader.u16()
  const columns: BulkColumn[] = []
  const defaulted: boolean[] = []
  if (count !== nullTable) {
    if (count > maxColumns) throw new ProtocolError(`a table of ${count} columns`)
    for (let i = 0; i < count; i += 1) {
      reader.u32()
      const flags = reader.u16()
      if (isTableNext(reader)) throw new ProtocolError('a table in a table')
      const wire = readTypeInfo(reader, collation)
      columns.push({ wire, name: reader.bVarchar(), nullable: undefined })
      defaulted.push((flags & defaultFlag) !== 0)
    }
  }
  skipHints(reader)
  const sent = columns.filter((_, i) => !defaulted[i])
  const from = reader.position
  const rowCount = countRows(reader, sent)
  const bytes = reader.bytes.subarray(from, reader.position)
  return {
    typeName,
    columns: count === nullTable ? undefined : columns,
    defaulted,
    count: rowCount,
    *rows() {
      const own = new ByteReader(bytes)
      while (own.u8() === tokens.row) yield columns.map(({ wire }, i) => (defaulted[i] ? null : readValue(own, wire)))
    },
  }
}

/** Order and uniqueness are hints for a plan; what is needed is their end. */
function skipHints(reader: ByteReader): void {
  for (let token = reader.u8(); token !== tokens.end; token = reader.u8()) {
    if (token === tokens.orderUnique) reader.skip(reader.u16() * 3)
    else if (token === tokens.columnOrdering) reader.skip(reader.u16() * 2)
    else throw new ProtocolError(`token ${token} in a table's columns`)
  }
}

function countRows(reader: ByteReader, columns: readonly BulkColumn[]): number {
  let count = 0
  for (let token = reader.u8(); token !== tokens.end; token = reader.u8()) {
    if (token !== tokens.row) throw new ProtocolError(`token ${token} in a table's rows`)
    for (const { wire } of columns) skipValue(reader, wire)
    count += 1
  }
  return count
}
