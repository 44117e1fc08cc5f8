import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { HarnessError, messageOf } from '../../../context/error.ts'

const KEPT_LINES = 8

export interface ProgramOptions {
  readonly signal: AbortSignal
  readonly input?: string
  readonly onLine?: (line: string) => void
}

/** Runs a program to its end and gives its standard output. Fails with `start-failed` and its last lines. */
export async function runProgram(
  command: readonly [string, ...string[]],
  { signal, input = '', onLine }: ProgramOptions,
): Promise<string> {
  const [program, ...args] = command
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], signal, killSignal: 'SIGTERM' })
  const output: string[] = []
  const last: string[] = []
  const take = (line: string) => {
    last.push(line)
    if (last.length > KEPT_LINES) last.shift()
    onLine?.(line)
  }
  createInterface({ input: child.stdout }).on('line', (line) => {
    output.push(line)
    take(line)
  })
  createInterface({ input: child.stderr }).on('line', take)
  // A program that ends without reading its input is judged by its exit code.
  child.stdin.on('error', () => child.stdin.destroy())
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(failed(program, messageOf(error), error)))
    child.once('close', resolve)
  }).catch((error: unknown) => {
    signal.throwIfAborted()
    throw error
  })
  signal.throwIfAborted()
  if (code !== 0) throw failed(program, `exit code ${code}; its last lines:\n${last.join('\n')}`)
  return output.join('\n')
}

const failed = (program: string, reason: string, cause?: unknown): HarnessError =>
  new HarnessError('start-failed', `${program} failed: ${reason}`, { cause })
