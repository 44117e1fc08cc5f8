import type { ByteSource } from '../tds/byte-source.ts'

/** How much may wait for its reader before the client is held back. */
const highWaterBytes = 1024 * 1024

/** The client's side of the socket. */
export interface Inflow {
  pause(): void
  resume(): void
}

/** The packets of one message between the socket and the statement that reads them; bounded, as the socket waits. */
export class RequestStream implements ByteSource {
  readonly #inflow: Inflow
  #chunks: Buffer[] = []
  #bytes = 0
  #ended = false
  #ignored = false
  #paused = false
  #waiting: (() => void) | undefined

  constructor(inflow: Inflow) {
    this.#inflow = inflow
  }

  get ignored(): boolean {
    return this.#ignored
  }

  push(chunk: Buffer): void {
    if (this.#ended || chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes > highWaterBytes && !this.#paused) {
      this.#paused = true
      this.#inflow.pause()
    }
    this.#wake()
  }

  end(ignored: boolean): void {
    this.#ended = true
    this.#ignored ||= ignored
    this.#wake()
  }

  async read(): Promise<Buffer | undefined> {
    while (this.#bytes === 0) {
      if (this.#ended) return undefined
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting = resolve
      await promise
    }
    const [only] = this.#chunks
    const bytes = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks)
    this.#chunks = []
    this.#bytes = 0
    this.#flow()
    return bytes
  }

  /** Reads to the end: an answer may only begin when the client has said everything. */
  async drain(): Promise<void> {
    while ((await this.read()) !== undefined);
  }

  #flow(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#inflow.resume()
  }

  #wake(): void {
    this.#waiting?.()
    this.#waiting = undefined
  }
}
