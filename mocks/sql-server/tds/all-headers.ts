/** ALL_HEADERS, [MS-TDS] 2.2.5.3: before SQLBatch, RPC and transaction requests from TDS 7.2 on. */
import { type ByteReader, ProtocolError } from './byte-reader.ts'

const transactionDescriptor = 2

/** Moves behind the headers; gives the transaction descriptor, 0 when none was sent. */
export function readAllHeaders(reader: ByteReader): bigint {
  const start = reader.position
  const total = reader.u32()
  if (total < 4 || total - 4 > reader.left) throw new ProtocolError(`ALL_HEADERS announces ${total} bytes`)
  const end = start + total
  let descriptor = 0n
  while (reader.position < end) {
    const at = reader.position
    const length = reader.u32()
    if (length < 6 || at + length > end) throw new ProtocolError(`a header of ${length} bytes in ALL_HEADERS`)
    if (reader.u16() === transactionDescriptor && length >= 18) descriptor = reader.u64()
    reader.position = at + length
  }
  return descriptor
}
