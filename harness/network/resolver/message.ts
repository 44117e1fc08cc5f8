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

/** Whether a name can be asked for at all: its labels have 1 to 63 bytes, and it has 253 at most. */
export const canBeAsked = (name: string): boolean =>
  Buffer.byteLength(name) <= LONGEST_NAME &&
  name.split('.').every((label) => label !== '' && Buffer.byteLength(label) <= 63)

export const encodeQuestion = (id: number, { name, type }: NameQuestion): Buffer =>
  encode({ type: 'query', id, flags: RECURSION_DESIRED, questions: [{ name, type }] })

/** Undefined where the bytes are no answer. */
export function decodeAnswer(bytes: Buffer): NameAnswer | undefined {
  // More records than a message has bytes for are refused before the package makes room for them.
  const counts = bytes.length < 12 ? [] : [4, 6, 8, 10].map((offset) => bytes.readUInt16BE(offset))
  if (counts[0] !== 1 || counts.reduce((sum, count) => sum + count, 0) > bytes.length / 4) return undefined
  try {
    const packet = decode(bytes)
    const [question] = packet.questions ?? []
    if (packet.type !== 'response' || !question) return undefined
    return {
      id: packet.id ?? 0,
      // The types of the package leave out what it gives for the header's last bits.
      code: 'rcode' in packet ? String(packet.rcode) : '',
      authoritative: packet.flag_aa,
      truncated: packet.flag_tc,
      question: { name: question.name, type: question.type },
      records: (packet.answers ?? []).flatMap((record) =>
        record.type === 'OPT'
          ? []
          : [{ name: record.name, type: record.type, ttl: record.ttl ?? 0, data: record.data }],
      ),
    }
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  }
}
