import { execFile, spawnSync } from 'node:child_process'

export interface Ended {
  readonly exitCode: number
  readonly output: string
}

/** Runs a program to its end, its standard input closed; what it printed on both channels. */
export function run(program: string, args: readonly string[]): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>()
  const child = execFile(program, args, { timeout: 20_000 }, (error, stdout, stderr) => {
    const exitCode = error === null ? 0 : error.code
    if (typeof exitCode === 'number') resolve({ exitCode, output: `${stdout}${stderr}` })
    else reject(error)
  })
  child.stdin?.end()
  return promise
}

/** Whether a program can be started here. */
export const has = (program: string, versionArgument = '--version'): boolean =>
  spawnSync(program, [versionArgument]).status === 0
