import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../../harness/cli/landscape.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A user's machine: a state folder of its own, so that nothing of another run is seen. */
export interface Machine extends Disposable {
  readonly folder: string
  /** Runs the command line to its end. */
  run(...args: readonly string[]): Promise<Ended>
  runWith(environment: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended>
  start(...args: readonly string[]): ChildProcess
  /** Starts `up --json` and waits until it says that it is up. */
  up(...args: readonly string[]): Promise<UpProcess>
}

export interface UpProcess extends AsyncDisposable {
  readonly child: ChildProcess
  /** What the first line of type `up` said. */
  readonly facts: UpLine
  /** The next line of a type. */
  next(type: string): Promise<Record<string, unknown>>
  /** Settles when standard error has had the text in it. */
  complained(text: string): Promise<void>
  /** Settles when the process has ended. */
  readonly ended: Promise<number | null>
}

interface UpLine {
  readonly info: { readonly name: string; readonly folder: string; readonly pid: number }
  readonly endpoints: readonly { readonly to: string; readonly port: number; readonly address: string }[]
  readonly names: Readonly<Record<string, string>>
  readonly rootFile: string
}

export function machine(): Machine {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'landscape-cli-'))
  const environment = () => {
    const { CI: _ci, NO_COLOR: _colour, FORCE_COLOR: _force, LANDSCAPE_RUN: _run, ...rest } = process.env
    return { ...rest, LANDSCAPE_STATE: join(folder.path, 'state') }
  }
  const start = (extra: Readonly<Record<string, string>>, args: readonly string[]) =>
    spawn(process.execPath, [PROGRAM, ...args], {
      cwd: folder.path,
      env: { ...environment(), ...extra },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const runWith = async (extra: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> => {
    const child = start(extra, args)
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    return { code: child.exitCode, stdout, stderr }
  }
  return {
    folder: folder.path,
    runWith,
    run: (...args) => runWith({}, ...args),
    start: (...args) => start({}, args),
    up: (...args) => upProcess(start({}, ['up', '--json', ...args])),
    [Symbol.dispose]: () => folder.remove(),
  }
}

/** Settles at the next piece; fails when there will be none. */
export async function moreOf(stream: Readable): Promise<void> {
  const over = new AbortController()
  const { signal } = over
  try {
    const ending = once(stream, 'close', { signal }).then(() => Promise.reject(new Error('the stream has ended')))
    await Promise.race([once(stream, 'data', { signal }), ending])
  } finally {
    over.abort()
  }
}

async function upProcess(child: ReturnType<typeof spawn>): Promise<UpProcess> {
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('the process has no pipes')
  const complaints: string[] = []
  stderr.setEncoding('utf8').on('data', (part: string) => void complaints.push(part))
  const ended = once(child, 'close').then(() => child.exitCode)
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const next = async (type: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const { done, value } = await lines.next()
      if (done) throw new Error(`it ended before it said "${type}": ${complaints.join('')}`)
      const line: Record<string, unknown> = JSON.parse(value)
      if (line.type === type) return line
    }
  }
  // The protocol of `up --json`, which this test is about.
  const facts = (await next('up')) as unknown as UpLine
  return {
    child,
    facts,
    next,
    ended,
    async complained(wanted) {
      while (!complaints.join('').includes(wanted)) await moreOf(stderr)
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
