import type { JournalEntry } from '../context/events.ts'
import type { Json, JsonObject } from '../context/json.ts'
import type { Observation } from '../probes/observation.ts'
import type { HostFile } from './list-host-files.ts'

/**
 * The control channel: lines of JSON over a loopback stream. First `{ token }`, answered `{ ok, protocol }`; then
 * requests `{ id, verb, … }`, answered `{ id, ok: true, result }` or `{ id, ok: false, error: { code, message } }`, in
 * whatever order they end; after `subscribe`, lines `{ event }` stand between the answers.
 */
export const CONTROL_PROTOCOL = 1

export const controlLimits = {
  /** Before the token is known to be right. */
  maxFirstLineBytes: 1024,
  maxRequestBytes: 1024 * 1024,
  /** What a client takes from a server that it trusts. */
  maxAnswerBytes: 64 * 1024 * 1024,
  maxConnections: 64,
  maxPendingRequests: 32,
  /** From connecting to the whole first line, in milliseconds. */
  authenticationMs: 3000,
  /** A reader that lets more than this pile up is cut off. */
  maxUnreadBytes: 16 * 1024 * 1024,
} as const

export interface ControlInfo {
  readonly name: string
  readonly pid: number
  readonly landscape: string
  readonly domain: string
  /** Whom hosts ask for names; none where every host knows them all. */
  readonly nameServers: readonly { readonly host: string; readonly port: number }[]
  readonly engine: string
  readonly seed: number
  readonly startedAt: string
  readonly readyMs: number
  readonly hosts: readonly string[]
  readonly components: number
  readonly faults: readonly { readonly id: string; readonly fault: JsonObject }[]
  readonly notes: readonly string[]
  /** The run's folder, for files that programs need. */
  readonly folder: string
}

export interface ControlHost {
  readonly name: string
  readonly fqdn: string
  readonly address: string
  readonly site: string
  readonly kinds: readonly string[]
  /** A process of this machine in whose network the host lives, where that is a network of its own. */
  readonly networkProcess?: number | undefined
}

/** A port as one host sees it, with the names under which certificates know its host. */
export interface ControlEndpoint {
  readonly from: string
  readonly to: string
  readonly fqdn: string
  readonly kind: string
  readonly listen: string
  readonly tls: string
  readonly purpose: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  readonly seenPort: number
}

/** What each verb takes and gives. */
export interface ControlVerbs {
  info: { input: Record<never, never>; output: ControlInfo }
  hosts: { input: Record<never, never>; output: readonly ControlHost[] }
  endpoints: { input: { from?: string }; output: readonly ControlEndpoint[] }
  /** Host name → address, as the host's hosts file has them. */
  names: { input: { host: string }; output: Readonly<Record<string, string>> }
  /** PEM bundle. */
  trusted: { input: { host: string }; output: string }
  probe: { input: { host: string; probe: string; input: JsonObject }; output: Observation }
  call: { input: { host: string; kind: string; action: string; input: JsonObject }; output: Json }
  journal: { input: { host: string; kind?: string; after?: number }; output: readonly JournalEntry[] }
  files: { input: { host: string; folder?: string }; output: readonly HostFile[] }
  inject: { input: { fault: string }; output: { readonly id: string; readonly fault: JsonObject } }
  clear: { input: { fault?: string }; output: null }
  subscribe: { input: Record<never, never>; output: null }
  down: { input: Record<never, never>; output: null }
}

export type ControlVerb = keyof ControlVerbs
