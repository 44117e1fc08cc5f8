import { decode, encode, RECURSION_DESIRED } from 'dns-packet'
import type { QuestionType } from './question-types.ts'

/** What is asked of a name server. */
export interface NameQuestion {
  readonly name: string
  readonly type: QuestionType
}

/** A record of an answer; data as the package has it, JSON-safe but for bytes. */
export interface NameRecord {
  readonly name: string
  readonly type: string
  readonly ttl: number
  readonly data: unknown
}

export interface NameAnswer {
  readonly id: number
  /** As in RFC 6895: NOERROR, NXDOMAIN, SERVFAIL, … */
  readonly code: string
  readonly authoritative: boolean
  readonly truncated: boolean
  readonly question: { readonly name: string; readonly type: string }
  readonly records: readonly NameRecord[]
}

const LONGEST_NAME = 253
/** Bits of the header's second word (RFC 1035 section 4.1.1): a response, to what kind of query, and how it went. */
const QR = 0x8000
const OPCODE = 0x7800
const RCODE = 0x000f

/** Whether a name can be asked for at all: its labels have 1 to 63 bytes, and it has 253 at most. */
export const canBeAsked = (name: string): boolean =>
  Buffer.byteLength(name) <= LONGEST_NAME &&
  name.split('.').every((label) => label !== '' && Buffer.byteLength(label) <= 63)

export const encodeQuestion = (id: number, { name, type }: NameQuestion): Buffer =>
  encode({ type: 'query', id, flags: RECURSION_DESIRED, questions: [{ name, type }] })

/** The header alone: how a server answers that cannot read a question, QR and a response code set. */
export const isRefusalOf = (id: number, bytes: Buffer): boolean =>
  bytes.length === 12 &&
  bytes.readUInt16BE(0) === id &&
  (bytes.readUInt16BE(2) & QR) !== 0 &&
  (bytes.readUInt16BE(2) & RCODE) !== 0 &&
  bytes.subarray(4).every((byte) => byte === 0)

/** Undefined where the bytes are no answer. */
export function decodeAnswer(bytes: Buffer): NameAnswer | undefined {
  // More records than a message has bytes for are refused before the package makes room for them.
  const counts = bytes.length < 12 ? [] : [4, 6, 8, 10].map((offset) => bytes.readUInt16BE(offset))
  if (counts[0] !== 1 || counts.reduce((sum, count) => sum + count, 0) > bytes.length / 4) return undefined
  if ((bytes.readUInt16BE(2) & OPCODE) !== 0) return undefined
  try {
    const packet = decode(bytes)
    const [question] = packet.questions ?? []
    // Only the internet's, as was asked.
    if (packet.type !== 'response' || question?.class !== 'IN') return undefined
    return {
      id: packet.id ?? 0,
      // The types of the package leave out what it gives for the header's last bits.
      code: 'rcode' in packet ? String(packet.rcode) : '',
      authoritative: packet.flag_aa,
      truncated: packet.flag_tc,
      question: { name: question.name, type: question.type },
      records: (packet.answers ?? []).flatMap((record) =>
        record.type === 'OPT' || record.class !== 'IN'
          ? []
          : [{ name: record.name, type: record.type, ttl: record.ttl ?? 0, data: record.data }],
      ),
    }
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  }
}
