const maxTexts = 500
const maxTextLength = 32 * 1024
const maxAllLength = 2 * 1024 * 1024

/**
 * What texts were parsed to, in two generations: when the young one is full it becomes the old one, and what nobody
 * asked for since goes. One for each instance: plans are kept by syntax node and know their database, so a store of the
 * whole process would keep databases of servers that have stopped.
 */
export class ParsedTexts<T> {
  #young = new Map<string, T>()
  #old = new Map<string, T>()
  #length = 0

  get(text: string, parse: () => T): T {
    const known = this.#young.get(text)
    if (known !== undefined) return known
    const parsed = this.#old.get(text) ?? parse()
    if (text.length > maxTextLength) return parsed
    if (this.#young.size >= maxTexts || this.#length + text.length > maxAllLength) {
      this.#old = this.#young
      this.#young = new Map()
      this.#length = 0
    }
    this.#young.set(text, parsed)
    this.#length += text.length
    return parsed
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
    this.#length = 0
  }
}
