/** NTLMv2 and LMv2, [MS-NLMP] 3.3.2. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { md4 } from './md4.ts'

const proofBytes = 16
/** The proof, and NTLMv2_CLIENT_CHALLENGE up to its pairs ([MS-NLMP] 2.2.2.7). */
const leastResponseBytes = proofBytes + 28
const lmResponseBytes = 24

const hmacMd5 = (key: Uint8Array, ...data: readonly Uint8Array[]): Buffer => {
  const hmac = createHmac('md5', key)
  for (const part of data) hmac.update(part)
  return hmac.digest()
}

/** NTOWFv1: what Windows keeps of a password. */
export const ntHash = (password: string): Buffer => md4(Buffer.from(password, 'utf16le'))

/** NTOWFv2: the key that both sides have. The user's name in capitals, the domain as the client wrote it. */
export const responseKey = (hash: Uint8Array, user: string, domain: string): Buffer =>
  hmacMd5(hash, Buffer.from(user.toUpperCase() + domain, 'utf16le'))

export interface Responses {
  readonly ntResponse: Uint8Array
  readonly lmResponse: Uint8Array
}

/** The session base key of a response that holds, undefined for one that does not. */
export function verifyV2(
  key: Uint8Array,
  challenge: Uint8Array,
  { ntResponse, lmResponse }: Responses,
): Buffer | undefined {
  if (ntResponse.length >= leastResponseBytes) {
    const proof = hmacMd5(key, challenge, ntResponse.subarray(proofBytes))
    if (timingSafeEqual(proof, ntResponse.subarray(0, proofBytes))) return hmacMd5(key, proof)
  }
  if (lmResponse.length === lmResponseBytes) {
    const proof = hmacMd5(key, challenge, lmResponse.subarray(proofBytes))
    if (timingSafeEqual(proof, lmResponse.subarray(0, proofBytes))) return hmacMd5(key, proof)
  }
  return undefined
}

/** The client's side: both responses and the session base key. `time` is a FILETIME. */
export function respondV2(
  key: Uint8Array,
  given: {
    readonly challenge: Uint8Array
    readonly clientChallenge: Uint8Array
    readonly time: bigint
    readonly targetInfo: Uint8Array
  },
): Responses & { readonly sessionBaseKey: Buffer } {
  const time = Buffer.alloc(8)
  time.writeBigUInt64LE(given.time)
  const head = Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0)
  const gap = Buffer.alloc(4)
  const blob = Buffer.concat([head, time, given.clientChallenge, gap, given.targetInfo, gap])
  const proof = hmacMd5(key, given.challenge, blob)
  return {
    ntResponse: Buffer.concat([proof, blob]),
    lmResponse: Buffer.concat([hmacMd5(key, given.challenge, given.clientChallenge), given.clientChallenge]),
    sessionBaseKey: hmacMd5(key, proof),
  }
}

/** The pairs that a client sent back, which its proof covers. */
export const pairsOf = (ntResponse: Buffer): Buffer => ntResponse.subarray(leastResponseBytes)

/** [MS-NLMP] 3.1.5.1.2: the code over all three messages, the last with its own place zeroed. */
export const messageIntegrity = (sessionKey: Uint8Array, messages: readonly Uint8Array[]): Buffer =>
  hmacMd5(sessionKey, ...messages)
