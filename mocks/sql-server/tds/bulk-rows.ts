/** The bulk load message, [MS-TDS] 2.2.6.1: COLMETADATA, ROWs and DONE, taken from bytes as they come. */
import { ByteReader, EndOfBytes, ProtocolError } from './byte-reader.ts'
import type { Collation } from './collation.ts'
import type { Cell } from './data-type.ts'
import { type TokenForm, tokenCodes } from './tokens/token-codes.ts'
import { readTypeInfo, type WireType } from './types/type-info.ts'
import { readPointedValue, readValue } from './types/value.ts'

export interface BulkColumn {
  readonly name: string
  readonly wire: WireType
  /** Undefined when the client does not say. */
  readonly nullable: boolean | undefined
}

/** A row may be as long as any other message. */
const maxRowBytes = 128 * 1024 * 1024
const maxColumns = 1024
const flags = { nullable: 0x01, nullableUnknown: 0x8000 } as const

const isPointed = (wire: WireType): boolean =>
  wire.type.name === 'text' || wire.type.name === 'ntext' || wire.type.name === 'image'

/** Holds at most one unfinished token. */
export class BulkReader {
  readonly #form: TokenForm
  readonly #collation: Collation
  #reader = new ByteReader(Buffer.alloc(0))
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #wantedBytes = 0
  #columns: readonly BulkColumn[] | undefined
  #pointed: readonly boolean[] = []
  #finished = false

  constructor(form: TokenForm, collation: Collation) {
    this.#form = form
    this.#collation = collation
  }

  /** The columns, once their token has come. */
  get columns(): readonly BulkColumn[] | undefined {
    return this.#columns
  }

  /** True between two tokens. FreeTDS ends a load without DONE, and is taken as it is. */
  get whole(): boolean {
    return this.#finished || this.#reader.left + this.#waitingBytes === 0
  }

  push(chunk: Buffer): void {
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    // A long value is looked at again only when much more of it is there.
    if (this.#reader.left + this.#waitingBytes >= this.#wantedBytes) this.#join()
  }

  /** What is left must be read now: nothing more comes. */
  end(): void {
    this.#join()
  }

  #join(): void {
    const { bytes, position } = this.#reader
    const [only] = this.#waiting
    const rest = bytes.subarray(position)
    this.#reader = new ByteReader(
      rest.length === 0 && this.#waiting.length === 1 && only ? only : Buffer.concat([rest, ...this.#waiting]),
    )
    this.#waiting = []
    this.#waitingBytes = 0
  }

  /** The next row; undefined when the bytes so far do not hold one. */
  next(): Cell[] | undefined {
    const reader = this.#reader
    for (;;) {
      if (this.#finished || reader.left === 0) return undefined
      const start = reader.position
      try {
        switch (reader.u8()) {
          case tokenCodes.row:
            return this.#row(reader)
          case tokenCodes.nbcRow:
            return this.#nbcRow(reader)
          case tokenCodes.colMetadata:
            this.#setColumns(this.#readColumns(reader))
            break
          case tokenCodes.done:
            reader.skip(this.#form.tds72 ? 12 : 8)
            this.#finished = true
            break
          default:
            throw new ProtocolError(`token ${reader.bytes[start]} in a bulk load`)
        }
      } catch (error) {
        if (!(error instanceof EndOfBytes)) throw error
        reader.position = start
        if (reader.left > maxRowBytes) throw new ProtocolError(`a row of more than ${maxRowBytes} bytes`)
        this.#wantedBytes = reader.left > 64 * 1024 ? reader.left * 2 : 0
        return undefined
      }
    }
  }

  #row(reader: ByteReader): Cell[] {
    const columns = this.#known()
    const row: Cell[] = new Array(columns.length)
    for (let i = 0; i < columns.length; i += 1) row[i] = this.#value(reader, columns, i)
    return row
  }

  #nbcRow(reader: ByteReader): Cell[] {
    const columns = this.#known()
    const nulls = reader.slice(Math.ceil(columns.length / 8))
    return columns.map((_, i) => (((nulls[i >> 3] ?? 0) >> (i & 7)) & 1 ? null : this.#value(reader, columns, i)))
  }

  #value(reader: ByteReader, columns: readonly BulkColumn[], i: number): Cell {
    const wire = columns[i]?.wire
    if (!wire) return null
    return this.#pointed[i] ? readPointedValue(reader, wire) : readValue(reader, wire)
  }

  #known(): readonly BulkColumn[] {
    if (!this.#columns) throw new ProtocolError('a row before its columns')
    return this.#columns
  }

  #setColumns(columns: readonly BulkColumn[]): void {
    if (this.#columns) throw new ProtocolError('columns twice in a bulk load')
    this.#columns = columns
    this.#pointed = columns.map((column) => isPointed(column.wire))
  }

  #readColumns(reader: ByteReader): BulkColumn[] {
    const count = reader.u16()
    if (count === 0 || count > maxColumns) throw new ProtocolError(`a bulk load of ${count} columns`)
    return Array.from({ length: count }, () => {
      if (this.#form.tds72) reader.u32()
      else reader.u16()
      const bits = reader.u16()
      const wire = readTypeInfo(reader, this.#collation, this.#form.tds71)
      if (isPointed(wire)) reader.usVarchar()
      const nullable = bits & flags.nullableUnknown ? undefined : (bits & flags.nullable) !== 0
      return { name: reader.bVarchar(), wire, nullable }
    })
  }
}
