import { execFile } from 'node:child_process'
import { HarnessError } from '../../../harness/context/error.ts'

const TIMEOUT_MS = 10_000

/** Runs a program of the system to its end, its standard input closed. */
export function runProgram(program: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const child = execFile(program, args, { timeout: TIMEOUT_MS, signal }, (error, _stdout, stderr) => {
    if (!error) resolve()
    else
      reject(
        new HarnessError('action-failed', `${program} failed: ${stderr.trim() || error.message}`, { cause: error }),
      )
  })
  child.stdin?.end()
  return promise
}
