import { z } from 'zod'
import { hostClients } from '../clients/index.ts'
import { skewedClock, systemClock } from '../context/clock.ts'
import { HarnessError, messageOf } from '../context/error.ts'
import type { JournalEntry } from '../context/events.ts'
import type { Json, JsonObject } from '../context/json.ts'
import { type Realness, SIMULATED } from '../context/realness.ts'
import type { RootName } from '../landscape/fault.ts'
import type { ComponentSpec } from '../landscape/landscape.ts'
import { suggestion } from '../landscape/nearest.ts'
import { checkedInput } from '../probes/checked-input.ts'
import type { Observation } from '../probes/observation.ts'
import type { AnyProbe } from '../probes/probe.ts'
import { asksForPublicAuthority } from './certificate-setting.ts'
import type { AnyComponentKind, RunningComponent } from './component.ts'
import { type ComponentScope, componentScope, type SharedHost } from './component-scope.ts'
import { hostCertificates } from './host-certificates.ts'
import { hostFiles } from './host-files.ts'
import type { HostHandle } from './host-handle.ts'
import type { HostPlace } from './host-place.ts'
import { type HostTrust, hostTrust } from './host-trust.ts'
import { hostJournal } from './journal.ts'
import { type HostFile, listHostFiles } from './list-host-files.ts'
import { referredComponents } from './references.ts'

interface Running {
  readonly component: RunningComponent
  readonly scope: ComponentScope
}

export interface RuntimeOptions {
  readonly kinds: ReadonlyMap<string, AnyComponentKind>
  readonly probes: ReadonlyMap<string, AnyProbe>
  /** Ends the starts that are under way. */
  readonly signal: AbortSignal
  /** What must be done at other components before one starts; done before every start. */
  prepare(component: ComponentSpec): Promise<void>
  /** What must be done at it each time when one has started. */
  started?(component: ComponentSpec): Promise<void>
}

/** Runs one host: starts and stops its components, asks its probes, answers requests. The same code on every engine. */
export class HostRuntime implements HostHandle, AsyncDisposable {
  readonly name: string
  readonly #shared: SharedHost
  readonly #trust: HostTrust
  readonly #options: RuntimeOptions
  readonly #running = new Map<string, Running>()
  readonly #starting = new Map<string, AbortController>()
  /** Starts and stops of a component take effect one after the other. */
  readonly #turns = new Map<string, Promise<unknown>>()
  #closed = false

