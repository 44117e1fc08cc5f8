/**
 * CHALLENGE_MESSAGE, [MS-NLMP] 2.2.1.2. Its version is always there, the target's name at offset 56 and the target's information
 * directly behind: some clients read fixed offsets.
 */
import { type AvPairs, encodeAvPairs } from './av-pairs.ts'
import { hasFlag, ntlmFlags } from './flags.ts'
import { checkHeader, decodeText, encodeText, layOut, messageTypes, readField, serverVersion } from './message.ts'

export interface Challenge {
  readonly flags: number
  /** Eight bytes, never given twice. */
  readonly challenge: Uint8Array
  readonly targetName: string
  readonly targetInfo: Buffer
}

const leastBytes = 32
const fixedBytes = 56
const targetNameAt = 12
const targetInfoAt = 40

export function encodeChallenge(message: Omit<Challenge, 'targetInfo'> & { readonly targetInfo: AvPairs }): Buffer {
  const fixed = Buffer.alloc(fixedBytes)
  fixed.writeUInt32LE(message.flags >>> 0, 20)
  fixed.set(message.challenge, 24)
  fixed.set(serverVersion, 48)
  return layOut(messageTypes.challenge, fixed, [
    [targetNameAt, encodeText(message.targetName, hasFlag(message.flags, ntlmFlags.unicode))],
    [targetInfoAt, encodeAvPairs(message.targetInfo)],
  ])
}

export function decodeChallenge(bytes: Buffer): Challenge {
  checkHeader(bytes, messageTypes.challenge, leastBytes)
  const flags = bytes.readUInt32LE(20)
  return {
    flags,
    challenge: bytes.subarray(24, 32),
    targetName: decodeText(readField(bytes, targetNameAt), hasFlag(flags, ntlmFlags.unicode)),
    targetInfo: bytes.length >= targetInfoAt + 8 ? readField(bytes, targetInfoAt) : Buffer.alloc(0),
  }
}
