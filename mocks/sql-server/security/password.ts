import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const saltBytes = 4
const version = Buffer.from([0x02, 0x00])

const digest = (password: string, salt: Uint8Array): Buffer =>
  createHash('sha512').update(Buffer.from(password, 'utf16le')).update(salt).digest()

/** What SQL Server 2012 to 2022 keep of a password: 0x0200, a salt, SHA-512 of both; as hexadecimal digits. */
export function hashPassword(password: string): string {
  const salt = randomBytes(saltBytes)
  return Buffer.concat([version, salt, digest(password, salt)]).toString('hex')
}

export function isPassword(hash: string, password: string): boolean {
  const bytes = Buffer.from(hash, 'hex')
  const salt = bytes.subarray(version.length, version.length + saltBytes)
  const kept = bytes.subarray(version.length + saltBytes)
  const given = digest(password, salt)
  return kept.length === given.length && timingSafeEqual(kept, given)
}

/** True for hexadecimal digits that could be such a hash. */
export const isHash = (digits: string): boolean => /^0200[0-9a-f]{136}$/.test(digits)
