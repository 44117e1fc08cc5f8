/** Appends little-endian fields to a buffer that grows. `headroom` bytes at its start stay free for a packet header. */
export class ByteWriter {
  #bytes: Buffer
  #length: number

  constructor(headroom = 0, size = 1024) {
    this.#bytes = Buffer.allocUnsafe(Math.max(size, headroom + 64))
    this.#length = headroom
  }

  get length(): number {
    return this.#length
  }

  /** The bytes written so far, headroom included; valid until the next write. */
  view(from = 0, to = this.#length): Buffer {
    return this.#bytes.subarray(from, to)
  }

  #reserve(size: number): number {
    const at = this.#length
    const need = at + size
    if (need > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(need, this.#bytes.length * 2))
      this.#bytes.copy(grown, 0, 0, at)
      this.#bytes = grown
    }
    this.#length = need
    return at
  }

  u8(value: number): this {
    const at = this.#reserve(1)
    this.#bytes[at] = value
    return this
  }
  u16(value: number): this {
    const at = this.#reserve(2)
    this.#bytes.writeUInt16LE(value, at)
    return this
  }
  i16(value: number): this {
    const at = this.#reserve(2)
    this.#bytes.writeInt16LE(value, at)
    return this
  }
  u16be(value: number): this {
    const at = this.#reserve(2)
    this.#bytes.writeUInt16BE(value, at)
    return this
  }
  u32(value: number): this {
    const at = this.#reserve(4)
    this.#bytes.writeUInt32LE(value >>> 0, at)
    return this
  }
  i32(value: number): this {
    const at = this.#reserve(4)
    this.#bytes.writeInt32LE(value, at)
    return this
  }
  u32be(value: number): this {
    const at = this.#reserve(4)
    this.#bytes.writeUInt32BE(value >>> 0, at)
    return this
  }
  u64(value: number | bigint): this {
    const at = this.#reserve(8)
    this.#bytes.writeBigUInt64LE(BigInt(value), at)
    return this
  }
  i64(value: number | bigint): this {
    const at = this.#reserve(8)
    this.#bytes.writeBigInt64LE(BigInt(value), at)
    return this
  }
  f32(value: number): this {
    const at = this.#reserve(4)
    this.#bytes.writeFloatLE(value, at)
    return this
  }
  f64(value: number): this {
    const at = this.#reserve(8)
    this.#bytes.writeDoubleLE(value, at)
    return this
  }
  bytes(value: Uint8Array): this {
    const at = this.#reserve(value.length)
    this.#bytes.set(value, at)
    return this
  }
  zeros(count: number): this {
    const at = this.#reserve(count)
    this.#bytes.fill(0, at, at + count)
    return this
  }
  text(value: string): this {
    const at = this.#reserve(value.length * 2)
    this.#bytes.write(value, at, 'utf16le')
    return this
  }
  bVarchar(value: string): this {
    const cut = value.length > 255 ? value.slice(0, 255) : value
    return this.u8(cut.length).text(cut)
  }
  usVarchar(value: string): this {
    const cut = value.length > 65_535 ? value.slice(0, 65_535) : value
    return this.u16(cut.length).text(cut)
  }
  /** Overwrites two bytes written before, as a token's length is known only at its end. */
  patchU16(at: number, value: number): this {
    this.#bytes.writeUInt16LE(value, at)
    return this
  }
  patchU32(at: number, value: number): this {
    this.#bytes.writeUInt32LE(value, at)
    return this
  }
}
