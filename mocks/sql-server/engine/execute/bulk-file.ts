/** Files that statements read: below the server's backup folder, as its backups are. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, normalize, sep } from 'node:path'
import { SqlError } from '../sql-error.ts'
import type { Execution } from './execution.ts'

const maxFileBytes = 256 * 1024 * 1024

const notOpened = (name: string, code: number, reason: string): SqlError =>
  new SqlError(
    4861,
    16,
    1,
    `Cannot bulk load because the file "${name}" could not be opened. Operating system error code ${code}(${reason}).`,
  )

export function readBulkFile(x: Execution, name: string): Buffer {
  const plain = normalize(name.replaceAll('\\', '/'))
  const outside = name === '' || isAbsolute(plain) || /^[A-Za-z]:/.test(plain) || plain.startsWith('..')
  if (outside || name.startsWith('\\\\')) throw notOpened(name, 5, 'Access is denied.')
  const file = join(x.session.instance.options.backupFolder, plain.split('/').join(sep))
  if (!existsSync(file))
    throw new SqlError(
      4860,
      16,
      1,
      `Cannot bulk load. The file "${name}" does not exist or you don't have file access rights.`,
    )
  const facts = statSync(file)
  if (!facts.isFile()) throw notOpened(name, 5, 'Access is denied.')
  if (facts.size > maxFileBytes)
    throw notOpened(name, 8, 'Not enough memory resources are available to process this command.')
  return readFileSync(file)
}

/** The text of a file: by its byte order mark, else as DATAFILETYPE and CODEPAGE say. */
export function textOfFile(
  bytes: Buffer,
  how: { readonly wide: boolean; readonly codePage: string | undefined },
): string {
  if (bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString('utf8', 3)
  if (bytes.length >= 2 && bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2)
  if (how.wide) return bytes.toString('utf16le')
  if (how.codePage === '65001') return bytes.toString('utf8')
  return new TextDecoder('windows-1252').decode(bytes)
}
