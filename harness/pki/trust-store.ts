import { certificatesIn, pemOf } from './pem.ts'

/**
 * The roots that a host trusts. It lives: TLS clients read `pem` at every connection, so that what is added or removed
 * counts from the next one on. An empty list trusts nobody (Node takes `ca: []` so).
 */
export interface TrustStore {
  readonly pem: readonly string[]
  /** Adds every certificate of a PEM text; one that is there already changes nothing. */
  add(pem: string): void
  remove(pem: string): void
  /** Whether every certificate of the text is trusted. */
  has(pem: string): boolean
  /** All in one PEM text, for a CA file. */
  bundle(): string
}

/** A trust store that begins with these; a text may hold several certificates. */
export function trustStore(initial: readonly string[]): TrustStore {
  const trusted = new Map<string, string>()
  let pem: readonly string[] = []
  const changed = () => {
    pem = Object.freeze([...trusted.values()])
  }
  const store: TrustStore = {
    get pem() {
      return pem
    },
    add(text) {
      for (const certificate of certificatesIn(text)) trusted.set(certificate.fingerprint256, pemOf(certificate))
      changed()
    },
    remove(text) {
      for (const certificate of certificatesIn(text)) trusted.delete(certificate.fingerprint256)
      changed()
    },
    has: (text) => certificatesIn(text).every((certificate) => trusted.has(certificate.fingerprint256)),
    bundle: () => pem.join(''),
  }
  for (const text of initial) store.add(text)
  return store
}
