/** AUTHENTICATE_MESSAGE, [MS-NLMP] 2.2.1.3: who it is, and the proof. */
import { hasFlag, ntlmFlags } from './flags.ts'
import { checkHeader, decodeText, encodeText, layOut, messageTypes, readField, serverVersion } from './message.ts'

export interface Authenticate {
  readonly flags: number
  readonly domain: string
  readonly user: string
  readonly workstation: string
  readonly lmResponse: Buffer
  readonly ntResponse: Buffer
  /** EncryptedRandomSessionKey: there when a key exchange was agreed on. */
  readonly sessionKey: Buffer
}

const leastBytes = 52
const withVersion = 72
export const micAt = 72
export const micBytes = 16
const withMic = micAt + micBytes
const at = { lm: 12, nt: 20, domain: 28, user: 36, workstation: 44, sessionKey: 52, flags: 60 } as const

export function decodeAuthenticate(bytes: Buffer): Authenticate {
  checkHeader(bytes, messageTypes.authenticate, leastBytes)
  const full = bytes.length >= at.flags + 4
  const flags = full ? bytes.readUInt32LE(at.flags) : ntlmFlags.unicode
  const text = (offset: number): string => decodeText(readField(bytes, offset), hasFlag(flags, ntlmFlags.unicode))
  return {
    flags,
    domain: text(at.domain),
    user: text(at.user),
    workstation: text(at.workstation),
    lmResponse: readField(bytes, at.lm),
    ntResponse: ntResponseOf(bytes),
    sessionKey: full ? readField(bytes, at.sessionKey) : Buffer.alloc(0),
  }
}

/**
 * tedious announces sixteen bytes, the proof, and appends the rest of the response. No real response has sixteen, so
 * what follows up to the message's end belongs to it.
 */
function ntResponseOf(bytes: Buffer): Buffer {
  const field = readField(bytes, at.nt)
  return field.length === 16 ? bytes.subarray(bytes.readUInt32LE(at.nt + 4)) : field
}

/** With `mic` the message has room for a message integrity code, all zero. */
export function encodeAuthenticate(message: Authenticate, { mic }: { readonly mic: boolean } = { mic: false }): Buffer {
  const fixed = Buffer.alloc(mic ? withMic : withVersion)
  fixed.writeUInt32LE(message.flags >>> 0, at.flags)
  fixed.set(serverVersion, 64)
  const text = (value: string): Buffer => encodeText(value, hasFlag(message.flags, ntlmFlags.unicode))
  return layOut(messageTypes.authenticate, fixed, [
    [at.domain, text(message.domain)],
    [at.user, text(message.user)],
    [at.workstation, text(message.workstation)],
    [at.lm, message.lmResponse],
    [at.nt, message.ntResponse],
    [at.sessionKey, message.sessionKey],
  ])
}
