import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

const IV_BYTES = 12
const TAG_BYTES = 16

/** Hands data to browsers that they can neither read nor change, as ASP.NET's data protection does. */
export interface Protector {
  seal(value: unknown): string
  /** Undefined for whatever was not sealed here for this purpose. */
  open(sealed: string): unknown
  sign(text: string): string
  isSigned(text: string, signature: string): boolean
}

/** A purpose parts what one key protects: a cookie is no state of a login. */
export function protector(key: Uint8Array, purpose: string): Protector {
  const derived = Buffer.from(hkdfSync('sha256', key, '', purpose, 32))
  const sign = (text: string): string => createHmac('sha256', derived).update(text).digest('base64url')
  return {
    seal(value) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', derived, iv)
      const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined
      const decipher = createDecipheriv('aes-256-gcm', derived, bytes.subarray(0, IV_BYTES))
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
      try {
        const body = [decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]
        return JSON.parse(Buffer.concat(body).toString('utf8'))
      } catch {
        // Tampered with, or sealed with another key: the same to whoever asks.
        return undefined
      }
    },
    sign,
    isSigned(text, signature) {
      const [expected, given] = [Buffer.from(sign(text)), Buffer.from(signature)]
      return expected.length === given.length && timingSafeEqual(expected, given)
    },
  }
}
