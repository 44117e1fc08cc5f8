import { randomBytes } from 'node:crypto'
import { HarnessError } from './context/error.ts'
import { type EventStream, eventStream } from './context/events.ts'
import { newSeed, seededRandom } from './context/random.ts'
import { makeRunFolder, removeFolder, stateFolder, sweepRunFolders } from './context/run-folder.ts'
import type { Engine, HostHandle, InjectedFault, RunContext, SeenEndpoint } from './engines/engine.ts'
import type { AnyComponentKind } from './host/component.ts'
import type { Fault, LiveFault } from './landscape/fault.ts'
import type { Landscape } from './landscape/landscape.ts'
import { liveFaultOf } from './landscape/live-fault.ts'
import { suggestion } from './landscape/nearest.ts'
import type { AnyProbe } from './probes/probe.ts'

export interface StartOptions {
  /** `embedded` (the default) or `docker`; else what LANDSCAPE_ENGINE says. */
  readonly engine?: string
  /** Faults as on the command line (`drop:from=client1,to=app1,port=11018`) or as data. */
  readonly with?: readonly (string | Fault)[]
  /** Settings as on the command line: `host.component.key=value`. */
  readonly set?: readonly string[]
  /** Ends a start that is under way; without effect when the landscape is up. */
  readonly signal?: AbortSignal
  /** Faults will be injected while connections live. */
  readonly live?: boolean
  readonly seed?: number
  /** Replaces the landscape's patience, in milliseconds. */
  readonly patienceMs?: number
  /** Receives TLS keys, NSS key log format. */
  readonly keylog?: string
  /** Receives everything that happens; made by the caller so that nothing is missed. */
  readonly events?: EventStream
  /** Forces the mapping to 127.0.0.1 and free ports. */
  readonly mapped?: boolean
  /** Names the run; its landscape's name and a random end otherwise. */
  readonly name?: string
  /** Where several landscapes play side by side for one run. */
  readonly sharedKeys?: NonNullable<RunContext['sharedKeys']>
}

/** A landscape that is up. Disposing it stops everything in reverse and leaves nothing behind; it is idempotent. */
export interface RunningLandscape extends AsyncDisposable {
  readonly name: string
  readonly landscape: Landscape
  readonly engine: string
  readonly seed: number
  /** From the call until every component stood, in milliseconds. */
  readonly readyMs: number
  readonly events: EventStream
  /** Files of the run, mode 0700; goes with it. */
  readonly folder: string
  readonly hosts: ReadonlyMap<string, HostHandle>
  /** Throws `unknown-name` with the nearest known name. */
  host(name: string): HostHandle
  endpoints(from?: string): readonly SeenEndpoint[]
  /** Text as on the command line, or data. */
  inject(fault: string | LiveFault): Promise<InjectedFault>
  /** One injected fault, or all of them. */
  clear(id?: string): Promise<void>
  readonly injected: readonly InjectedFault[]
  readonly notes: readonly string[]
}

/** What a landscape is made of: the registries that `standard.ts` fills. */
export interface Parts {
  readonly kinds: ReadonlyMap<string, AnyComponentKind>
  readonly probes: ReadonlyMap<string, AnyProbe>
  readonly engine: Engine
}

/** Brings a resolved landscape to life. What was started is stopped again when the rest fails. */
export async function startResolved(
  landscape: Landscape,
  parts: Parts,
  options: StartOptions,
): Promise<RunningLandscape> {
  const started = performance.now()
  const { events = eventStream(), seed = newSeed() } = options
  const stopping = new AbortController()
  const { signal } = stopping
  options.signal?.throwIfAborted()
  await using owned = new AsyncDisposableStack()
  const onAbort = () => stopping.abort(options.signal?.reason)
  options.signal?.addEventListener('abort', onAbort, { once: true })
  await using starting = new AsyncDisposableStack()
  starting.defer(() => options.signal?.removeEventListener('abort', onAbort))
  sweepRunFolders()
  const folder = makeRunFolder()
  owned.defer(() => removeFolder(folder))
  const name = options.name ?? `${landscape.name}-${randomBytes(2).toString('hex')}`
  const at = () => new Date().toISOString()
  events.emit({ type: 'run-started', at: at(), landscape: landscape.name, engine: parts.engine.name, seed, notes: [] })
  const context = {
    name,
    events,
    random: seededRandom(seed),
    signal,
    folder,
    stateFolder: stateFolder(),
    live: options.live ?? false,
    mapped: options.mapped ?? false,
    ...(options.keylog === undefined ? {} : { keylogFile: options.keylog }),
    ...(options.sharedKeys === undefined ? {} : { sharedKeys: options.sharedKeys }),
  }
  const engine = owned.use(await parts.engine.start({ landscape, kinds: parts.kinds, probes: parts.probes, context }))
  const readyMs = performance.now() - started
  const components = landscape.hosts.reduce((count, host) => count + host.components.length, 0)
  const counts = { hosts: landscape.hosts.length, components, endpoints: engine.endpoints().length }
  events.emit({ type: 'landscape-ready', at: at(), elapsedMs: readyMs, ...counts })
  const running = owned.move()
  let stopped: Promise<void> | undefined
  return {
    name,
    landscape,
    engine: parts.engine.name,
    seed,
    readyMs,
    events,
    folder,
    hosts: engine.hosts,
    notes: engine.notes,
    endpoints: (from) => engine.endpoints(from),
    get injected() {
      return engine.injected
    },
    host(host) {
      const found = engine.hosts.get(host)
      if (!found)
        throw new HarnessError(
          'unknown-name',
          `there is no host "${host}"${suggestion(host, engine.hosts.keys(), 'hosts')}`,
        )
      return found
    },
    inject: async (fault) =>
      engine.inject(liveFaultOf(fault, new Set(engine.hosts.keys()), { sites: landscape.sites, live: context.live })),
    async clear(id) {
      for (const known of id === undefined ? engine.injected.map((fault) => fault.id) : [id]) await engine.clear(known)
    },
    [Symbol.asyncDispose]() {
      stopping.abort(new HarnessError('interrupted', `${name} is stopping`))
      // Who asks again while it stops waits for the same end.
      stopped ??= running.disposeAsync()
      return stopped
    },
  }
}
