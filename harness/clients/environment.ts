import type { LookupFunction, Socket } from 'node:net'
import type { SeenNameServer } from '../network/resolver/ask.ts'
import type { TrustStore } from '../pki/index.ts'
import type { ComputerAccount } from './computer-account.ts'

/** Where to dial for a name (or a model's address) and port, as one host sees it. */
export interface Route {
  /** A name for `lookup`, or an address to dial as it is. */
  readonly host: string
  readonly port: number
  /** Bound before connecting, so that the accepted socket carries the caller's own address. */
  readonly localAddress?: string
}

/** What the client libraries are wired to: one host's view of the network. */
export interface ClientEnvironment {
  /** The host's name, for messages. */
  readonly host: string
  /** Every client's own time-out, in milliseconds. */
  readonly patienceMs: number
  readonly trust: TrustStore
  readonly lookup: LookupFunction
  /** Whom the host asks for names; none where it knows them all. */
  readonly nameServers?: readonly SeenNameServer[]
  readonly keylog: ((line: Buffer) => void) | undefined
  /** Absent where the host is in no domain, as the operator's. */
  readonly computer?: ComputerAccount | undefined
  route(host: string, port: number, protocol?: 'tcp' | 'udp'): Route
  /** `net.connect` over the route. */
  connect(target: { readonly host: string; readonly port: number }): Socket
}