  constructor(place: HostPlace, rootPem: string, options: RuntimeOptions) {
    const clock = skewedClock(systemClock, place.spec.clockSkewMs)
    const now = () => clock.now()
    this.#trust = hostTrust(place.pki, rootPem, place.spec.trusts)
    const trust = this.#trust.store
    this.name = place.spec.name
    this.#options = options
    this.#shared = {
      place,
      trust,
      certificates: hostCertificates(place, now),
      clients: hostClients({ ...place.network, trust }),
      files: hostFiles(place.folder),
      journal: hostJournal({ host: this.name, now, sequence: place.sequence, events: place.events }),
    }
  }

  async start(kindName: string, settings?: JsonObject, signal?: AbortSignal): Promise<void> {
    const spec = this.#spec(kindName)
    const kind = this.#kind(kindName)
    const parsed = parsedSettings(kind, { ...spec.settings, ...settings }, this.name)
    await this.#inTurn(kindName, async () => {
      await this.#start(kind, { ...spec, settings: parsed }, spec, signal)
      await this.#options.started?.(spec)
    })
  }

  /** Starts a component as the landscape says, and tells what came of it. */
  async started(kindName: string): Promise<Realness> {
    await this.start(kindName)
    return this.realnessOf(kindName)
  }

  realnessOf(kindName: string): Realness {
    return this.#running.get(kindName)?.component.realness ?? SIMULATED
  }

  async stop(kindName: string): Promise<void> {
    this.#spec(kindName)
    this.#starting.get(kindName)?.abort(stopping(kindName, this.name))
    await this.#inTurn(kindName, () => this.#stop(kindName))
  }

  isRunning(kindName: string): boolean {
    return this.#running.has(kindName)
  }

  async probe(name: string, input: JsonObject, signal?: AbortSignal): Promise<Observation> {
    const probe = this.#options.probes.get(name)
    if (!probe) throw unknown('probe', name, [...this.#options.probes.keys()])
    const parsed = checkedInput(probe, input)
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
    const { signal: stopping } = running.scope.host
    const answer = await handler(parsed, signal ? AbortSignal.any([signal, stopping]) : stopping)
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

  /** What every program here has done until now is in the journal afterwards. */
  async settle(): Promise<void> {
    await Promise.all(Array.from(this.#running.values(), ({ component }) => component.settle?.()))
  }

  async journal(kind?: string, afterSequence?: number): Promise<readonly JournalEntry[]> {
    await this.settle()
    return this.#shared.journal.read(kind, afterSequence)
  }

  names(): Promise<ReadonlyMap<string, string>> {
    return this.#shared.place.names()
  }

  trusted(): Promise<string> {
    return this.#trust.trusted()
  }

  files(folder?: string): Promise<readonly HostFile[]> {
    return listHostFiles(this.#shared.files.root, this.name, folder)
  }

  /** Gives a fault of the trust store its effect; `takeBack` ends it. Connections that stand are not touched. */
  distrust(root: RootName): void {
    this.#trust.distrust(root)
  }

  takeBack(root: RootName): void {
    this.#trust.takeBack(root)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await using owned = new AsyncDisposableStack()
    owned.use(this.#shared.clients)
    for (const kind of this.#turns.keys()) owned.defer(() => this.stop(kind))
  }

  #inTurn(kindName: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(kindName) ?? Promise.resolve()).then(work)
    // The caller gets the failure; the one who comes next starts all the same.
    this.#turns.set(
      kindName,
      turn.catch(() => undefined),
    )
    return turn
  }

  async #start(
    kind: AnyComponentKind,
    spec: ComponentSpec,
    documented: ComponentSpec,
    given?: AbortSignal,
  ): Promise<void> {
    if (this.#closed) throw new HarnessError('not-running', `${this.name} has been taken down`)
    if (this.#running.has(spec.kind)) throw new HarnessError('usage', `${spec.kind} is already running on ${this.name}`)
    const asked = new AbortController()
    const signal = AbortSignal.any([asked.signal, this.#options.signal, ...(given ? [given] : [])])
    this.#starting.set(spec.kind, asked)
    await using owned = new AsyncDisposableStack()
    owned.defer(() => void this.#starting.delete(spec.kind))
    const scope = owned.use(componentScope(this.#shared, spec, signal))
    const references = referredComponents(this.#shared.place.landscape, spec, kind.references)
    try {
      signal.throwIfAborted()
      await this.#options.prepare(documented)
      if (asksForPublicAuthority(spec.settings)) await this.#shared.place.pki.publicRoot()
      signal.throwIfAborted()
      // A registry holds kinds of every shape; settings and references were made to this kind's own declarations.
      const start = { host: scope.host, settings: spec.settings, references } as never
      const component = owned.use(await kind.start(start))
      signal.throwIfAborted()
      scope.started()
      owned.move()
      this.#running.set(spec.kind, { component, scope })
      this.#starting.delete(spec.kind)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (error instanceof HarnessError && error.code !== 'internal') throw error
      const message = `${spec.kind} did not start on ${this.name}: ${messageOf(error)}`
      throw new HarnessError('start-failed', message, { cause: error })
    }
  }

  async #stop(kindName: string): Promise<void> {
    const running = this.#running.get(kindName)
    if (!running) return
    this.#running.delete(kindName)
    // Ports close first, so that nobody is let in by a component that is leaving.
    await using owned = new AsyncDisposableStack()
    owned.use(running.component)
    owned.use(running.scope)
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
    const kind = this.#options.kinds.get(kindName)
    if (!kind) throw unknown('component kind', kindName, [...this.#options.kinds.keys()])
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

const stopping = (kind: string, host: string): HarnessError =>
  new HarnessError('interrupted', `${kind} on ${host} is stopping`)

function unknown(what: string, name: string, known: readonly string[]): HarnessError {
  return new HarnessError('unknown-name', `there is no ${what} "${name}"${suggestion(name, known, 'names')}`)
}
