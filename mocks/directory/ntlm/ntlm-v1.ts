/** NTLMv1 and NTLM2 session responses, [MS-NLMP] 3.3.1: for landscapes that still allow them. LM alone is never enough. */
import { createCipheriv, createHash, timingSafeEqual } from 'node:crypto'
import { md4 } from './md4.ts'
import type { Responses } from './ntlm-v2.ts'

export const v1ResponseBytes = 24

/** 56 bits on eight bytes; DES ignores the lowest bit of each. */
function desKey(bits: Uint8Array): Buffer {
  let value = 0n
  for (const byte of bits) value = (value << 8n) | BigInt(byte)
  return Buffer.from(Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(49 - 7 * i)) & 0x7fn) << 1))
}

/** Single DES is in OpenSSL's legacy provider alone; three times the same key is the same cipher. */
function des(bits: Uint8Array, block: Uint8Array): Buffer {
  const key = desKey(bits)
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).setAutoPadding(false)
  return Buffer.concat([cipher.update(block), cipher.final()])
}

/** DESL: the hash, filled up to 21 bytes, as three keys. */
export function respondV1(hash: Uint8Array, challenge: Uint8Array): Buffer {
  const keys = Buffer.concat([hash, Buffer.alloc(5)])
  return Buffer.concat([0, 7, 14].map((at) => des(keys.subarray(at, at + 7), challenge)))
}

/** With extended session security the client's own challenge stands in the LM field. */
const sessionChallenge = (challenge: Uint8Array, lmResponse: Uint8Array): Buffer =>
  createHash('md5').update(challenge).update(lmResponse.subarray(0, 8)).digest().subarray(0, 8)

export function verifyV1(
  hash: Uint8Array,
  challenge: Uint8Array,
  { ntResponse, lmResponse }: Responses,
  extended: boolean,
): Buffer | undefined {
  if (ntResponse.length !== v1ResponseBytes) return undefined
  const asked = extended && lmResponse.length === v1ResponseBytes ? sessionChallenge(challenge, lmResponse) : challenge
  return timingSafeEqual(respondV1(hash, asked), ntResponse) ? md4(hash) : undefined
}
