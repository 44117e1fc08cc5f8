import { createHash, createPublicKey, type KeyObject } from 'node:crypto'

/** Why something could not be decrypted. */
export type DecryptionFailure = 'not-encrypted' | 'another-key' | 'damaged' | 'too-large'

/** What is not readable with this key pair. The message has nothing of the content or the key. */
export class DecryptionFailed extends Error {
  override readonly name = 'DecryptionFailed'
  readonly code: DecryptionFailure

  constructor(code: DecryptionFailure, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** The largest file that is taken into memory, encrypted. */
export const MAX_ENCRYPTED_BYTES = 64 * 1024 * 1024

const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+\.[\w-]*\.[\w-]+$/

/** Encrypts to a public key: a JWE in compact form (RFC 7516), RSA-OAEP-256 and A256GCM (RFC 7518). */
export async function encrypt(content: Uint8Array, to: KeyObject): Promise<string> {
  const { CompactEncrypt } = await import('jose')
  return new CompactEncrypt(content)
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: keyIdOf(to) })
    .encrypt(to)
}

/** What was encrypted to this private key's public half. Throws `DecryptionFailed`. */
export async function decrypt(jwe: string, key: KeyObject): Promise<Buffer> {
  if (jwe.length > MAX_ENCRYPTED_BYTES) throw new DecryptionFailed('too-large', 'it is too large')
  const text = jwe.trim()
  if (!COMPACT.test(text)) throw new DecryptionFailed('not-encrypted', 'it is not encrypted')
  const { compactDecrypt } = await import('jose')
  try {
    const options = { keyManagementAlgorithms: ['RSA-OAEP-256'], contentEncryptionAlgorithms: ['A256GCM'] }
    return Buffer.from((await compactDecrypt(text, key, options)).plaintext)
  } catch (cause) {
    const other = keyIdIn(text) !== keyIdOf(key)
    if (other) throw new DecryptionFailed('another-key', 'it was encrypted to another key pair', { cause })
    throw new DecryptionFailed('damaged', 'it is damaged', { cause })
  }
}

/** Tells keys apart, and nothing of them: the SHA-256 of the public half. */
function keyIdOf(key: KeyObject): string {
  const half = key.type === 'private' ? createPublicKey(key) : key
  return createHash('sha256')
    .update(half.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
}

function keyIdIn(jwe: string): unknown {
  try {
    const header: unknown = JSON.parse(Buffer.from(jwe.slice(0, jwe.indexOf('.')), 'base64url').toString())
    return typeof header === 'object' && header !== null && 'kid' in header ? header.kid : undefined
  } catch {
    // A header that cannot be read names no key.
    return undefined
  }
}
