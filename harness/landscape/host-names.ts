import { OPERATOR } from './landscape.ts'
import type { Problem } from './problem.ts'
import type { CheckedSpec } from './schema.ts'

export interface HostNames {
  readonly fqdn: string
  /** Further names; one that is written without a dot is followed by itself in the landscape's domain. */
  readonly aliases: readonly string[]
}

/** Every host's names, and a problem for each that two of them claim. */
export function hostNames(spec: CheckedSpec, problems: Problem[]): ReadonlyMap<string, HostNames> {
  const owners = new Map<string, string>()
  const names = new Map<string, HostNames>()
  const inDomain = (name: string) => (name.includes('.') ? name : `${name}.${spec.domain}`)
  for (const name of Object.keys(spec.hosts)) {
    if (name === OPERATOR) {
      problems.push({
        path: ['hosts', name],
        part: 'key',
        text: `"${OPERATOR}" is the person at the keyboard; rename it`,
      })
    }
    owners.set(inDomain(name), name)
  }
  for (const [name, host] of Object.entries(spec.hosts)) {
    const aliases = host?.aliases ?? []
    for (const [index, alias] of aliases.entries()) {
      const owner = owners.get(inDomain(alias))
      const text = `the name "${alias}" is taken by host "${owner}"`
      if (owner !== undefined) problems.push({ path: ['hosts', name, 'aliases', index], part: 'value', text })
      owners.set(inDomain(alias), name)
    }
    names.set(name, {
      fqdn: inDomain(name),
      aliases: [...new Set(aliases.flatMap((alias) => [alias, inDomain(alias)]))],
    })
  }
  return names
}
