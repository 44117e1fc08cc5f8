import type { Server, Socket } from 'node:net'
import type { ClientEnvironment, ComputerAccount } from '../clients/index.ts'
import type { EventStream } from '../context/events.ts'
import type { Random } from '../context/random.ts'
import type { HostSpec, Landscape } from '../landscape/landscape.ts'
import type { KeyPool, LandscapePki } from '../pki/index.ts'
import type { BesideSpec, RunningBeside } from './beside.ts'
import type { Caller, Datagram } from './component-host.ts'
import type { Sequence } from './journal.ts'

/** Certificates that hosts have handed to the administrator, by host and name. */
export interface ExportedCertificates {
  put(host: string, name: string, pem: string): void
  get(host: string, name: string): string | undefined
}

/** A host by the names that others call it. */
export interface NamedHost {
  readonly name: string
  readonly fqdn: string
  readonly aliases: readonly string[]
  /** The model's. */
  readonly address: string
}

/** The landscape's hosts and where each is for who asks: what its administrator writes into the organisation's DNS zone. */
export interface HostZone {
  readonly hosts: readonly NamedHost[]
  /** The address at which `asker` sees a host. */
  addressFor(asker: string, host: string): string
  /** The host that `asker` sees at an address, or whose address in the model it is. */
  hostAt(asker: string, address: string): string | undefined
}

/** What an engine gives one host: its place in the network and its share of the landscape. */
export interface HostPlace {
  readonly spec: HostSpec
  readonly landscape: Landscape
  readonly network: Omit<ClientEnvironment, 'trust'>
  /** The computer accounts of all hosts: what the domain knows. */
  readonly computers: readonly ComputerAccount[]
  readonly zone: HostZone
  readonly pki: LandscapePki
  readonly keys: KeyPool
  readonly exported: ExportedCertificates
  readonly events: EventStream
  readonly sequence: Sequence
  readonly random: Random
  /** The host's file tree on this machine. */
  readonly folder: string
  /** Puts a server behind a port for everyone whom the firewall lets through, until disposed. */
  open(kind: string, listenId: string, port: number, target: Server): Promise<AsyncDisposable>
  /** The same for datagrams. */
  openUdp(kind: string, listenId: string, port: number, receive: (datagram: Datagram) => void): Promise<AsyncDisposable>
  callerOf(socket: Socket): Caller
  /** Starts a vendor's own program in this host's network; absent where the engine runs no images. */
  readonly startBeside?: (spec: BesideSpec, signal: AbortSignal) => Promise<RunningBeside>
  /** Addresses at which other hosts see this one. */
  seenAddresses(): readonly string[]
  /** Programs that components may run on this host as the real thing; absent where a host is no machine of its own. */
  readonly realProgram?: (name: string) => string | undefined
  /** Host names → addresses, as this host sees them. */
  names(): Promise<ReadonlyMap<string, string>>
}
