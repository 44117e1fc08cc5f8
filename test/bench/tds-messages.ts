import type { Duplex } from 'node:stream'

const HEADER_BYTES = 8
const END_OF_MESSAGE = 0x01

/** A TDS message, whole: its type, and what its packets carried (MS-TDS section 2.2.3). */
export interface Message {
  readonly type: number
  readonly body: Buffer
}

/** Reads messages until it is told to stop. */
export function readMessages(line: Duplex, told: (message: Message, stop: () => void) => void): void {
  let pending: Buffer = Buffer.alloc(0)
  let parts: Buffer[] = []
  const read = (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    while (pending.length >= HEADER_BYTES && pending.length >= pending.readUInt16BE(2)) {
      const length = Math.max(HEADER_BYTES, pending.readUInt16BE(2))
      const [type = 0, status = 0] = pending
      parts.push(pending.subarray(HEADER_BYTES, length))
      pending = pending.subarray(length)
      if ((status & END_OF_MESSAGE) === 0) continue
      const [only] = parts
      const body = parts.length === 1 && only ? only : Buffer.concat(parts)
      parts = []
      told({ type, body }, () => line.off('data', read))
    }
  }
  line.on('data', read)
}

/** One packet that is a whole message. */
export function packet(type: number, body: Buffer): Buffer {
  const header = Buffer.from([type, END_OF_MESSAGE, 0, 0, 0, 0, 1, 0])
  header.writeUInt16BE(HEADER_BYTES + body.length, 2)
  return Buffer.concat([header, body])
}
