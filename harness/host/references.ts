import { HarnessError } from '../context/error.ts'
import type { ReferenceTable } from '../landscape/kind.ts'
import type { ComponentSpec, Landscape } from '../landscape/landscape.ts'
import type { ReferredComponent } from './component.ts'

/** What a component's references point at, in the shape that its kind declares. */
export function referredComponents(
  landscape: Landscape,
  component: ComponentSpec,
  declared: ReferenceTable,
): Readonly<Record<string, ReferredComponent | readonly ReferredComponent[] | undefined>> {
  return Object.fromEntries(
    Object.entries(declared).map(([name, declaration]) => {
      const found = (component.references[name] ?? []).map((host) => referred(landscape, host, declaration.kind))
      return [name, declaration.many ? found : found[0]]
    }),
  )
}

function referred(landscape: Landscape, hostName: string, kind: string): ReferredComponent {
  const host = landscape.hosts.find((candidate) => candidate.name === hostName)
  const component = host?.components.find((candidate) => candidate.kind === kind)
  if (!host || !component)
    throw new HarnessError('internal', `no ${kind} on ${hostName}: references are resolved before`)
  const { settings, listens } = component
  return { host: host.name, fqdn: host.fqdn, address: host.address, kind, settings, listens }
}
