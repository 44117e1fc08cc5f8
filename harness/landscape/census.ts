import type { LandscapeSpec } from './schema.ts'

/** Who runs what: kind → hosts, in the order of the file. */
export interface Census {
  readonly hosts: ReadonlySet<string>
  readonly hostsByKind: ReadonlyMap<string, ReadonlySet<string>>
  kindsOf(host: string): readonly string[]
}

/** Counts what the hosts of a landscape run. */
export function censusOf(spec: LandscapeSpec): Census {
  const hostsByKind = new Map<string, Set<string>>()
  const kindsByHost = new Map<string, string[]>()
  for (const [host, parts] of Object.entries(spec.hosts)) {
    const kinds = Object.entries(parts?.runs ?? {}).flatMap(([kind, data]) => (data === undefined ? [] : [kind]))
    kindsByHost.set(host, kinds)
    for (const kind of kinds) {
      const hosts = hostsByKind.get(kind) ?? new Set<string>()
      hostsByKind.set(kind, hosts.add(host))
    }
  }
  return { hosts: new Set(kindsByHost.keys()), hostsByKind, kindsOf: (host) => kindsByHost.get(host) ?? [] }
}
