import type { Landscape, NameServer } from '../../landscape/landscape.ts'

const LOOPBACK = '127.0.0.1'
const DNS_PORT = 53

export interface ResolverView {
  readonly landscape: Pick<Landscape, 'nameServers'>
  readonly network: { readonly addresses: Readonly<Record<string, string>> }
}

/** The name servers that programs of a host ask: a resolver's file has no place for a port. */
export const askedByPrograms = ({ nameServers }: Pick<Landscape, 'nameServers'>): readonly NameServer[] =>
  nameServers.filter(({ port }) => port === DNS_PORT)

/**
 * A resolver's file: names come from the landscape alone. Where it has no DNS server that programs could ask, hosts files know them all, and nobody answers.
 * A name without a dot is looked for in the host's own `domain`, as the hosts' own resolver does, and is no top-level domain (glibc's no-tld-query).
 */
export function resolverFile({ landscape, network }: ResolverView, domain: string): string {
  const addresses = askedByPrograms(landscape).map(({ host }) => network.addresses[host] ?? LOOPBACK)
  const lines = (addresses.length === 0 ? [LOOPBACK] : addresses).map((address) => `nameserver ${address}`)
  return [`search ${domain}`, ...lines, 'options timeout:1 attempts:1 no-tld-query', ''].join('\n')
}
