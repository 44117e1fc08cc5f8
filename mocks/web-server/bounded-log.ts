/** The last lines of a log. */
export class BoundedLog {
  readonly #max: number
  #lines: string[] = []

  constructor(max: number) {
    this.#max = max
  }

  write(line: string): void {
    this.#lines.push(line)
    // Twice the length is kept for a while, so that a line costs no copy of all others.
    if (this.#lines.length > this.#max * 2) this.#lines = this.#lines.slice(-this.#max)
  }

  last(count: number): string[] {
    return this.#lines.slice(-Math.min(count, this.#max))
  }
}
