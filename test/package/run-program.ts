import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, join } from 'node:path'

export interface Ended {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** The repository's own Node comes first on the PATH, as under `npm test`. */
const PATH = [join(import.meta.dirname, '../../node_modules/.bin'), process.env.PATH ?? ''].join(delimiter)

/** Runs a program to its end. Windows starts npm's scripts by the shell only. */
export async function runProgram(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  const env = { ...process.env, PATH, NODE_ENV: '', FORCE_COLOR: '0' }
  const child = spawn(program, args, {
    cwd,
    env,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const [code] = await once(child, 'close')
  return { code, output, errors }
}
