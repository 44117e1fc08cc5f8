import type { z } from 'zod'
import type { JournalEntry } from '../../harness/context/events.ts'
import type { Json } from '../../harness/context/json.ts'
import type {
  ActionTable,
  ComponentKind,
  ReferredComponent,
  ReferredComponents,
  RunningComponent,
} from '../../harness/host/component.ts'
import type { ComponentHost } from '../../harness/host/component-host.ts'
import type { ReferenceTable } from '../../harness/landscape/kind.ts'
import { type HostDouble, hostDouble } from './host-double.ts'
import { type LandscapeDouble, type LandscapeDoubleOptions, landscapeDouble } from './landscape-double.ts'

export interface StartOptions {
  readonly settings?: Record<string, unknown>
  /** Reference name → host names; each must have been started before. */
  readonly references?: Readonly<Record<string, string | readonly string[]>>
}

/** A component started on a host double, with what a test wants of it. */
export interface StartedDouble extends AsyncDisposable {
  readonly host: ComponentHost
  readonly journal: readonly JournalEntry[]
  /** Where a listen of the kind is really reached. */
  endpoint(listenId: string): { readonly address: string; readonly port: number }
  /** Calls an action, input and output checked as the host runtime does. */
  call(action: string, input?: Record<string, unknown>): Promise<Json>
}

/** A handful of hosts on loopback, each with an address of its own: enough of the engine to test one mock. */
export interface ComponentHostDoubles extends AsyncDisposable {
  readonly landscape: LandscapeDouble
  /** A host that only asks. */
  host(name: string): HostDouble
  start<S extends z.ZodObject, R extends ReferenceTable, A extends ActionTable>(
    host: string,
    kind: ComponentKind<S, R, A>,
    options?: StartOptions,
  ): Promise<StartedDouble>
}

interface Started {
  readonly referred: ReferredComponent
  call(action: string, input: Record<string, unknown>): Promise<Json>
}

export async function componentHostDoubles(options: LandscapeDoubleOptions = {}): Promise<ComponentHostDoubles> {
  await using starting = new AsyncDisposableStack()
  const landscape = starting.use(await landscapeDouble(options))
  const hosts = new Map<string, HostDouble>()
  const started = new Map<string, Started>()
  const owned = starting.move()

  const host = (name: string): HostDouble => {
    const known = hosts.get(name)
    if (known) return known
    const fresh = owned.use(hostDouble(landscape, name))
    hosts.set(name, fresh)
    return fresh
  }

  const referredTo = (table: ReferenceTable, given: StartOptions['references']): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(table).map(([name, declaration]) => {
        const names = [given?.[name] ?? []].flat()
        const components = names.map((target) => {
          const found = started.get(`${target}/${declaration.kind}`)
          if (!found) throw new Error(`${declaration.kind} has not been started on ${target}`)
          return found.referred
        })
        return [name, declaration.many ? components : components[0]]
      }),
    )

  return {
    landscape,
    host,
    async start(hostName, kind, { settings: given = {}, references } = {}) {
      const on = host(hostName)
      const settings = kind.settings.parse(given)
      const listens = kind.listens(settings)
      for (const provision of kind.provisions?.(settings, { name: hostName, fqdn: on.host.fqdn }) ?? []) {
        const declaration = kind.references[provision.reference]
        for (const target of [references?.[provision.reference] ?? []].flat()) {
          await started.get(`${target}/${declaration?.kind}`)?.call(provision.action, provision.input)
        }
      }
      const stopping = new AbortController()
      const componentHost = on.componentHost(kind.kind, listens, stopping.signal)
      const running: RunningComponent = await kind.start({
        host: componentHost,
        settings,
        // The table tells the shape that the kind's own types promise.
        references: referredTo(kind.references, references) as ReferredComponents<typeof kind.references>,
      })
      const call = async (action: string, input: Record<string, unknown> = {}): Promise<Json> => {
        const declaration = kind.actions[action]
        const handler = running.actions[action]
        if (!declaration || !handler) throw new Error(`${kind.kind} has no action ${action}`)
        const answer = await handler(declaration.input.parse(input), AbortSignal.timeout(10_000))
        // What an action gives is declared as JSON.
        return declaration.output.parse(answer) as Json
      }
      started.set(`${hostName}/${kind.kind}`, {
        call,
        referred: {
          host: hostName,
          fqdn: on.host.fqdn,
          address: on.host.address,
          kind: kind.kind,
          // Settings are JSON by the kind's schema.
          settings: settings as ReferredComponent['settings'],
          listens,
        },
      })
      let stopped: Promise<void> | undefined
      const stop = (): Promise<void> => {
        stopping.abort()
        stopped ??= Promise.resolve(running[Symbol.asyncDispose]())
        return stopped
      }
      owned.defer(stop)
      return {
        host: componentHost,
        journal: on.journal,
        call,
        endpoint(listenId) {
          const listen = listens.find(({ id }) => id === listenId)
          if (!listen) throw new Error(`${kind.kind} has no listen ${listenId}`)
          return landscape.seen(hostName, listen.port)
        },
        [Symbol.asyncDispose]: stop,
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
