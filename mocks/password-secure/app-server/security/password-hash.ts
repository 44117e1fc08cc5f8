import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)

const SALT_BYTES = 16
const HASH_BYTES = 32

export interface PasswordHash {
  readonly salt: Buffer
  readonly hash: Buffer
  readonly iterations: number
}

/** PBKDF2 with SHA-256 (RFC 8018 section 5.2), as the product documents it (facts, section 3.1). */
export async function hashPassword(password: string, iterations: number): Promise<PasswordHash> {
  const salt = randomBytes(SALT_BYTES)
  return { salt, hash: await derive(password, salt, iterations, HASH_BYTES, 'sha256'), iterations }
}

export async function passwordMatches(password: string, { salt, hash, iterations }: PasswordHash): Promise<boolean> {
  const derived = await derive(password, salt, iterations, HASH_BYTES, 'sha256')
  return derived.length === hash.length && timingSafeEqual(derived, hash)
}
