import { HarnessError } from '../context/error.ts'
import { type CertificateFacts, certificateFacts } from './certificate-facts.ts'

/** A certificate as a machine's store holds it. */
export interface StoredCertificate {
  /** What the product calls it: `PSR8Server`, `psrDatabaseKey`. */
  readonly name: string
  /** PEM. */
  readonly cert: string
  /** PKCS#8 PEM, where the private key was imported along. */
  readonly key?: string | undefined
  /** The leaf and its intermediates, PEM; `cert` alone when nothing is said. */
  readonly chain?: string | undefined
}

/** What may be shown of a stored certificate: never its key. */
export interface StoredCertificateFacts extends CertificateFacts {
  readonly name: string
  readonly hasPrivateKey: boolean
}

/** A machine's certificate stores, named as on Windows: `LocalMachine\My`, `LocalMachine\Root`, `CurrentUser\My`, … */
export interface CertificateStores {
  /** Puts a certificate in; one with the same thumbprint is replaced where it stands. Gives its thumbprint. */
  put(store: string, certificate: StoredCertificate): string
  /** By SHA-1 thumbprint, 40 hex digits, whatever their case; blanks between them are ignored. */
  findByThumbprint(store: string, thumbprint: string): StoredCertificate | undefined
  /** By subject as Windows shows it (`CN=app1, O=Corp`), whatever its case: the first found of several. */
  findBySubject(store: string, subject: string): StoredCertificate | undefined
  /** Whether there was one to remove. */
  remove(store: string, thumbprint: string): boolean
  list(store: string): readonly StoredCertificateFacts[]
}

interface Entry {
  readonly certificate: StoredCertificate
  readonly facts: CertificateFacts
}

const STORE_NAME = /^(?:LocalMachine|CurrentUser)\\[A-Za-z]+$/i

export function certificateStores(): CertificateStores {
  const stores = new Map<string, Map<string, Entry>>()
  const entriesOf = (store: string): Map<string, Entry> => {
    if (!STORE_NAME.test(store)) {
      const wanted = String.raw`LocalMachine\NAME or CurrentUser\NAME`
      throw new HarnessError('unknown-name', `"${store}" is no certificate store: it must be ${wanted}`)
    }
    const name = store.toLowerCase()
    const entries = stores.get(name) ?? new Map<string, Entry>()
    stores.set(name, entries)
    return entries
  }
  const digits = (thumbprint: string) => thumbprint.replace(/\s/g, '').toUpperCase()

  return {
    put(store, certificate) {
      const facts = certificateFacts(certificate.cert)
      entriesOf(store).set(facts.sha1Thumbprint, { certificate, facts })
      return facts.sha1Thumbprint
    },
    findByThumbprint: (store, thumbprint) => entriesOf(store).get(digits(thumbprint))?.certificate,
    findBySubject(store, subject) {
      const wanted = subject.toLowerCase()
      return entriesOf(store)
        .values()
        .find(({ facts }) => facts.subject.toLowerCase() === wanted)?.certificate
    },
    remove: (store, thumbprint) => entriesOf(store).delete(digits(thumbprint)),
    list: (store) =>
      [...entriesOf(store).values()].map(({ certificate, facts }) => ({
        ...facts,
        name: certificate.name,
        hasPrivateKey: certificate.key !== undefined,
      })),
  }
}
