/** A message that breaks the protocol: what was read and where it went wrong. Nothing of it goes on the wire. */
export class ProtocolError extends Error {
  override readonly name: string = 'ProtocolError'
}

/** The bytes end before the value does: wrong at the end of a message, a matter of waiting before it. */
export class EndOfBytes extends ProtocolError {}

/** Well-formed, but of a kind that is not decoded here: the message can be answered, with a refusal. */
export class UnsupportedData extends Error {
  override readonly name = 'UnsupportedData'
}

/** Reads little-endian fields from a message; every read is checked against its end. */
export class ByteReader {
  readonly bytes: Buffer
  position: number
  readonly end: number

  constructor(bytes: Buffer, position = 0, end = bytes.length) {
    this.bytes = bytes
    this.position = position
    this.end = end
  }

  get left(): number {
    return this.end - this.position
  }

  #take(size: number): number {
    if (size < 0 || size > this.end - this.position) {
      throw new EndOfBytes(`${size} bytes announced at offset ${this.position}, ${this.left} there`)
    }
    const at = this.position
    this.position += size
    return at
  }

  u8(): number {
    return this.bytes.readUInt8(this.#take(1))
  }
  i8(): number {
    return this.bytes.readInt8(this.#take(1))
  }
  u16(): number {
    return this.bytes.readUInt16LE(this.#take(2))
  }
  i16(): number {
    return this.bytes.readInt16LE(this.#take(2))
  }
  u16be(): number {
    return this.bytes.readUInt16BE(this.#take(2))
  }
  u32(): number {
    return this.bytes.readUInt32LE(this.#take(4))
  }
  i32(): number {
    return this.bytes.readInt32LE(this.#take(4))
  }
  u64(): bigint {
    return this.bytes.readBigUInt64LE(this.#take(8))
  }
  i64(): bigint {
    return this.bytes.readBigInt64LE(this.#take(8))
  }
  f32(): number {
    return this.bytes.readFloatLE(this.#take(4))
  }
  f64(): number {
    return this.bytes.readDoubleLE(this.#take(8))
  }

  slice(size: number): Buffer {
    const at = this.#take(size)
    return this.bytes.subarray(at, at + size)
  }

  skip(size: number): void {
    this.#take(size)
  }

  /** UTF-16LE text of a number of characters. */
  text(characters: number): string {
    const at = this.#take(characters * 2)
    return this.bytes.toString('utf16le', at, at + characters * 2)
  }

  /** B_VARCHAR [MS-TDS 2.2.5.1.3]: one byte of length in characters. */
  bVarchar(): string {
    return this.text(this.u8())
  }
  /** US_VARCHAR: two bytes of length in characters. */
  usVarchar(): string {
    return this.text(this.u16())
  }
}
