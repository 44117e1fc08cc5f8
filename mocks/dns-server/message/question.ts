/** The question of a message, read from its bytes. */
export interface Question {
  /** As it was asked, in its own case; dots and backslashes within a label escaped. */
  readonly name: string
  /** In lower case: what records are found by. */
  readonly key: string
  readonly type: number
  readonly class: number
  /** The question section as it came, to be sent back as it is: its case is a part of the question (RFC 4343). */
  readonly bytes: Buffer
}

const HEADER_BYTES = 12
const MAX_NAME_BYTES = 255

/** Reads the one question behind a header. Undefined where it is malformed: cut off, too long, or compressed, which nobody does. */
export function readQuestion(message: Buffer): Question | undefined {
  const labels: string[] = []
  let offset = HEADER_BYTES
  for (;;) {
    const length = message[offset]
    if (length === undefined || length > 63) return undefined
    offset++
    if (length === 0) break
    if (offset + length > message.length || offset + length - HEADER_BYTES >= MAX_NAME_BYTES) return undefined
    // Bytes as they are: names are no text (RFC 4343).
    labels.push(message.toString('latin1', offset, offset + length).replaceAll(/[\\.]/g, '\\$&'))
    offset += length
  }
  if (offset + 4 > message.length) return undefined
  const name = labels.join('.')
  return {
    name,
    key: name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
    type: message.readUInt16BE(offset),
    class: message.readUInt16BE(offset + 2),
    bytes: message.subarray(HEADER_BYTES, offset + 4),
  }
}
