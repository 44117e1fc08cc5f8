/** The ERRORLOG: what the server tells its administrator and never its clients. Bounded; the oldest lines go first. */
export class ErrorLog {
  readonly #lines: string[] = []
  readonly #now: () => Date
  static readonly maxLines = 10_000

  constructor(now: () => Date) {
    this.#now = now
  }

  lines(): readonly string[] {
    return [...this.#lines]
  }

  write(source: string, text: string): void {
    const stamp = this.#now().toISOString().replace('T', ' ').slice(0, 22)
    if (this.#lines.length >= ErrorLog.maxLines) this.#lines.splice(0, ErrorLog.maxLines / 10)
    this.#lines.push(`${stamp} ${source.padEnd(11)} ${text}`)
  }

  /** An error takes two lines: its numbers, then its text. */
  error(source: string, number: number, severity: number, state: number, text: string): void {
    this.write(source, `Error: ${number}, Severity: ${severity}, State: ${state}.`)
    this.write(source, text)
  }
}
