import { pbkdf2, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** PBKDF2-SHA256: rounds (4 bytes, big-endian), salt, hash. */
const SALT_BYTES = 16
const HASH_BYTES = 32
const MAX_ITERATIONS = 1_000_000

const derive = promisify(pbkdf2)

export function passwordHash(password: string, iterations: number): Buffer {
  const salt = randomBytes(SALT_BYTES)
  const rounds = Buffer.alloc(4)
  rounds.writeUInt32BE(iterations)
  return Buffer.concat([rounds, salt, pbkdf2Sync(password, salt, iterations, HASH_BYTES, 'sha256')])
}

export async function isPassword(password: string, stored: Buffer): Promise<boolean> {
  if (stored.length !== 4 + SALT_BYTES + HASH_BYTES) return false
  const iterations = stored.readUInt32BE()
  if (iterations < 1 || iterations > MAX_ITERATIONS) return false
  const hash = await derive(password, stored.subarray(4, 4 + SALT_BYTES), iterations, HASH_BYTES, 'sha256')
  return timingSafeEqual(hash, stored.subarray(4 + SALT_BYTES))
}
