import { closeSync, ftruncateSync, openSync, readSync, watch } from 'node:fs'

const CHUNK_BYTES = 65_536
const MAX_LINE = 16_384
/** What has been read is thrown away beyond this. The program appends, so that nothing else notices. */
const MAX_FILE_BYTES = 8 * 1024 * 1024

/** Follows a log file that another program writes, line by line from where it is now. */
export class LogTail implements Disposable {
  readonly #file: number
  readonly #onLine: (line: string) => void
  readonly #watcher: Disposable
  readonly #buffer = Buffer.alloc(CHUNK_BYTES)
  #offset = 0
  #rest = ''
  #closed = false

  /** Makes the file, or empties it. */
  constructor(path: string, onLine: (line: string) => void) {
    this.#file = openSync(path, 'w+', 0o640)
    this.#onLine = onLine
    const watcher = watch(path, { persistent: false }, () => this.drain())
    this.#watcher = { [Symbol.dispose]: () => watcher.close() }
  }

  /** Reads what has been written until now. */
  drain(): void {
    if (this.#closed) return
    for (;;) {
      const count = readSync(this.#file, this.#buffer, 0, CHUNK_BYTES, this.#offset)
      if (count === 0) break
      this.#offset += count
      const lines = (this.#rest + this.#buffer.toString('latin1', 0, count)).split('\n')
      this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE)
      for (const line of lines) this.#onLine(line.slice(0, MAX_LINE))
    }
    if (this.#offset < MAX_FILE_BYTES) return
    ftruncateSync(this.#file)
    this.#offset = 0
  }

  [Symbol.dispose](): void {
    if (this.#closed) return
    this.drain()
    this.#closed = true
    this.#watcher[Symbol.dispose]()
    closeSync(this.#file)
  }
}
