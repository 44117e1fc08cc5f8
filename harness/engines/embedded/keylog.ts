import { appendFileSync, chmodSync } from 'node:fs'
import { codeOf, HarnessError, messageOf } from '../../context/error.ts'

/**
 * Appends TLS keys to a file, mode 0600, also where it stood before; undefined where nobody asked for them. Throws
 * `usage` when the file cannot be written.
 */
export function keylogWriter(file: string | undefined): ((line: Buffer) => void) | undefined {
  if (file === undefined) return undefined
  try {
    appendFileSync(file, '', { mode: 0o600 })
    chmodSync(file, 0o600)
  } catch (error) {
    const reason = codeOf(error) ?? messageOf(error)
    const text = `cannot write TLS keys to ${file}: ${reason}; name a file of your own in a folder that exists`
    throw new HarnessError('usage', text, { cause: error })
  }
  return (line) => appendFileSync(file, line)
}
