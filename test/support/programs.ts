import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Undefined when every program is on the PATH; else the reason for a skipped test's title. */
export function missing(...programs: readonly string[]): string | undefined {
  const absent = programs.filter((program) => !onPath(program))
  return absent.length === 0 ? undefined : ` (skipped: ${absent.join(', ')} not installed)`
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
