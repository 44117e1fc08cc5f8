import type { RunningLandscape } from '../start-landscape.ts'

/** Keeps one landscape up, and puts another one in its place. */
export class Upkeep implements AsyncDisposable {
  #current: RunningLandscape | undefined
  #starting: Promise<RunningLandscape> | undefined
  readonly #start: () => Promise<RunningLandscape>

  constructor(start: () => Promise<RunningLandscape>) {
    this.#start = start
  }

  static async start(start: () => Promise<RunningLandscape>): Promise<Upkeep> {
    const upkeep = new Upkeep(start)
    await upkeep.reload()
    return upkeep
  }

  /** Undefined before the first start and while another one starts, and after a start that failed. */
  get current(): RunningLandscape | undefined {
    return this.#current
  }

  /** The landscape that is up, or the one that is starting when it is; fails when that start does. */
  get coming(): Promise<RunningLandscape> | RunningLandscape | undefined {
    return this.#starting ?? this.#current
  }

  /** Stops the landscape, if one is up, and starts it anew. When that fails nothing is up until the next reload. */
  async reload(): Promise<RunningLandscape> {
    this.#starting = this.#replaced()
    try {
      return await this.#starting
    } finally {
      this.#starting = undefined
    }
  }

  async #replaced(): Promise<RunningLandscape> {
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
