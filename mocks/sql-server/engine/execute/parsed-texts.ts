const maxTexts = 1000
const maxTextLength = 32 * 1024
const maxAllLength = 4 * 1024 * 1024

/**
 * What texts were parsed to, the least recently used forgotten first. One for each instance: plans are kept by syntax
 * node and know their database, so a store of the whole process would keep databases of servers that have stopped.
 */
export class ParsedTexts<T> {
  readonly #parsed = new Map<string, T>()
  #length = 0

  get(text: string, parse: () => T): T {
    const known = this.#parsed.get(text)
    if (known !== undefined) {
      this.#parsed.delete(text)
      this.#parsed.set(text, known)
      return known
    }
    const parsed = parse()
    if (text.length > maxTextLength) return parsed
    this.#parsed.set(text, parsed)
    this.#length += text.length
    for (const [oldest] of this.#parsed) {
      if (this.#parsed.size <= maxTexts && this.#length <= maxAllLength) break
      this.#parsed.delete(oldest)
      this.#length -= oldest.length
    }
    return parsed
  }

  clear(): void {
    this.#parsed.clear()
    this.#length = 0
  }
}
