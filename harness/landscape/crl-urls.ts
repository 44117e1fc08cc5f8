import type { KindDescription } from './kind.ts'
import type { ComponentSpec, CrlUrls } from './landscape.ts'

/** Where a distribution point has each authority's list; AD CS publishes in CertEnroll. */
export const CRL_PATHS: CrlUrls = { root: '/CertEnroll/root-ca.crl', intermediate: '/CertEnroll/issuing-ca.crl' }

/** The places that certificates name: at the first component that serves revocation lists. */
export function crlUrlsAmong(
  components: readonly ComponentSpec[],
  kinds: readonly KindDescription[],
  fqdnOf: (host: string) => string,
): CrlUrls | undefined {
  const serving = new Map(kinds.map(({ kind, revocationLists }) => [kind, revocationLists]))
  for (const { host, kind, listens } of components) {
    const id = serving.get(kind)
    const listen = listens.find((candidate) => id !== undefined && candidate.id === id)
    if (!listen) continue
    const base = `http://${fqdnOf(host)}${listen.port === 80 ? '' : `:${listen.port}`}`
    return { root: `${base}${CRL_PATHS.root}`, intermediate: `${base}${CRL_PATHS.intermediate}` }
  }
  return undefined
}
