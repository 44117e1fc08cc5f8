import type { KeyObject } from 'node:crypto'
import { appendFile, readFile, stat } from 'node:fs/promises'
import { DecryptionFailed, decrypt, encrypt, MAX_ENCRYPTED_BYTES } from './jwe.ts'

/** Appends a line to a log of which every line is encrypted by itself: a log goes on where a file is written anew. */
export async function appendEncryptedLine(path: string, line: string, to: KeyObject): Promise<void> {
  await appendFile(path, `${await encrypt(Buffer.from(line), to)}\n`, { mode: 0o600 })
}

/** The lines of such a log, oldest first. Throws `DecryptionFailed` at the first that this key does not read. */
export async function readEncryptedLines(path: string, key: KeyObject): Promise<readonly string[]> {
  const { size } = await stat(path)
  if (size > MAX_ENCRYPTED_BYTES) throw new DecryptionFailed('too-large', `the log has ${size} bytes: too many`)
  const lines: string[] = []
  for (const line of (await readFile(path, 'latin1')).split('\n')) {
    if (line !== '') lines.push((await decrypt(line, key)).toString())
  }
  return lines
}
