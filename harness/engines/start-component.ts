import type { EventStream } from '../context/events.ts'
import type { Json, JsonObject } from '../context/json.ts'
import type { AnyComponentKind } from '../host/component.ts'
import type { ComponentSpec, Landscape } from '../landscape/landscape.ts'

/** What starting a component asks of the hosts of a run. */
export interface StartingHosts {
  isRunning(host: string, kind: string): boolean
  call(host: string, kind: string, action: string, input: JsonObject): Promise<Json>
  start(host: string, kind: string): Promise<void>
}

export interface ComponentStarter {
  readonly landscape: Landscape
  readonly kinds: ReadonlyMap<string, AnyComponentKind>
  readonly events: EventStream
  readonly signal: AbortSignal
  readonly hosts: StartingHosts
}

/** Starts one component after what it needs at others has been provided, unless the landscape says that it does not run. */
export async function startComponent(spec: ComponentSpec, starter: ComponentStarter): Promise<void> {
  const { host, kind } = spec
  const { landscape, events, signal, hosts } = starter
  if (landscape.faults.some((fault) => fault.fault === 'stop' && fault.at === `${host}.${kind}`)) return
  signal.throwIfAborted()
  const started = performance.now()
  await provide(spec, starter)
  await hosts.start(host, kind)
  const elapsedMs = performance.now() - started
  events.emit({ type: 'component-started', at: new Date().toISOString(), host, kind, elapsedMs, real: false })
}

/** What the administrator prepares at the components that this one refers to. */
async function provide(
  { host, kind: name, settings, references }: ComponentSpec,
  starter: ComponentStarter,
): Promise<void> {
  const { landscape, kinds, hosts } = starter
  const kind = kinds.get(name)
  const fqdn = landscape.hosts.find((candidate) => candidate.name === host)?.fqdn ?? host
  // The settings were parsed by this kind's own schema when the landscape was resolved.
  for (const { reference, action, input } of kind?.provisions?.(settings as never, { name: host, fqdn }) ?? []) {
    const target = kind?.references[reference]?.kind
    for (const other of references[reference] ?? []) {
      if (target !== undefined && hosts.isRunning(other, target)) await hosts.call(other, target, action, input)
    }
  }
}
