import { type Answer, encode } from 'dns-packet'
import type { Request } from './request.ts'
import { type ResponseCode, responseCodes } from './response-codes.ts'

/** What is said to a question, before it is a message. */
export interface Reply {
  readonly code: ResponseCode
  /** From this server's own zone. */
  readonly authoritative: boolean
  /** Somebody else was asked for it. */
  readonly recursive?: boolean
  readonly answers: readonly Answer[]
  readonly authorities: readonly Answer[]
  readonly additionals: readonly Answer[]
}

export const emptyReply = (code: ResponseCode): Reply => ({
  code,
  authoritative: false,
  answers: [],
  authorities: [],
  additionals: [],
})

const HEADER_BYTES = 12
/** What every client takes (RFC 1035 4.2.1). */
const PLAIN_UDP_BYTES = 512
export const MAX_TCP_BYTES = 65_535

type Answered = Exclude<Request, { readonly type: 'ignored' }>

/**
 * The message that answers a request. One that is larger than `maxBytes` goes without its records, and says that it is truncated:
 * who asked asks again over TCP.
 */
export function encodeResponse(
  request: Answered,
  reply: Reply,
  options: { maxBytes: number; ownUdpBytes: number },
): Buffer {
  const edns = request.type === 'question' ? request.edns : undefined
  const opt: Answer[] = edns
    ? [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: options.ownUdpBytes,
          extendedRcode: reply.code >> 4,
          ednsVersion: 0,
          flags: edns.dnssecOk ? 0x8000 : 0,
          flag_do: edns.dnssecOk,
          options: [],
        },
      ]
    : []
  const whole = encodeRecords(request, { ...reply, additionals: [...reply.additionals, ...opt] }, false)
  if (whole.length <= options.maxBytes) return whole
  return encodeRecords(request, { ...reply, answers: [], authorities: [], additionals: opt }, true)
}

/** How large an answer over UDP may be. */
export const udpLimit = (request: Answered, ownUdpBytes: number): number =>
  request.type === 'question' && request.edns
    ? Math.max(PLAIN_UDP_BYTES, Math.min(request.edns.udpBytes, ownUdpBytes))
    : PLAIN_UDP_BYTES

function encodeRecords(request: Answered, reply: Reply, truncated: boolean): Buffer {
  const { header } = request
  const flags =
    (header.opcode << 11) |
    (reply.authoritative ? 0x0400 : 0) |
    (truncated ? 0x0200 : 0) |
    (header.recursionDesired ? 0x0100 : 0) |
    (reply.recursive ? 0x0080 : 0) |
    (header.checkingDisabled ? 0x0010 : 0) |
    (reply.code & 0xf)
  const { answers, authorities, additionals } = reply
  const records = encode({
    type: 'response',
    id: header.id,
    flags,
    answers: [...answers],
    authorities: [...authorities],
    additionals: [...additionals],
  })
  if (request.type !== 'question' || reply.code === responseCodes.FORMERR) return records
  // The question goes back as it came, byte for byte: the package would write another one.
  const head = Buffer.from(records.subarray(0, HEADER_BYTES))
  head.writeUInt16BE(1, 4)
  return Buffer.concat([head, request.question.bytes, records.subarray(HEADER_BYTES)])
}
