import type { ComponentHost, HostLeafRequest } from '../../harness/host/component-host.ts'
import type { CertificateStores, Issued } from '../../harness/pki/index.ts'

/** Of a host, by what was asked for. */
const kept = new WeakMap<CertificateStores, Map<string, Promise<Issued>>>()

/**
 * A certificate of the landscape's PKI as the administrator installs it: once. Whoever is started again with the same wish
 * shows the same one.
 */
export function keptCertificate({ certificates }: ComponentHost, wish: HostLeafRequest): Promise<Issued> {
  const { stores, addresses, issue } = certificates
  const ofHost = kept.get(stores) ?? new Map<string, Promise<Issued>>()
  kept.set(stores, ofHost)
  // The addresses at which a host is seen become more while it runs.
  const facts = JSON.stringify([wish, addresses()])
  const issued =
    ofHost.get(facts) ??
    issue(wish).catch((error: unknown) => {
      ofHost.delete(facts)
      throw error
    })
  ofHost.set(facts, issued)
  return issued
}
