import type { ReferenceTable } from '../landscape/kind.ts'
import type { ComponentSpec, Landscape } from '../landscape/landscape.ts'

/** A component of a landscape with those that must stand before it. */
export interface OrderedComponent {
  readonly key: string
  readonly spec: ComponentSpec
  readonly after: readonly string[]
}

export const componentKey = (host: string, kind: string): string => `${host}/${kind}`

/** The landscape's components in start order, each with the keys of what it refers to and of the name servers before it. */
export function orderedComponents(
  landscape: Landscape,
  kinds: ReadonlyMap<string, { readonly references: ReferenceTable }>,
): readonly OrderedComponent[] {
  const specs = new Map(
    landscape.hosts.flatMap(({ components }) => components.map((spec) => [componentKey(spec.host, spec.kind), spec])),
  )
  const nameServers = new Set(landscape.nameServers.map(({ host, kind }) => componentKey(host, kind)))
  const asked: string[] = []
  return landscape.startOrder.flatMap(({ host, kind }) => {
    const key = componentKey(host, kind)
    const before = [...asked]
    if (nameServers.has(key)) asked.push(key)
    const spec = specs.get(key)
    if (!spec) return []
    const declared = kinds.get(kind)?.references ?? {}
    const after = Object.entries(spec.references).flatMap(([name, hosts]) => {
      const target = declared[name]?.kind
      return target === undefined ? [] : hosts.map((other) => componentKey(other, target))
    })
    return [{ key, spec, after: [...before, ...after] }]
  })
}

/** Runs `work` for each item as soon as it has succeeded for everything before it. Waits for all, then fails with the first failure. */
export async function forwards(
  components: readonly OrderedComponent[],
  work: (component: OrderedComponent) => Promise<void>,
): Promise<void> {
  const done = new Map<string, Promise<void>>()
  for (const component of components) {
    const before = component.after.flatMap((key) => done.get(key) ?? [])
    done.set(
      component.key,
      Promise.all(before).then(() => work(component)),
    )
  }
  const results = await Promise.allSettled(done.values())
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}

/** The same in reverse: each item when everything that stands on it has gone, whatever fails on the way. */
export async function backwards(
  components: readonly OrderedComponent[],
  work: (component: OrderedComponent) => Promise<void>,
): Promise<void> {
  const done = new Map<string, Promise<void>>()
  for (const component of components.toReversed()) {
    const dependents = components
      .filter(({ after }) => after.includes(component.key))
      .flatMap(({ key }) => done.get(key) ?? [])
    done.set(
      component.key,
      Promise.allSettled(dependents).then(() => work(component)),
    )
  }
  const failures = (await Promise.allSettled(done.values())).flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  )
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateError(failures, 'several components did not stop')
}
