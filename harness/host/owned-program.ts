import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { HarnessError, messageOf } from '../context/error.ts'

export interface ProgramSpec {
  /** As errors name it. */
  readonly name: string
  readonly path: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const LAST_LINES = 15
const MAX_LINE = 2_000
const STOP_MS = 5_000

/** A program that somebody owns: what it wrote last is kept, and disposing it leaves no process. */
export class OwnedProgram implements AsyncDisposable {
  readonly #name: string
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  /** How it ended, in words. Never rejects. */
  readonly ended: Promise<string>
  #gone = false

  constructor({ name, path, args, env = {} }: ProgramSpec) {
    this.#name = name
    this.#child = spawn(path, args, {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#keep(line))
    }
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#gone = true
        resolve(`could not be started: ${messageOf(error)}`)
      })
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

  /** Asks it to end, and ends it where it does not within five seconds. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGTERM')
    const late = setTimeout(() => this.signal('SIGKILL'), STOP_MS)
    await this.ended
    clearTimeout(late)
  }

  #keep(line: string): void {
    this.#lines.push(line.slice(0, MAX_LINE))
    if (this.#lines.length > LAST_LINES) this.#lines.shift()
  }
}
