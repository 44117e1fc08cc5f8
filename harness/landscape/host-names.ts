import { OPERATOR } from './landscape.ts'
import type { Problem } from './problem.ts'
import type { CheckedSpec } from './schema.ts'

export interface HostNames {
  readonly fqdn: string
  /** Further names; one that is written without a dot is followed by itself in the host's domain. */
  readonly aliases: readonly string[]
}

/** Every host's names, and a problem for each that two of them claim. */
export function hostNames(
  spec: CheckedSpec,
  problems: Problem[],
  siteOf: (host: string) => string,
): ReadonlyMap<string, HostNames> {
  const owners = new Map<string, string>()
  const names = new Map<string, HostNames>()
  const domainOf = (host: string) => spec.sites[siteOf(host)]?.domain ?? spec.domain
  const inDomain = (name: string, host: string) => (name.includes('.') ? name : `${name}.${domainOf(host)}`)
  for (const name of Object.keys(spec.hosts)) {
    if (name === OPERATOR) {
      problems.push({
        path: ['hosts', name],
        part: 'key',
        text: `"${OPERATOR}" is the person at the keyboard; rename it`,
      })
    }
    for (const known of [name, inDomain(name, name)]) owners.set(known, name)
  }
  for (const [name, host] of Object.entries(spec.hosts)) {
    const aliases = host?.aliases ?? []
    for (const [index, alias] of aliases.entries()) {
      // Short names mean the same everywhere, whatever the domain.
      const owner = owners.get(alias) ?? owners.get(inDomain(alias, name))
      const text = `the name "${alias}" is taken by host "${owner}"`
      if (owner !== undefined) problems.push({ path: ['hosts', name, 'aliases', index], part: 'value', text })
      for (const known of [alias, inDomain(alias, name)]) owners.set(known, name)
    }
    names.set(name, {
      fqdn: inDomain(name, name),
      aliases: [...new Set(aliases.flatMap((alias) => [alias, inDomain(alias, name)]))],
    })
  }
  return names
}
