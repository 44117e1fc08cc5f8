/** SPNEGO, RFC 4178 with [MS-SPNG]: which mechanism it is to be, and that mechanism's tokens inside. */
import { type DerElement, readDer, writeDer } from './der.ts'
import { NtlmError } from './ntlm/ntlm-error.ts'

const tags = {
  gss: 0x60,
  sequence: 0x30,
  oid: 0x06,
  octets: 0x04,
  enumerated: 0x0a,
  init: 0xa0,
  response: 0xa1,
} as const
/** Object identifiers, encoded: 1.3.6.1.5.5.2, 1.3.6.1.4.1.311.2.2.10, 1.2.840.113554.1.2.2 and what Windows writes for it. */
export const mechanisms = {
  spnego: '2b0601050502',
  ntlm: '2b06010401823702020a',
  kerberos: '2a864886f712010202',
  kerberosOfWindows: '2a864882f712010202',
} as const

export const negotiationStates = { completed: 0, incomplete: 1, reject: 2 } as const

export interface InitialToken {
  /** What the client can do, the best first; as hexadecimal digits. */
  readonly mechanisms: readonly string[]
  /** The first token of the first mechanism, sent on the chance. */
  readonly token: Buffer | undefined
}

export const isGssToken = (bytes: Buffer): boolean => bytes[0] === tags.gss

const only = (bytes: Buffer, tag: number): Buffer => {
  const [first] = readDer(bytes)
  if (first?.tag !== tag)
    throw new NtlmError(`an element of tag 0x${first?.tag.toString(16)} where 0x${tag.toString(16)} is due`)
  return first.content
}

/** The numbered fields of NegTokenInit and NegTokenResp. */
const fields = (bytes: Buffer): ReadonlyMap<number, DerElement> =>
  new Map(readDer(only(bytes, tags.sequence)).map((element) => [element.tag & 0x1f, element]))

export function decodeInitial(bytes: Buffer): InitialToken {
  const [frame, inner] = readDer(only(bytes, tags.gss))
  if (frame?.tag !== tags.oid) throw new NtlmError('a GSS token without a mechanism')
  const name = frame.content.toString('hex')
  if (name !== mechanisms.spnego) return { mechanisms: [name], token: undefined }
  if (inner?.tag !== tags.init) throw new NtlmError('SPNEGO without its first message')
  const parts = fields(inner.content)
  const offered = parts.get(0)
  const token = parts.get(2)
  return {
    mechanisms: offered
      ? readDer(only(offered.content, tags.sequence)).map(({ content }) => content.toString('hex'))
      : [],
    token: token && only(token.content, tags.octets),
  }
}

/** The mechanism's token of a later message. */
export function decodeResponse(bytes: Buffer): Buffer {
  const token = fields(only(bytes, tags.response)).get(2)
  if (!token) throw new NtlmError('an SPNEGO response without a token')
  return only(token.content, tags.octets)
}

export function encodeResponse(response: {
  readonly state: number
  readonly mechanism?: string
  readonly token?: Buffer
}): Buffer {
  const { state, mechanism, token } = response
  const field = (number: number, content: Buffer): Buffer => writeDer(tags.init | number, content)
  const parts = [
    field(0, writeDer(tags.enumerated, Uint8Array.of(state))),
    ...(mechanism === undefined ? [] : [field(1, writeDer(tags.oid, Buffer.from(mechanism, 'hex')))]),
    ...(token === undefined ? [] : [field(2, writeDer(tags.octets, token))]),
  ]
  return writeDer(tags.response, writeDer(tags.sequence, ...parts))
}
