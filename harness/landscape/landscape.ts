import type { JsonObject } from '../context/json.ts'
import type { Fault, RootName } from './fault.ts'
import type { FlowSource, Listen, TlsUse } from './kind.ts'

export interface Site {
  readonly name: string
  /** Added to every chunk that crosses this site's border, one way, in milliseconds. */
  readonly delayMs: number
}

export interface ComponentSpec {
  readonly host: string
  readonly kind: string
  readonly settings: JsonObject
  /** Reference name → the hosts that it names, resolved. */
  readonly references: Readonly<Record<string, readonly string[]>>
  readonly listens: readonly Listen[]
}

export interface HostSpec {
  readonly name: string
  readonly fqdn: string
  readonly aliases: readonly string[]
  readonly site: string
  /** The model's own address: 10.site.n.m, or the customer's. */
  readonly address: string
  /** Milliseconds that this host's clock is ahead (negative: behind). */
  readonly clockSkewMs: number
  /** The roots that its trust store has at the start; `distrust` faults have taken theirs out. */
  readonly trusts: readonly RootName[]
  readonly components: readonly ComponentSpec[]
}

/** A concrete right to talk: one host to one port of another. */
export interface Flow {
  readonly id: string
  readonly from: string
  readonly fromKind: string
  readonly to: string
  readonly toKind: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  readonly tls: TlsUse
  readonly purpose: string
  readonly sources: readonly FlowSource[]
}

/** A component that hosts ask for names, on this port over UDP and TCP. */
export interface NameServer {
  readonly host: string
  readonly kind: string
  readonly port: number
}

/** Where each authority's revocation list is served: what stands in the certificates that it issues. */
export interface CrlUrls {
  readonly root: string
  readonly intermediate: string
}

/** What a faithful reproduction shows: the named scenario fails, and its failure carries this text. */
export interface Expectation {
  readonly scenario: string
  readonly text?: string
}

/** A landscape, resolved and checked: plain data from which an engine brings it to life. */
export interface Landscape {
  readonly name: string
  readonly domain: string
  readonly organisation: string
  /** How long probes and scenarios wait for a client's own time-out, in milliseconds. */
  readonly patienceMs: number
  /** What happens to traffic that no flow allows. */
  readonly firewallDefault: 'reject' | 'drop'
  readonly sites: readonly Site[]
  readonly hosts: readonly HostSpec[]
  readonly flows: readonly Flow[]
  /** In the order in which hosts ask them. Where there are none, every host knows every name by itself. */
  readonly nameServers: readonly NameServer[]
  /** Where the authorities' revocation lists are served; absent where nothing serves them, and then leaves name no place. */
  readonly crlUrls?: CrlUrls
  /** Components in an order in which each stands behind everything that it refers to. */
  readonly startOrder: readonly { readonly host: string; readonly kind: string }[]
  /** As written. `setting` faults are in the settings already; the others are the engine's to apply. */
  readonly faults: readonly Fault[]
  readonly expectations: readonly Expectation[]
  /** Scenario ids whose skip is known and accepted under `--strict`. */
  readonly skips: readonly string[]
}

/** Everyone's name for the person at the keyboard, to whom everything is open. */
export const OPERATOR = 'operator'

/** The landscape says that this component does not run. */
export const staysDown = ({ faults }: Landscape, { host, kind }: Pick<ComponentSpec, 'host' | 'kind'>): boolean =>
  faults.some((fault) => fault.fault === 'stop' && fault.at === `${host}.${kind}`)
