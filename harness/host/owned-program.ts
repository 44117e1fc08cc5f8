import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { codeOf, HarnessError, messageOf } from '../context/error.ts'

export interface ProgramSpec {
  /** As errors name it. */
  readonly name: string
  readonly path: string
  readonly args: readonly string[]
  /** How long it may take to end by itself; five seconds when nothing is said. */
  readonly stopMs?: number
  readonly env?: Readonly<Record<string, string>>
}

const LAST_LINES = 15
const MAX_LINE = 2_000
const STOP_MS = 5_000

/**
 * A program that somebody owns, with every process that it starts: what it wrote last is kept, what it leaves behind when it
 * ends is ended too, and disposing it leaves no process.
 */
export class OwnedProgram implements AsyncDisposable {
  readonly #name: string
  readonly #child: ChildProcess
  readonly #stopMs: number
  readonly #lines: string[] = []
  /** How it ended, in words. Never rejects. */
  readonly ended: Promise<string>
  #gone = false

  constructor({ name, path, args, env = {}, stopMs = STOP_MS }: ProgramSpec) {
    this.#name = name
    this.#stopMs = stopMs
    this.#child = spawn(path, args, {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own.
      detached: true,
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#keep(line))
    }
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#gone = true
        resolve(`could not be started: ${messageOf(error)}`)
      })
      this.#child.once('exit', () => this.#endGroup())
      // What it wrote has been read by then.
      this.#child.once('close', (code, signal) => {
        this.#gone = true
        resolve(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`)
      })
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get isGone(): boolean {
    return this.#gone
  }

  /** What it wrote last, on either channel. */
  lastLines(): readonly string[] {
    return this.#lines
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.#gone) this.#child.kill(signal)
  }

  /** The error of who needed it and finds it gone. */
  failure(how: string, said: readonly string[] = this.#lines): HarnessError {
    const lines = said.length === 0 ? '' : `; the last that it wrote:\n${said.slice(-LAST_LINES).join('\n')}`
    return new HarnessError('start-failed', `${this.#name} ${how}${lines}`)
  }

  /** Asks it to end, and ends it where it does not in time. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGTERM')
    const late = setTimeout(() => this.signal('SIGKILL'), this.#stopMs)
    await this.ended
    clearTimeout(late)
  }

  #endGroup(): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch (error) {
      // Nobody was left, as it should be.
      if (codeOf(error) !== 'ESRCH') throw error
    }
  }

  #keep(line: string): void {
    this.#lines.push(line.slice(0, MAX_LINE))
    if (this.#lines.length > LAST_LINES) this.#lines.shift()
  }
}
