import type { Landscape } from '../landscape/landscape.ts'

/** Which host a name or a model's address means; names in any case. */
export interface Zone {
  hostOf(nameOrAddress: string): string | undefined
  /** Every name of a host, the full one first. */
  namesOf(host: string): readonly string[]
}

export function zoneOf(landscape: Landscape): Zone {
  const hosts = new Map<string, string>()
  const names = new Map<string, readonly string[]>()
  for (const host of landscape.hosts) {
    const own = [host.fqdn, host.name, ...host.aliases]
    names.set(host.name, own)
    for (const name of [...own, host.address]) hosts.set(name.toLowerCase(), host.name)
  }
  return {
    hostOf: (name) => hosts.get(name.toLowerCase().replace(/\.$/, '')),
    namesOf: (host) => names.get(host) ?? [],
  }
}
