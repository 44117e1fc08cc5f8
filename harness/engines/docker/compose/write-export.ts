import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { codeOf, HarnessError, messageOf } from '../../../context/error.ts'
import type { ExportedFile } from './export-compose.ts'

/** The folder is made where there is none; one that holds anything is refused unless `force` says otherwise. */
export function openExportFolder(folder: string, force: boolean): void {
  try {
    mkdirSync(folder, { recursive: true })
    if (force || readdirSync(folder).length === 0) return
  } catch (cause) {
    const reason = codeOf(cause) === 'EEXIST' || codeOf(cause) === 'ENOTDIR' ? 'it is no folder' : messageOf(cause)
    throw new HarnessError('file-unreadable', `cannot write to ${folder}: ${reason}`, { cause })
  }
  throw new HarnessError(
    'usage',
    `${folder} is not empty: name another folder, or say --force to replace what an earlier export left`,
  )
}

/** Writes in the given order; what is secret is the owner's alone (0600 in a folder of 0700). */
export function writeExport(folder: string, files: readonly ExportedFile[]): void {
  for (const { path, text, secret } of files) {
    const file = join(folder, path)
    try {
      mkdirSync(dirname(file), { recursive: true, mode: secret ? 0o700 : 0o755 })
      if (secret) chmodSync(dirname(file), 0o700)
      // A new file, so that its mode is its own and nobody's link is followed.
      rmSync(file, { force: true })
      writeFileSync(file, text, { mode: secret ? 0o600 : 0o644, flag: 'wx' })
    } catch (cause) {
      throw new HarnessError('file-unreadable', `cannot write ${file}: ${messageOf(cause)}`, { cause })
    }
  }
}
