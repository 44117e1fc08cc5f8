/** PRELOGIN, [MS-TDS] 2.2.6.5: the list of options and the negotiation of encryption. */
import { ByteReader, ProtocolError } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

export const preloginTokens = {
  version: 0x00,
  encryption: 0x01,
  instance: 0x02,
  threadId: 0x03,
  mars: 0x04,
  traceId: 0x05,
  fedAuthRequired: 0x06,
  nonce: 0x07,
  terminator: 0xff,
} as const

/** The values of the ENCRYPTION option. */
export const encryption = { off: 0, on: 1, notSupported: 2, required: 3 } as const

export type EncryptionMode = 'optional' | 'required' | 'unsupported'
/** What TLS covers: nothing, the LOGIN7 message only, or everything. `refuse`: the two sides cannot agree. */
export type TlsScope = 'none' | 'login' | 'all' | 'refuse'

export type PreloginOptions = ReadonlyMap<number, Buffer>

const maxOptions = 32

export function decodePrelogin(payload: Buffer): PreloginOptions {
  const options = new Map<number, Buffer>()
  const reader = new ByteReader(payload)
  for (let i = 0; i < maxOptions; i += 1) {
    const token = reader.u8()
    if (token === preloginTokens.terminator) return options
    if (i === 0 && token !== preloginTokens.version) throw new ProtocolError('PRELOGIN does not start with VERSION')
    const offset = reader.u16be()
    const length = reader.u16be()
    if (offset + length > payload.length) throw new ProtocolError(`PRELOGIN option ${token} points outside`)
    options.set(token, payload.subarray(offset, offset + length))
  }
  throw new ProtocolError('PRELOGIN has no terminator')
}

export function encodePrelogin(options: readonly (readonly [token: number, value: Uint8Array])[]): Buffer {
  const writer = new ByteWriter(0, 128)
  let offset = options.length * 5 + 1
  for (const [token, value] of options) {
    writer.u8(token).u16be(offset).u16be(value.length)
    offset += value.length
  }
  writer.u8(preloginTokens.terminator)
  for (const [, value] of options) writer.bytes(value)
  return Buffer.from(writer.view())
}

/** The negotiation table of 2.2.6.5: the server's answer, and what TLS then covers. */
export function negotiateEncryption(mode: EncryptionMode, client: number): { answer: number; scope: TlsScope } {
  const wanted = client & 0x7f
  if (mode === 'unsupported')
    return { answer: encryption.notSupported, scope: wanted === 0 || wanted === 2 ? 'none' : 'refuse' }
  if (mode === 'required') {
    if (wanted === encryption.notSupported) return { answer: encryption.required, scope: 'refuse' }
    return { answer: wanted === encryption.off ? encryption.required : encryption.on, scope: 'all' }
  }
  if (wanted === encryption.off) return { answer: encryption.off, scope: 'login' }
  if (wanted === encryption.notSupported) return { answer: encryption.notSupported, scope: 'none' }
  return { answer: encryption.on, scope: 'all' }
}
