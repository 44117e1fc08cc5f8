import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { Application } from '../product/application.ts'
import { StartRefused } from '../product/start-refused.ts'

export type ProcessState = 'running' | 'failed' | 'stopped'

/** The product's process, one after the other, as whoever hosts it starts and ends them. */
export class ServerProcess implements AsyncDisposable {
  readonly #host: ComponentHost
  readonly #run: () => Promise<Application>
  #application: Application | undefined
  #refusal: StartRefused | undefined
  #starting: Promise<void> | undefined
  #starts = 0
  #disposed = false

  constructor(host: ComponentHost, run: () => Promise<Application>) {
    this.#host = host
    this.#run = run
  }

  get state(): ProcessState {
    if (this.#application) return 'running'
    return this.#refusal ? 'failed' : 'stopped'
  }

  get application(): Application | undefined {
    return this.#application
  }

  /** Why the last start came to nothing. */
  get refusal(): StartRefused | undefined {
    return this.#refusal
  }

  /** How many times a process has been started. */
  get starts(): number {
    return this.#starts
  }

  /** Starts the process unless it runs or has failed; who asks meanwhile waits for the same start. */
  async start(): Promise<Application | undefined> {
    if (this.state !== 'stopped') return this.#application
    this.#starting ??= this.#startOne().finally(() => {
      this.#starting = undefined
    })
    await this.#starting
    return this.#application
  }

  /** Starts a new process, then ends the old one: what IIS calls an overlapped recycle. */
  async replace(why: string): Promise<void> {
    await this.#starting
    const old = this.#application
    this.#starting = this.#startOne().finally(() => {
      this.#starting = undefined
    })
    await this.#starting
    await old?.[Symbol.asyncDispose]()
    if (old) this.#host.journal('process-ended', { why })
  }

  async stop(why: string): Promise<void> {
    await this.#starting
    const old = this.#application
    this.#application = undefined
    this.#refusal = undefined
    await old?.[Symbol.asyncDispose]()
    if (old) this.#host.journal('process-ended', { why })
  }

  async #startOne(): Promise<void> {
    if (this.#disposed) return
    this.#starts += 1
    try {
      this.#application = await this.#run()
      this.#refusal = undefined
      this.#host.journal('process-started', { starts: this.#starts })
    } catch (error) {
      if (!(error instanceof StartRefused)) throw error
      this.#application = undefined
      this.#refusal = error
      this.#host.journal('start-refused', { code: error.code, text: error.message })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    // A start that fails is known to who asked for it.
    await this.#starting?.catch(() => undefined)
    await this.#application?.[Symbol.asyncDispose]()
    this.#application = undefined
  }
}
