import type { LookupFunction } from 'node:net'
import type { Landscape } from '../../../landscape/landscape.ts'
import { lookupOver } from '../../../network/lookup.ts'
import type { SeenNameServer } from '../../../network/resolver/ask.ts'
import type { Zone } from '../../../network/zone.ts'

export interface ContainerLookupOptions {
  readonly host: string
  readonly landscape: Landscape
  readonly zone: Zone
  readonly nameServers: readonly SeenNameServer[]
  /** Where a host called so stands in the run's network. */
  addressOf(name: string): string | undefined
}

/** TCP to the limited broadcast address is "network unreachable" in every kernel: what an address outside the landscape is. */
export const NOWHERE = '255.255.255.255'

/**
 * `dns.lookup` of a host in a container: names are asked of the landscape's name servers over the run's network where it has any,
 * but for the host's own, which its hosts file has; else the host knows them all.
 */
export function containerLookup(options: ContainerLookupOptions): LookupFunction {
  const { host, landscape, zone, nameServers: servers, addressOf } = options
  const known = async (name: string) => {
    const address = addressOf(name)
    return address === undefined ? undefined : [address]
  }
  if (servers.length === 0) return lookupOver(known)
  const fqdn = landscape.hosts.find(({ name }) => name === host)?.fqdn ?? host
  const own = new Set(['localhost', host, fqdn])
  const asking = { servers, patienceMs: landscape.patienceMs, signal: new AbortController().signal }
  const places = new Set(landscape.hosts.map(({ name }) => addressOf(name)))
  const seen = (address: string): string => {
    if (places.has(address)) return address
    const there = address.startsWith('127.') ? host : zone.hostOf(address)
    return (there === undefined ? undefined : addressOf(there)) ?? NOWHERE
  }
  return lookupOver(async (written) => {
    const plain = written.toLowerCase().replace(/\.$/, '')
    if (own.has(plain)) return known(plain)
    const name = written.includes('.') ? plain : `${plain}${fqdn.slice(host.length)}`
    const { hostAddresses } = await import('../../../network/resolver/host-addresses.ts')
    const addresses = await hostAddresses(name, asking)
    // Nothing (there is no such name) and null (nobody could tell) are told apart by who asks.
    return addresses === null ? null : addresses?.map(seen)
  })
}
