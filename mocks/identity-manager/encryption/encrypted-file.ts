import type { KeyObject } from 'node:crypto'
import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { DecryptionFailed, decrypt, encrypt, MAX_ENCRYPTED_BYTES } from './jwe.ts'

export { DecryptionFailed, type DecryptionFailure, decrypt, encrypt } from './jwe.ts'

/** Writes a file that only the key pair's holder reads: whole or not at all, for its owner alone (0600). */
export async function writeEncryptedFile(path: string, content: Uint8Array, to: KeyObject): Promise<void> {
  const unfinished = `${path}.${randomUUID()}`
  try {
    await writeFile(unfinished, await encrypt(content, to), { mode: 0o600, flag: 'wx' })
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/** What `writeEncryptedFile` wrote. Throws `DecryptionFailed`, or the file system's error. */
export async function readEncryptedFile(path: string, key: KeyObject): Promise<Buffer> {
  const { size } = await stat(path)
  if (size > MAX_ENCRYPTED_BYTES) throw new DecryptionFailed('too-large', `it has ${size} bytes: too many`)
  return decrypt(await readFile(path, 'latin1'), key)
}
