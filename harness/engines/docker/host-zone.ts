import type { HostZone, NamedHost } from '../../host/host-place.ts'

/** The organisation's zone over addresses that an engine gives. */
export const hostZone = (
  hosts: readonly NamedHost[],
  addressFor: (asker: string, host: string) => string,
): HostZone => ({
  hosts,
  addressFor,
  hostAt(asker, address) {
    const modelled = hosts.find((host) => host.address === address)
    const there = hosts.filter(({ name }) => addressFor(asker, name) === address)
    // Where hosts share one address, it names none of them.
    return modelled?.name ?? (there.length === 1 ? there[0]?.name : undefined)
  },
})
