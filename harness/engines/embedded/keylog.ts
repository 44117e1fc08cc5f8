import { appendFileSync } from 'node:fs'

/** Appends TLS keys to a file, mode 0600; undefined where nobody asked for them. */
export const keylogWriter = (file: string | undefined): ((line: Buffer) => void) | undefined =>
  file === undefined ? undefined : (line) => appendFileSync(file, line, { mode: 0o600 })
