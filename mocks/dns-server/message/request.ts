import { decode } from 'dns-packet'
import { type Question, readQuestion } from './question.ts'
import { opcodes, type ResponseCode, responseCodes } from './response-codes.ts'

/** What a client can take, as it says in its OPT record (EDNS(0), RFC 6891). */
export interface Edns {
  readonly udpBytes: number
  readonly version: number
  readonly dnssecOk: boolean
}

interface Header {
  readonly id: number
  readonly opcode: number
  readonly recursionDesired: boolean
  readonly checkingDisabled: boolean
}

/** A message that came in: a question, something to be refused by its header alone, or nothing to be answered. */
export type Request =
  | { readonly type: 'question'; readonly header: Header; readonly question: Question; readonly edns: Edns | undefined }
  | { readonly type: 'refused'; readonly header: Header; readonly code: ResponseCode }
  | { readonly type: 'ignored' }

const HEADER_BYTES = 12
/** An OPT, a signature (TSIG, SIG(0)), and one more that a later standard may add. */
const MAX_ADDITIONALS = 3

/** Reads what a client sent. Responses and what has no header are not answered: an answer to an answer would never end. */
export function readRequest(message: Buffer): Request {
  if (message.length < HEADER_BYTES) return { type: 'ignored' }
  const flags = message.readUInt16BE(2)
  if (flags & 0x8000) return { type: 'ignored' }
  const header: Header = {
    id: message.readUInt16BE(0),
    opcode: (flags >> 11) & 0xf,
    recursionDesired: (flags & 0x0100) !== 0,
    checkingDisabled: (flags & 0x0010) !== 0,
  }
  const refused = (code: ResponseCode): Request => ({ type: 'refused', header, code })
  if (header.opcode !== opcodes.QUERY) return refused(responseCodes.NOTIMP)
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((offset) => message.readUInt16BE(offset))
  // Counts are looked at before anything is read, so that none can ask for memory.
  const fits = questions === 1 && answers === 0 && (authorities ?? 0) <= 1 && (additionals ?? 0) <= MAX_ADDITIONALS
  if (!fits) return refused(responseCodes.FORMERR)
  const question = readQuestion(message)
  if (!question) return refused(responseCodes.FORMERR)
  const edns = additionals === 0 ? [] : readEdns(message)
  if (edns === undefined || edns.length > 1) return refused(responseCodes.FORMERR)
  return { type: 'question', header, question, edns: edns[0] }
}

/** The OPT records of a message; undefined where its records cannot be read. */
function readEdns(message: Buffer): readonly Edns[] | undefined {
  try {
    // The types of the package do not have what its decoder gives for an OPT record beside its options.
    const additionals: readonly unknown[] = decode(message).additionals ?? []
    return additionals.flatMap((record) => {
      if (!isOpt(record)) return []
      if (record.name !== '.') throw new RangeError('an OPT record’s name is the root')
      return [{ udpBytes: record.udpPayloadSize, version: record.ednsVersion, dnssecOk: record.flag_do }]
    })
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  }
}

interface Opt {
  readonly name: string
  readonly udpPayloadSize: number
  readonly ednsVersion: number
  readonly flag_do: boolean
}

const isOpt = (record: unknown): record is Opt =>
  typeof record === 'object' && record !== null && 'type' in record && record.type === 'OPT'
