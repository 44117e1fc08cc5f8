/** Partially length-prefixed data, [MS-TDS] 2.2.5.2.3: how the max types travel. */
import { type ByteReader, EndOfBytes, ProtocolError } from '../byte-reader.ts'
import type { ByteWriter } from '../byte-writer.ts'

const plpNull = 0xffff_ffff_ffff_ffffn
const plpUnknown = 0xffff_ffff_ffff_fffen

export function writePlpNull(writer: ByteWriter): void {
  writer.u64(plpNull)
}

export function writePlp(writer: ByteWriter, bytes: Uint8Array): void {
  writer.u64(bytes.length)
  if (bytes.length > 0) writer.u32(bytes.length).bytes(bytes)
  writer.u32(0)
}

/** The whole value; chunks are taken only as far as the message really holds them. */
export function readPlp(reader: ByteReader): Buffer | null {
  const total = reader.u64()
  if (total === plpNull) return null
  if (total !== plpUnknown && total > BigInt(reader.left)) throw new EndOfBytes(`a value of ${total} bytes announced`)
  const chunks: Buffer[] = []
  for (let size = reader.u32(); size !== 0; size = reader.u32()) chunks.push(reader.slice(size))
  const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
  if (total !== plpUnknown && BigInt(bytes.length) !== total)
    throw new ProtocolError('a value of another length than announced')
  return bytes
}
