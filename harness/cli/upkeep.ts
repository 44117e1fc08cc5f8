import type { RunningLandscape } from '../start-landscape.ts'

/** Keeps one landscape up, and puts another one in its place. */
export class Upkeep implements AsyncDisposable {
  #current: RunningLandscape | undefined
  readonly #start: () => Promise<RunningLandscape>

  private constructor(start: () => Promise<RunningLandscape>) {
    this.#start = start
  }

  static async start(start: () => Promise<RunningLandscape>): Promise<Upkeep> {
    const upkeep = new Upkeep(start)
    upkeep.#current = await start()
    return upkeep
  }

  /** Undefined while another one starts, and after a start that failed. */
  get current(): RunningLandscape | undefined {
    return this.#current
  }

  /** Stops the landscape and starts it anew. When that fails nothing is up until the next reload. */
  async reload(): Promise<RunningLandscape> {
    await this[Symbol.asyncDispose]()
    this.#current = await this.#start()
    return this.#current
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const current = this.#current
    this.#current = undefined
    await current?.[Symbol.asyncDispose]()
  }
}
