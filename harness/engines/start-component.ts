import type { EventStream } from '../context/events.ts'
import type { Json, JsonObject } from '../context/json.ts'
import type { Realness } from '../context/realness.ts'
import type { AnyComponentKind } from '../host/component.ts'
import { type ComponentSpec, type Landscape, staysDown } from '../landscape/landscape.ts'
import { provisionsFor } from './provisions.ts'

/** What starting a component asks of the hosts of a run. */
export interface StartingHosts {
  isRunning(host: string, kind: string): boolean
  call(host: string, kind: string, action: string, input: JsonObject): Promise<Json>
  start(host: string, kind: string): Promise<Realness>
}

export interface ComponentStarter {
  readonly landscape: Landscape
  readonly events: EventStream
  readonly signal: AbortSignal
  readonly hosts: Pick<StartingHosts, 'start'>
}

/** Starts one component, unless the landscape says that it does not run. */
export async function startComponent(spec: ComponentSpec, starter: ComponentStarter): Promise<void> {
  const { host, kind } = spec
  const { landscape, events, signal, hosts } = starter
  if (staysDown(landscape, spec)) return
  signal.throwIfAborted()
  const started = performance.now()
  const realness = await hosts.start(host, kind)
  const elapsedMs = performance.now() - started
  events.emit({ type: 'component-started', at: new Date().toISOString(), host, kind, elapsedMs, ...realness })
}

export interface Preparation {
  readonly landscape: Landscape
  readonly kinds: ReadonlyMap<string, AnyComponentKind>
  readonly hosts: Pick<StartingHosts, 'isRunning' | 'call'>
}

/**
 * What the administrator prepares at the components that one refers to, by the settings that the landscape gives it. At each of
 * these one thing after the other: two servers that share a database both look whether it is there before they make it.
 */
export function preparing({ landscape, kinds, hosts }: Preparation): (component: ComponentSpec) => Promise<void> {
  const turns = new Map<string, Promise<unknown>>()

  function inTurn(host: string, kind: string, action: string, input: JsonObject): Promise<unknown> {
    const place = `${host}.${kind}`
    const turn = (turns.get(place) ?? Promise.resolve()).then(() => hosts.call(host, kind, action, input))
    // Who asked gets the failure; what comes next is done all the same.
    turns.set(
      place,
      turn.catch(() => undefined),
    )
    return turn
  }

  return async (component) => {
    for (const { host, kind, action, input } of provisionsFor(component, landscape, kinds)) {
      if (hosts.isRunning(host, kind)) await inTurn(host, kind, action, input)
    }
  }
}
