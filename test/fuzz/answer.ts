const HEADER_BYTES = 8
const TABULAR_RESULT = 0x04
const PRELOGIN = 0x12
const END_OF_MESSAGE = 0x01
const DONE_TOKENS = [0xfd, 0xfe, 0xff]
const SSPI_TOKEN = 0xed
const DONE_BYTES = { modern: 13, old: 9 }
const MORE = 0x01

/** Places of the server's own source files: what a stack trace on the wire would have in it. */
const STACK = /\bat .{0,200}\.(?:ts|js):\d+:\d+|node:internal/

/** What is wrong with the bytes that a server sent, from its first packet to its last ([MS-TDS] section 2.2.3); undefined when all is well. */
export function faultOfAnswer(bytes: Buffer): string | undefined {
  let message: Buffer[] = []
  let at = 0
  while (at < bytes.length) {
    if (bytes.length - at < HEADER_BYTES)
      return `half a packet header at the end: ${bytes.subarray(at).toString('hex')}`
    const type = bytes.readUInt8(at)
    const length = bytes.readUInt16BE(at + 2)
    if (type !== TABULAR_RESULT && type !== PRELOGIN) return `a packet of type ${type}`
    if (length < HEADER_BYTES) return `a packet of ${length} bytes`
    if (at + length > bytes.length) return `a packet of ${length} bytes, of which ${bytes.length - at} came`
    message.push(bytes.subarray(at + HEADER_BYTES, at + length))
    if (bytes.readUInt8(at + 1) & END_OF_MESSAGE) {
      const fault = type === TABULAR_RESULT ? faultOfMessage(Buffer.concat(message)) : undefined
      if (fault !== undefined) return fault
      message = []
    }
    at += length
  }
  return undefined
}

/** PRELOGIN's answer has no tokens and begins with an option's number, 0; a challenge is one SSPI token. */
function faultOfMessage(payload: Buffer): string | undefined {
  if (payload.length === 0) return 'an empty message'
  if (payload[0] === 0 || payload[0] === SSPI_TOKEN) return undefined
  for (const encoding of ['utf16le', 'latin1'] as const) {
    const trace = STACK.exec(payload.toString(encoding))
    if (trace) return `a stack trace: ${trace[0]}`
  }
  const ends = Object.values(DONE_BYTES).some((size) => {
    const start = payload.length - size
    return (
      start >= 0 && DONE_TOKENS.includes(payload.readUInt8(start)) && (payload.readUInt16LE(start + 1) & MORE) === 0
    )
  })
  return ends ? undefined : `a message that does not end in DONE: …${payload.subarray(-32).toString('hex')}`
}
