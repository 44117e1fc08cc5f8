/** The origin of a URL (RFC 6454 section 4): scheme, host in lower case, port where it is not the scheme's; undefined for none. */
export function originOf(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined
  return url.origin
}

/** The CORS list: an `Origin` must be in it, with the same scheme, host and port. How the product compares is not documented. */
export class AllowedOrigins {
  readonly #origins: Set<string>

  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins.flatMap((origin) => originOf(origin) ?? []))
  }

  /** Whether the list has changed; undefined when the text is no origin. */
  add(text: string): boolean | undefined {
    const origin = originOf(text)
    if (origin === undefined) return undefined
    const isNew = !this.#origins.has(origin)
    this.#origins.add(origin)
    return isNew
  }

  remove(text: string): boolean {
    return this.#origins.delete(originOf(text) ?? text)
  }

  /** A request without an `Origin` comes from no browser, and passes. */
  allows(origin: string | undefined): boolean {
    return origin === undefined || this.#origins.has(originOf(origin) ?? origin)
  }

  list(): string[] {
    return [...this.#origins].sort()
  }
}
