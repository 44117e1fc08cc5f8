import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

/** AES-256-GCM (NIST SP 800-38D): nonce, tag, then the ciphertext. */
export function seal(key: Buffer, plain: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

/** The plain bytes; undefined when the key is another one or the bytes were changed. */
export function unseal(key: Buffer, sealed: Buffer): Buffer | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined
  const nonce = sealed.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  const body = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES))
  try {
    return Buffer.concat([body, decipher.final()])
  } catch (error) {
    // The only thing that `final` says is that the tag does not fit.
    if (error instanceof Error) return undefined
    throw error
  }
}

export const newDatabaseKey = (): Buffer => randomBytes(KEY_BYTES)

/**
 * The key under which a database's key lies in that database. It stands for the database certificate
 * (psrDatabaseKey), which every server that shares the database must have in its machine store.
 */
export const wrappingKey = (passphrase: string, databaseName: string): Buffer =>
  Buffer.from(hkdfSync('sha256', passphrase, databaseName.toLowerCase(), 'psrDatabaseKey', KEY_BYTES))
