import type { ReferenceTable } from '../../../landscape/kind.ts'
import type { Landscape } from '../../../landscape/landscape.ts'
import { orderedComponents } from '../../dependency-order.ts'

/**
 * Host → the hosts that stand before it, because a component of it stands on one of theirs. Where two hosts each stand on
 * the other, neither is named: their components wait for one another, one by one.
 */
export function hostsBefore(
  landscape: Landscape,
  kinds: ReadonlyMap<string, { readonly references: ReferenceTable }>,
): ReadonlyMap<string, readonly string[]> {
  const components = orderedComponents(landscape, kinds)
  const hostOf = new Map(components.map(({ key, spec }) => [key, spec.host]))
  const before = new Map(landscape.hosts.map(({ name }) => [name, new Set<string>()]))
  for (const { spec, after } of components) {
    for (const key of after) {
      const other = hostOf.get(key)
      if (other !== undefined && other !== spec.host) before.get(spec.host)?.add(other)
    }
  }
  const leadsTo = (from: string, to: string): boolean => reached(before, from).has(to)
  return new Map(
    [...before].map(([host, others]) => [host, [...others].filter((other) => !leadsTo(other, host)).sort()]),
  )
}

function reached(before: ReadonlyMap<string, ReadonlySet<string>>, from: string): ReadonlySet<string> {
  const seen = new Set<string>()
  const open = [from]
  for (let host = open.pop(); host !== undefined; host = open.pop()) {
    for (const other of before.get(host) ?? []) {
      if (seen.has(other)) continue
      seen.add(other)
      open.push(other)
    }
  }
  return seen
}
