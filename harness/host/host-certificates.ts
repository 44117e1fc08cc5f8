import { type CertificateNames, certificateStores, selfSignedCertificate } from '../pki/index.ts'
import type { HostCertificates } from './component-host.ts'
import type { HostPlace } from './host-place.ts'

/** A host's certificates: its stores, leaves made for its names and addresses, and what it hands to others. */
export function hostCertificates(place: HostPlace, now: () => Date): HostCertificates {
  const { spec, pki, keys, exported } = place
  const names = [spec.fqdn, spec.name, ...spec.aliases]
  const addresses = () => [spec.address, ...place.seenAddresses()]
  return {
    stores: certificateStores(),
    root: () => pki.root(),
    addresses,
    issue: ({ names: others = [], ...request } = {}) =>
      pki.issue({
        ...(request.authority === 'public'
          ? publicNames(others.length > 0 ? others : names.filter((name) => name.includes('.')))
          : { commonName: spec.fqdn, dnsNames: [...new Set([...names, ...others])], ipAddresses: addresses() }),
        ...request,
        now: now(),
      }),
    selfSigned: (request) =>
      selfSignedCertificate({ ...request, dnsNames: names, ipAddresses: addresses(), now: now(), keys }),
    revocationLists: () => pki.crl(now()),
    revoke: (pem) => pki.revoke(pem),
    export: (name, pem) => exported.put(spec.name, name, pem),
    exportedBy: (host, name) => exported.get(host, name),
  }
}

const publicNames = (names: readonly string[]): CertificateNames => ({
  commonName: names[0] ?? '',
  dnsNames: names,
  ipAddresses: [],
})
