import { z } from 'zod'
import { hostClients } from '../clients/index.ts'
import { skewedClock, systemClock } from '../context/clock.ts'
import { HarnessError, messageOf } from '../context/error.ts'
import type { JournalEntry } from '../context/events.ts'
import type { Json, JsonObject } from '../context/json.ts'
import type { ComponentSpec } from '../landscape/landscape.ts'
import { suggestion } from '../landscape/nearest.ts'
import { trustStore } from '../pki/index.ts'
import type { Observation } from '../probes/observation.ts'
import type { AnyProbe } from '../probes/probe.ts'
import type { AnyComponentKind, RunningComponent } from './component.ts'
import { type ComponentScope, componentScope, type SharedHost } from './component-scope.ts'
import { hostCertificates } from './host-certificates.ts'
import { hostFiles } from './host-files.ts'
import type { HostHandle } from './host-handle.ts'
import type { HostPlace } from './host-place.ts'
import { hostJournal } from './journal.ts'
import { referredComponents } from './references.ts'

interface Running {
  readonly component: RunningComponent
  readonly scope: ComponentScope
}

/** Runs one host: starts and stops its components, asks its probes, answers requests. The same code on every engine. */
export class HostRuntime implements HostHandle, AsyncDisposable {
  readonly name: string
  readonly #shared: SharedHost
  readonly #kinds: ReadonlyMap<string, AnyComponentKind>
  readonly #probes: ReadonlyMap<string, AnyProbe>
  readonly #running = new Map<string, Running>()

  constructor(
    place: HostPlace,
    rootPem: string,
    kinds: ReadonlyMap<string, AnyComponentKind>,
    probes: ReadonlyMap<string, AnyProbe>,
  ) {
    const clock = skewedClock(systemClock, place.spec.clockSkewMs)
    const now = () => clock.now()
    const trust = trustStore([rootPem])
    this.name = place.spec.name
    this.#kinds = kinds
    this.#probes = probes
    this.#shared = {
      place,
      trust,
      certificates: hostCertificates(place, now),
      clients: hostClients({ ...place.network, trust }),
      files: hostFiles(place.folder),
      journal: hostJournal({ host: this.name, now, sequence: place.sequence, events: place.events }),
    }
  }

  async start(kindName: string, settings?: JsonObject): Promise<void> {
    const spec = this.#spec(kindName)
    if (this.#running.has(kindName)) throw new HarnessError('usage', `${kindName} is already running on ${this.name}`)
    const kind = this.#kind(kindName)
    const parsed = parsedSettings(kind, { ...spec.settings, ...settings }, this.name)
    const scope = componentScope(this.#shared, { ...spec, settings: parsed })
    const references = referredComponents(this.#shared.place.landscape, spec, kind.references)
    try {
      // A registry holds kinds of every shape; settings and references were made to this kind's own declarations.
      const component = await kind.start({ host: scope.host, settings: parsed, references } as never)
      this.#running.set(kindName, { component, scope })
    } catch (error) {
      await scope[Symbol.asyncDispose]()
      if (error instanceof HarnessError && error.code !== 'internal') throw error
      const message = `${kindName} did not start on ${this.name}: ${messageOf(error)}`
      throw new HarnessError('start-failed', message, { cause: error })
    }
  }

  async stop(kindName: string): Promise<void> {
    this.#spec(kindName)
    const running = this.#running.get(kindName)
    if (!running) return
    this.#running.delete(kindName)
    // Ports close first, so that nobody is let in by a component that is leaving.
    await using owned = new AsyncDisposableStack()
    owned.use(running.component)
    owned.use(running.scope)
  }

  isRunning(kindName: string): boolean {
    return this.#running.has(kindName)
  }

  async probe(name: string, input: JsonObject, signal?: AbortSignal): Promise<Observation> {
    const probe = this.#probes.get(name)
    if (!probe) throw unknown('probe', name, [...this.#probes.keys()])
    const parsed = checked(probe.input, input, `probe ${name}`)
    const { place, clients, trust } = this.#shared
    const clock = skewedClock(systemClock, place.spec.clockSkewMs)
    const environment = { host: this.name, network: { ...place.network, trust }, clients, now: () => clock.now() }
    // As with kinds: the input was made to this probe's own declaration.
    return probe.run(environment, parsed as never, signal ?? new AbortController().signal)
  }

  async call(kindName: string, action: string, input: JsonObject, signal?: AbortSignal): Promise<Json> {
    const kind = this.#kind(kindName)
    this.#spec(kindName)
    const running = this.#running.get(kindName)
    if (!running) throw new HarnessError('not-running', `${kindName} is not running on ${this.name}: start it first`)
    const declared = Object.hasOwn(kind.actions, action) ? kind.actions[action] : undefined
    const handler = Object.hasOwn(running.component.actions, action) ? running.component.actions[action] : undefined
    if (!declared || !handler) throw unknown(`action of ${kindName}`, action, Object.keys(kind.actions))
    const parsed = checked(declared.input, input, `${kindName} ${action}`)
    const answer = await handler(parsed, signal ?? new AbortController().signal)
    const output = declared.output.safeParse(answer)
    if (!output.success) {
      throw new HarnessError(
        'internal',
        `${kindName} ${action} answered out of shape: ${z.prettifyError(output.error)}`,
      )
    }
    // Actions declare JSON-safe outputs.
    return (output.data ?? null) as Json
  }

  async journal(kind?: string, afterSequence?: number): Promise<readonly JournalEntry[]> {
    return this.#shared.journal.read(kind, afterSequence)
  }

  names(): Promise<ReadonlyMap<string, string>> {
    return this.#shared.place.names()
  }

  async trusted(): Promise<string> {
    return this.#shared.trust.bundle()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using owned = new AsyncDisposableStack()
    owned.use(this.#shared.clients)
    for (const kind of this.#running.keys()) owned.defer(() => this.stop(kind))
  }

  #spec(kindName: string): ComponentSpec {
    const { components } = this.#shared.place.spec
    const spec = components.find((component) => component.kind === kindName)
    if (!spec)
      throw unknown(
        `component on ${this.name}`,
        kindName,
        components.map(({ kind }) => kind),
      )
    return spec
  }

  #kind(kindName: string): AnyComponentKind {
    const kind = this.#kinds.get(kindName)
    if (!kind) throw unknown('component kind', kindName, [...this.#kinds.keys()])
    return kind
  }
}

function checked(schema: z.ZodObject, input: JsonObject, what: string): JsonObject {
  const parsed = schema.safeParse(input)
  if (!parsed.success) throw new HarnessError('usage', `${what}: ${z.prettifyError(parsed.error)}`)
  return parsed.data as JsonObject
}

function parsedSettings(kind: AnyComponentKind, settings: JsonObject, host: string): JsonObject {
  return checked(kind.settings, settings, `settings of ${kind.kind} on ${host}`)
}

function unknown(what: string, name: string, known: readonly string[]): HarnessError {
  return new HarnessError('unknown-name', `there is no ${what} "${name}"${suggestion(name, known, 'names')}`)
}
