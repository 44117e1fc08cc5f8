import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { HarnessError } from '../../../harness/context/error.ts'
import type { Attempt, Attempted } from './attempts.ts'
import type { ServiceIdentity } from './service-identity.ts'

const MAX_COMPLAINT = 2_000

/** A child process with a service account's rights and no others, which tries what it is told. Stopped by its signal. */
export class AccountProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #lines: AsyncIterator<string>
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>
  #complaint = ''
  #turn: Promise<unknown> = Promise.resolve()

  private constructor({ uid, gid }: ServiceIdentity, folder: string, signal: AbortSignal) {
    // The file has this one's extension: .ts from source, .js in the published package.
    const file = new URL(`./account-child${extname(new URL(import.meta.url).pathname)}`, import.meta.url)
    this.#child = spawn(process.execPath, [fileURLToPath(file), String(uid), String(gid)], {
      cwd: folder,
      // Node refuses to change users once io_uring is at work.
      env: { UV_USE_IO_URING: '0' },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const stop = () => void this.#child.kill('SIGKILL')
    signal.addEventListener('abort', stop, { once: true })
    this.ended = once(this.#child, 'close').then(
      () => signal.removeEventListener('abort', stop),
      (error: unknown) => this.#complain(String(error)),
    )
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => this.#complain(text))
    // Who is gone says so by its last line; a pipe that it left is no news.
    this.#child.stdin.on('error', (error) => this.#complain(error.message))
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    if (signal.aborted) stop()
  }

  /** Resolves when the process has the account's rights alone; rejects where the system does not let it have them. */
  static async start(identity: ServiceIdentity, folder: string, signal: AbortSignal): Promise<AccountProcess> {
    const started = new AccountProcess(identity, folder, signal)
    await started.#line()
    return started
  }

  /** Outcomes in the order of the attempts; one batch at a time. */
  try(attempts: readonly Attempt[]): Promise<readonly Attempted[]> {
    const answer = this.#turn.then(async () => {
      this.#child.stdin.write(`${JSON.stringify(attempts)}\n`)
      // The child's answer is made by this project's own code.
      return JSON.parse(await this.#line()) as readonly Attempted[]
    })
    this.#turn = answer.catch(() => undefined)
    return answer
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done !== true) return value
    await this.ended
    throw new HarnessError(
      'platform-unsupported',
      `the process of the service account ended: ${this.#complaint.trim()}`,
    )
  }

  #complain(text: string): void {
    this.#complaint = `${this.#complaint}${text}`.slice(0, MAX_COMPLAINT)
  }
}
