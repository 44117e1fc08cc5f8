interface Attempts {
  count: number
  lockedUntil: number
  lastAt: number
}

const MAX_CLIENTS = 10_000

/**
 * Brute force: a client that asks for user names that do not exist is locked for a while; with a name that exists it
 * is the user who is locked (facts, section 6.1, item 11).
 */
export class ClientLock {
  readonly #clients = new Map<string, Attempts>()
  readonly #limit: number
  readonly #lockedMs: number
  readonly #now: () => Date

  constructor(options: { readonly limit: number; readonly lockedMs: number; readonly now: () => Date }) {
    this.#limit = options.limit
    this.#lockedMs = options.lockedMs
    this.#now = options.now
  }

  isLocked(client: string): boolean {
    const found = this.#clients.get(client)
    return found !== undefined && found.lockedUntil > this.#now().getTime()
  }

  /** Counts an unknown user name; true when the client is locked from now on. */
  countUnknown(client: string): boolean {
    const now = this.#now().getTime()
    const known = this.#clients.get(client)
    const current = known && now - known.lastAt < this.#lockedMs ? known : { count: 0, lockedUntil: 0, lastAt: now }
    current.count += 1
    current.lastAt = now
    if (current.count >= this.#limit) {
      current.lockedUntil = now + this.#lockedMs
      current.count = 0
    }
    this.#clients.delete(client)
    this.#clients.set(client, current)
    const [oldest] = this.#clients.keys()
    if (this.#clients.size > MAX_CLIENTS && oldest !== undefined) this.#clients.delete(oldest)
    return current.lockedUntil > now
  }

  /** A login that went well. */
  forget(client: string): void {
    this.#clients.delete(client)
  }

  /** Unlocks everybody; how many were locked. */
  clear(): number {
    const now = this.#now().getTime()
    const locked = [...this.#clients.values()].filter(({ lockedUntil }) => lockedUntil > now).length
    this.#clients.clear()
    return locked
  }
}
