import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** How a program of the system ended, and what it printed. */
export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** What it printed on both channels. */
  readonly output: string
}

/** Runs a program to its end, its standard input closed. Rejects when it cannot be started or is killed. */
export function run(program: string, args: readonly string[], timeoutMs = 20_000): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>()
  const child = execFile(program, args, { timeout: timeoutMs }, (error, stdout, stderr) => {
    const exitCode = error === null ? 0 : error.code
    if (typeof exitCode === 'number') resolve({ exitCode, stdout, stderr, output: `${stdout}${stderr}` })
    else reject(error)
  })
  child.stdin?.end()
  return promise
}

/** Whether a program is on the PATH. */
export const has = (program: string): boolean => missing(program) === undefined

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
