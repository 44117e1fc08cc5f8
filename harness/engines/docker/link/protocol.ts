import type { ComputerAccount } from '../../../clients/index.ts'
import type { JournalEntry } from '../../../context/events.ts'
import type { Json, JsonObject } from '../../../context/json.ts'
import type { Realness } from '../../../context/realness.ts'
import type { BesideSpec } from '../../../host/beside.ts'
import type { HostFile } from '../../../host/list-host-files.ts'
import type { RootName, TrafficFault } from '../../../landscape/fault.ts'
import type { Landscape } from '../../../landscape/landscape.ts'
import type { AuthorityName, Issued, LeafDefect } from '../../../pki/index.ts'
import type { Observation } from '../../../probes/observation.ts'
import type { CarriedLists } from './carried-lists.ts'
import type { Peer, PeerHandlers } from './peer.ts'

/** Both sides are of one build; a container of another one is told apart by this. */
export const LINK_PROTOCOL = 1

/** Where a host's container takes its harness, inside. */
export const CONTROL_PORT = 7

/** Told to a container by its environment. The token itself is never there: only what proves it. */
export const TOKEN_DIGEST_VARIABLE = 'LANDSCAPE_TOKEN_SHA256'

/** The line on a container's standard output that says that it can be spoken with. */
export const LISTENING_LINE = 'landscape-lab: the host listens'

export interface FaultList {
  readonly faults: readonly { readonly id: string; readonly fault: TrafficFault }[]
}

/** What makes a container one host of one landscape. */
export interface Setup extends FaultList {
  readonly landscape: Landscape
  readonly host: string
  readonly seed: number
  readonly rootPem: string
  readonly computers: readonly ComputerAccount[]
  /** Host → address in the run's network. */
  readonly addresses: Readonly<Record<string, string>>
  /** Where the machine stands in the run's network: the operator. */
  readonly gateway: string
  readonly subnet: string
  readonly live: boolean
  readonly keylog: boolean
}

export interface LeafWish {
  readonly authority?: AuthorityName | undefined
  readonly commonName: string
  readonly dnsNames: readonly string[]
  readonly ipAddresses: readonly string[]
  readonly key?: 'ec' | 'rsa' | undefined
  readonly usage?: 'server' | 'client' | 'both' | undefined
  readonly defect?: LeafDefect | undefined
  /** ISO 8601. */
  readonly now: string
}

type Nothing = Record<never, never>

/** What the harness asks of a host. */
export interface HostVerbs {
  setup: { input: Setup; output: null }
  start: { input: { kind: string; settings?: JsonObject }; output: Realness }
  stop: { input: { kind: string }; output: null }
  probe: { input: { name: string; input: JsonObject }; output: Observation }
  call: { input: { kind: string; action: string; input: JsonObject }; output: Json }
  names: { input: Nothing; output: Readonly<Record<string, string>> }
  trusted: { input: Nothing; output: string }
  files: { input: { folder?: string }; output: readonly HostFile[] }
  /** Replaces the faults in force on the way to this host. */
  faults: { input: FaultList; output: null }
  /** A root leaves the host's trust store, or comes back. */
  distrust: { input: { root: RootName }; output: null }
  takeBack: { input: { root: RootName }; output: null }
  /** Answered when every note written before has gone out. */
  settle: { input: Nothing; output: null }
}

/** What a host asks of the harness, which keeps the authorities and the keys. */
export interface HarnessVerbs {
  root: { input: Nothing; output: string }
  intermediate: { input: Nothing; output: string }
  publicRoot: { input: Nothing; output: string }
  issue: { input: LeafWish; output: Issued }
  rsa2048: { input: Nothing; output: string }
  /** The certificate stands in its issuer's revocation list from now on. */
  revoke: { input: { pem: string }; output: null }
  /** `now`: the host's clock, ISO 8601. */
  crl: { input: { now?: string }; output: CarriedLists }
  /** A vendor's program is started beside the host; answered when it is ready. */
  startBeside: { input: BesideSpec; output: StartedBeside }
  endBeside: { input: { id: string; how: 'stop' | 'kill' }; output: null }
}

export interface StartedBeside {
  readonly id: string
  readonly fresh: boolean
}

/** What either side tells the other without an answer. */
export interface Notes {
  journal: { readonly entry: JournalEntry }
  exported: { readonly host: string; readonly name: string; readonly pem: string }
  keylog: { readonly line: string }
  publicRoot: { readonly pem: string }
}

/** A typed view of the requests that one side takes. */
export type Ask<V> = <K extends keyof V & string>(
  verb: K,
  input: V[K] extends { input: infer I } ? I : never,
  signal?: AbortSignal,
) => Promise<V[K] extends { output: infer O } ? O : never>

// The other side's handlers have exactly these types: both are declared by the tables above.
export const asking = <V>(peer: Pick<Peer, 'request'>): Ask<V> =>
  ((verb: string, input: object, signal?: AbortSignal) => peer.request(verb, input, signal)) as Ask<V>

export type Handlers<V> = {
  readonly [K in keyof V]: V[K] extends { input: infer I; output: infer O }
    ? (input: I, signal: AbortSignal) => O | Promise<O>
    : never
}

// As above: a verb's handler is given what its own row declares.
export const handlersOf = <V>(handlers: Handlers<V>): PeerHandlers => new Map(Object.entries(handlers)) as PeerHandlers

export type NoteName = keyof Notes

export const tell = <K extends NoteName>(peer: Pick<Peer, 'note'>, name: K, input: Notes[K]): void =>
  peer.note(name, input)
