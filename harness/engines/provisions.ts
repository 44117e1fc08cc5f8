import type { JsonObject } from '../context/json.ts'
import type { AnyComponentKind } from '../host/component.ts'
import { type ComponentSpec, type Landscape, staysDown } from '../landscape/landscape.ts'

/** What the administrator does at a component for another one that is to start. */
export interface Provisioning {
  readonly host: string
  readonly kind: string
  readonly action: string
  readonly input: JsonObject
}

type Kinds = ReadonlyMap<string, AnyComponentKind>

/** What must be done before a component starts, in this order, by the settings that the landscape gives it. */
export function provisionsFor(component: ComponentSpec, landscape: Landscape, kinds: Kinds): readonly Provisioning[] {
  const { host, settings, references } = component
  const kind = kinds.get(component.kind)
  const fqdn = landscape.hosts.find((candidate) => candidate.name === host)?.fqdn ?? host
  // The settings were parsed by this kind's own schema when the landscape was resolved.
  const wanted = kind?.provisions?.(settings as never, { name: host, fqdn }) ?? []
  return wanted.flatMap(({ reference, action, input }) => {
    const target = kind?.references[reference]?.kind
    if (target === undefined) return []
    return (references[reference] ?? []).map((other) => ({ host: other, kind: target, action, input }))
  })
}

/** Everything that is to be done at a component for those that come after it, in their order. */
export function provisionsAt(target: ComponentSpec, landscape: Landscape, kinds: Kinds): readonly Provisioning[] {
  const components = landscape.startOrder.flatMap(({ host, kind }) =>
    landscape.hosts
      .filter(({ name }) => name === host)
      .flatMap((found) => found.components.filter((component) => component.kind === kind)),
  )
  return components
    .filter((component) => !staysDown(landscape, component))
    .flatMap((component) => provisionsFor(component, landscape, kinds))
    .filter(({ host, kind }) => host === target.host && kind === target.kind)
}
