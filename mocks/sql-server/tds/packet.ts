/** Packet framing, [MS-TDS] 2.2.3. */
import { ProtocolError } from './byte-reader.ts'

export const packetTypes = {
  sqlBatch: 0x01,
  preTds7Login: 0x02,
  rpc: 0x03,
  tabularResult: 0x04,
  attention: 0x06,
  bulkLoad: 0x07,
  fedAuthToken: 0x08,
  transactionManager: 0x0e,
  login7: 0x10,
  sspi: 0x11,
  prelogin: 0x12,
} as const

export const packetStatus = { endOfMessage: 0x01, ignore: 0x02, resetConnection: 0x08, resetSkipTran: 0x10 } as const

export const headerBytes = 8
export const minPacketBytes = 512
export const maxPacketBytes = 32_767
/** What both sides use until LOGIN7 has settled a size, and what a LOGIN7 that names none gets. */
export const defaultPacketBytes = 4096

/** What a packet costs the reader to keep, so that a message of a million bytes in a million packets is too long. */
const leastCounted = 256

export interface Message {
  readonly type: number
  /** Status bits of the first packet (reset) and of the last one (ignore) together. */
  readonly status: number
  readonly payload: Buffer
  /** True for a part of a bulk load, which is handed on packet by packet, when it is not the last. */
  readonly more?: boolean
}

/** Collects packets into messages. Holds at most one packet and one message, each within its limit. */
export class MessageReader {
  maxMessageBytes: number
  /** Bulk loads have no limit: their packets are handed on as they come. Only who has logged in may send one. */
  streamsBulkLoads = false
  #rest: Buffer[] = []
  #restBytes = 0
  #parts: Buffer[] = []
  #partBytes = 0
  #type = -1
  #status = 0

  constructor(maxMessageBytes: number) {
    this.maxMessageBytes = maxMessageBytes
  }

  /** True between two messages: nothing of a next one has come. */
  get idle(): boolean {
    return this.#restBytes === 0 && this.#type === -1
  }

  /** Takes bytes from the socket and gives the messages that they complete. */
  push(chunk: Buffer): Message[] {
    let bytes = chunk
    if (this.#restBytes > 0) {
      this.#rest.push(chunk)
      this.#restBytes += chunk.length
      const need = this.#needed()
      if (this.#restBytes < need) return []
      bytes = Buffer.concat(this.#rest)
      this.#rest = []
      this.#restBytes = 0
    }
    const messages: Message[] = []
    let at = 0
    while (bytes.length - at >= headerBytes) {
      const length = bytes.readUInt16BE(at + 2)
      if (length < headerBytes || length > maxPacketBytes) {
        throw new ProtocolError(`a packet of type ${bytes[at]} announces ${length} bytes`)
      }
      if (bytes.length - at < length) break
      const message = this.#take(bytes.subarray(at, at + length))
      if (message) messages.push(message)
      at += length
    }
    if (at < bytes.length) {
      this.#rest = [bytes.subarray(at)]
      this.#restBytes = bytes.length - at
    }
    return messages
  }

  #needed(): number {
    const first = this.#rest[0]
    if (!first || first.length < 4) return headerBytes
    return Math.max(headerBytes, Math.min(first.readUInt16BE(2), maxPacketBytes))
  }

  #take(packet: Buffer): Message | undefined {
    const type = packet.readUInt8(0)
    const status = packet.readUInt8(1)
    if (type === packetTypes.attention) this.#forget()
    if (this.#type === -1) this.#type = type
    else if (type !== this.#type) {
      throw new ProtocolError(`a packet of type ${type} inside a message of type ${this.#type}`)
    }
    this.#status |= status
    if (type === packetTypes.bulkLoad && this.streamsBulkLoads) {
      const part = { type, status: this.#status, payload: packet.subarray(headerBytes) }
      if ((status & packetStatus.endOfMessage) === 0) return { ...part, more: true }
      this.#forget()
      return part
    }
    this.#partBytes += Math.max(packet.length - headerBytes, leastCounted)
    if (this.#partBytes > this.maxMessageBytes) {
      throw new ProtocolError(`a message of more than ${this.maxMessageBytes} bytes`)
    }
    if (packet.length > headerBytes) this.#parts.push(packet.subarray(headerBytes))
    if ((status & packetStatus.endOfMessage) === 0) return undefined
    const only = this.#parts.length === 1 ? this.#parts[0] : undefined
    const message = { type: this.#type, status: this.#status, payload: only ?? Buffer.concat(this.#parts) }
    this.#forget()
    return message
  }

  /** An attention in the middle of a message means that its rest does not come. */
  #forget(): void {
    this.#parts = []
    this.#partBytes = 0
    this.#type = -1
    this.#status = 0
  }
}

/** Writes a packet header into the first eight bytes of `packet`. The SPID is big-endian, as the length is. */
export function writePacketHeader(
  packet: Buffer,
  header: { readonly type: number; readonly last: boolean; readonly spid: number; readonly id: number },
): void {
  packet[0] = header.type
  packet[1] = header.last ? packetStatus.endOfMessage : 0
  packet.writeUInt16BE(packet.length, 2)
  packet.writeUInt16BE(header.spid, 4)
  packet[6] = header.id & 0xff
  packet[7] = 0
}

/** Cuts `payload` into packets, all full but the last; `firstId` is the PacketID of the first. */
export function encodePackets(
  payload: Buffer,
  options: { type: number; packetBytes: number; spid: number; firstId: number; last: boolean },
): Buffer {
  const room = options.packetBytes - headerBytes
  const count = Math.max(1, Math.ceil(payload.length / room))
  const out = Buffer.allocUnsafe(payload.length + count * headerBytes)
  for (let i = 0, from = 0, to = 0; i < count; i += 1) {
    const size = Math.min(room, payload.length - from)
    const packet = out.subarray(to, to + headerBytes + size)
    const last = options.last && i === count - 1
    writePacketHeader(packet, { type: options.type, last, spid: options.spid, id: options.firstId + i })
    payload.copy(packet, headerBytes, from, from + size)
    from += size
    to += packet.length
  }
  return out
}
