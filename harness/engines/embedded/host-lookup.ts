import type { LookupFunction } from 'node:net'
import { type Landscape, OPERATOR } from '../../landscape/landscape.ts'
import { lookupOver } from '../../network/lookup.ts'
import type { SeenNameServer } from '../../network/resolver/ask.ts'
import type { AddressPlan } from './address-plan.ts'
import type { Switchboard } from './switchboard.ts'

export interface HostLookupOptions {
  readonly host: string
  readonly landscape: Landscape
  readonly plan: AddressPlan
  readonly switchboard: Switchboard
  /** The host that a name means, as every host knows it that asks no name server. */
  readonly hostOf: (name: string) => string | undefined
  /** Ends what is being looked up. */
  readonly signal: AbortSignal
}

/** TCP to the limited broadcast address is "network unreachable" in every kernel: what an address outside the landscape is. */
export const NOWHERE = '255.255.255.255'

/**
 * `dns.lookup` of a host. Where the landscape has a name server, names are asked of it over the simulated network, but for the host's own,
 * which its hosts file has; the operator, and hosts of a landscape without one, know all names by themselves.
 */
export function hostLookup(options: HostLookupOptions): LookupFunction {
  const { host, landscape, plan, switchboard, hostOf, signal } = options
  const known = async (name: string) => {
    const to = hostOf(name)
    if (to === undefined) return undefined
    await switchboard.ensure(host, to)
    return [plan.addressFor(host, to)]
  }
  const servers = seenNameServers(options)
  if (servers.length === 0 || host === OPERATOR) return lookupOver(known)

  const fqdn = landscape.hosts.find(({ name }) => name === host)?.fqdn ?? host
  const domain = fqdn.slice(host.length)
  const own = new Set(['localhost', host, fqdn])
  const asking = { servers, patienceMs: landscape.patienceMs, signal }
  return lookupOver(async (written) => {
    const plain = written.toLowerCase().replace(/\.$/, '')
    if (own.has(plain)) return known(plain)
    const name = written.includes('.') ? plain : `${plain}${domain}`
    const { hostAddresses } = await import('../../network/resolver/host-addresses.ts')
    const addresses = await hostAddresses(name, asking)
    return addresses && Promise.all(addresses.map((address) => seen(address, options)))
  })
}

export function seenNameServers({ host, landscape, plan }: HostLookupOptions): readonly SeenNameServer[] {
  return landscape.nameServers.map(({ host: server, port }) => ({
    host: server,
    endpoint: (protocol) => plan.endpointFor(host, server, port, protocol),
    localAddress: plan.localAddressFor(host, server),
  }))
}

/** Where an address of an answer is on this machine; never outside of it. */
async function seen(address: string, { host, plan, switchboard }: HostLookupOptions): Promise<string> {
  const to = plan.hostAt(host, address)
  if (to !== undefined) {
    await switchboard.ensure(host, to)
    return address
  }
  return address.startsWith('127.') ? plan.addressFor(host, host) : NOWHERE
}
