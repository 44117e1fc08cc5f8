import type { HostSpec, Landscape } from '../../landscape/landscape.ts'
import { zoneOf } from '../../network/zone.ts'
import { askedByPrograms, type ResolverView } from './resolver-file.ts'

export interface HostsFileView extends ResolverView {
  readonly landscape: Landscape
}

/**
 * Name → address, as every hosts file has them beside its host's own: none where a name server is asked, else all that there are.
 * The engine writes a host's own names, the full one first.
 */
export function hostsFileNames({ landscape, network }: HostsFileView): ReadonlyMap<string, string> {
  if (askedByPrograms(landscape).length > 0) return new Map()
  const zone = zoneOf(landscape)
  const hosts = landscape.hosts.map(({ name }) => name)
  return new Map(hosts.flatMap((host) => zone.namesOf(host).map((name) => [name, network.addresses[host] ?? ''])))
}

/** What follows a host's name in its full one: its site's. */
export const domainOf = ({ name, fqdn }: Pick<HostSpec, 'name' | 'fqdn'>): string => fqdn.slice(name.length + 1)
