import type { Socket } from 'node:net'
import { HarnessError } from '../../context/error.ts'
import type { JournalEntry } from '../../context/events.ts'
import type { Json, JsonObject } from '../../context/json.ts'
import type { Realness } from '../../context/realness.ts'
import type { HostHandle } from '../../host/host-handle.ts'
import type { HostFile } from '../../host/list-host-files.ts'
import type { RootName } from '../../landscape/fault.ts'
import type { ComponentSpec, HostSpec } from '../../landscape/landscape.ts'
import type { KeyPool, LandscapePki } from '../../pki/index.ts'
import type { Observation } from '../../probes/observation.ts'
import type { BesideDesk } from './beside/beside-desk.ts'
import { carriedLists } from './link/carried-lists.ts'
import { openPeer, type Peer } from './link/peer.ts'
import {
  type Ask,
  asking,
  type FaultList,
  type HarnessVerbs,
  type HostVerbs,
  handlersOf,
  type Notes,
  type Setup,
  tell,
} from './link/protocol.ts'
import type { RemoteJournal } from './remote-journal.ts'

export interface RemoteHostOptions {
  readonly spec: HostSpec
  readonly networkProcess: number | undefined
  readonly pki: LandscapePki
  readonly keys: KeyPool
  readonly journal: RemoteJournal
  readonly keylog: ((line: Buffer) => void) | undefined
  /** Runs vendors' programs beside this host. */
  readonly besides: Pick<BesideDesk, 'start' | 'end'>
  /** What must be done at other components before one starts. */
  prepare(component: ComponentSpec): Promise<void>
  /** What must be done at one that has started. */
  onStarted(component: ComponentSpec): Promise<void>
  onExported(certificate: Notes['exported']): void
  /** What the container wrote last, for the error of who finds it gone. */
  lastLines(): Promise<string>
}

/** A host in a container: what is asked of it goes over its channel. */
export class RemoteHost implements HostHandle, AsyncDisposable {
  readonly name: string
  readonly networkProcess: number | undefined
  readonly #options: RemoteHostOptions
  readonly #peer: Peer
  readonly #ask: Ask<HostVerbs>
  readonly #running = new Set<string>()
  #closing = false

  constructor(socket: Socket, options: RemoteHostOptions) {
    const { spec, pki, keys, journal, keylog, besides, onExported } = options
    this.name = spec.name
    this.networkProcess = options.networkProcess
    this.#options = options
    this.#peer = openPeer(socket, {
      other: `the container of ${spec.name}`,
      handlers: handlersOf<HarnessVerbs>({
        root: () => pki.root(),
        publicRoot: () => pki.publicRoot(),
        intermediate: () => pki.intermediate(),
        issue: (wish) => pki.issue({ ...wish, now: new Date(wish.now) }),
        rsa2048: () => keys.rsa2048(),
        revoke: async ({ pem }) => {
          await pki.revoke(pem)
          return null
        },
        crl: async ({ now }) => carriedLists(await pki.crl(now === undefined ? undefined : new Date(now))),
        startBeside: (wish, signal) => besides.start(spec.name, wish, signal),
        endBeside: async ({ id, how }) => {
          await besides.end(id, how)
          return null
        },
      }),
      onNote(note, input) {
        // What a note carries is declared by its row in Notes; the other side is this package.
        if (note === 'journal') journal.take((input as Notes['journal']).entry)
        if (note === 'exported') onExported(input as Notes['exported'])
        if (note === 'keylog') keylog?.(Buffer.from((input as Notes['keylog']).line, 'base64'))
      },
    })
    pki.onPublicRoot((pem) => tell(this.#peer, 'publicRoot', { pem }))
    const ask = asking<HostVerbs>(this.#peer)
    // A host that is gone in the middle of a run says why in its container's log.
    this.#ask = (async (verb: never, input: never, signal?: AbortSignal) => {
      try {
        return await ask(verb, input, signal)
      } catch (error) {
        throw await this.#explained(error)
      }
    }) as Ask<HostVerbs>
  }

  async setup(setup: Setup): Promise<void> {
    await this.#ask('setup', setup)
  }

  async setFaults(list: FaultList): Promise<void> {
    await this.#ask('faults', list)
  }

  async distrust(root: RootName): Promise<void> {
    await this.#ask('distrust', { root })
  }

  async takeBack(root: RootName): Promise<void> {
    await this.#ask('takeBack', { root })
  }

  takeExported(certificate: Notes['exported']): void {
    tell(this.#peer, 'exported', certificate)
  }

  isRunning(kind: string): boolean {
    return this.#running.has(kind)
  }

  async start(kind: string, settings?: JsonObject, signal?: AbortSignal): Promise<void> {
    await this.started(kind, settings, signal)
  }

  /** Starts a component, and tells what came of it. */
  async started(kind: string, settings?: JsonObject, signal?: AbortSignal): Promise<Realness> {
    const component = this.#options.spec.components.find((candidate) => candidate.kind === kind)
    if (component && !this.#running.has(kind)) await this.#options.prepare(component)
    const realness = await this.#ask('start', { kind, ...(settings === undefined ? {} : { settings }) }, signal)
    this.#running.add(kind)
    if (component) await this.#options.onStarted(component)
    return realness
  }

  async stop(kind: string): Promise<void> {
    this.#running.delete(kind)
    await this.#ask('stop', { kind })
  }

  probe(name: string, input: JsonObject, signal?: AbortSignal): Promise<Observation> {
    return this.#ask('probe', { name, input }, signal)
  }

  call(kind: string, action: string, input: JsonObject, signal?: AbortSignal): Promise<Json> {
    return this.#ask('call', { kind, action, input }, signal)
  }

  async journal(kind?: string, afterSequence?: number): Promise<readonly JournalEntry[]> {
    await this.#ask('settle', {})
    return this.#options.journal.read(kind, afterSequence)
  }

  async names(): Promise<ReadonlyMap<string, string>> {
    return new Map(Object.entries(await this.#ask('names', {})))
  }

  trusted(): Promise<string> {
    return this.#ask('trusted', {})
  }

  files(folder?: string): Promise<readonly HostFile[]> {
    return this.#ask('files', folder === undefined ? {} : { folder })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true
    await this.#peer[Symbol.asyncDispose]()
  }

  async #explained(error: unknown): Promise<unknown> {
    if (this.#closing || !(error instanceof HarnessError) || error.code !== 'not-running') return error
    if (!error.message.startsWith('the container of ')) return error
    const lines = await this.#options.lastLines()
    const wrote = lines === '' ? '' : `; the last that it wrote:\n${lines}`
    return new HarnessError('start-failed', `${error.message}${wrote}`, { cause: error })
  }
}
