import { open } from 'node:fs/promises'
import { codeOf, HarnessError, messageOf } from '../context/error.ts'
import { checkSpec } from './check-spec.ts'
import type { KindDescription } from './kind.ts'
import type { Positions } from './problem.ts'
import { landscapeInvalid } from './problem.ts'
import type { LandscapeSpec } from './schema.ts'
import { parseYaml } from './yaml-document.ts'

/** A landscape file as it is written, and where its parts stand in it. */
export interface LandscapeFile {
  readonly spec: LandscapeSpec
  readonly positions: Positions
}

/** The largest landscape file that is read, in bytes: a thousand hosts take a tenth of it. */
export const MAX_FILE_BYTES = 1024 * 1024

/**
 * Reads the text of a landscape file and checks its keys, kinds and values; names are checked when it is resolved.
 * Throws `landscape-invalid`, with every problem at its line and column.
 */
export function parseLandscape(
  text: string,
  { fileName }: { readonly fileName: string },
  kinds: readonly KindDescription[],
): LandscapeFile {
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) throw tooLarge(fileName)
  const { value, positions } = parseYaml(text, fileName)
  checkSpec(value, kinds, positions)
  // Checked just above: what passes is of the schema's input type.
  return { spec: value as LandscapeSpec, positions }
}

/** Reads and parses a landscape file. Throws `file-unreadable` or `landscape-invalid`. */
export async function readLandscapeFile(path: string, kinds: readonly KindDescription[]): Promise<LandscapeFile> {
  return parseLandscape(await readText(path), { fileName: path }, kinds)
}

async function readText(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MAX_FILE_BYTES + 1) })
    if (bytesRead > MAX_FILE_BYTES) throw tooLarge(path)
    return buffer.toString('utf8', 0, bytesRead)
  } catch (error) {
    if (error instanceof HarnessError) throw error
    throw new HarnessError('file-unreadable', `cannot read the landscape file ${path}: ${whatToDo(error)}`, {
      cause: error,
    })
  }
}

const tooLarge = (fileName: string) =>
  landscapeInvalid([`${fileName}: larger than ${MAX_FILE_BYTES} bytes; a landscape file names only what is special`])

function whatToDo(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'there is no such file; check the path, or name a built-in landscape'
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read it; change its permissions'
    case 'EISDIR':
      return 'it is a folder; name the file in it'
    default:
      return messageOf(error)
  }
}
