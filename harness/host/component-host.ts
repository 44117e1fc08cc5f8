import type { LookupFunction, Server, Socket } from 'node:net'
import type { ComputerAccount, HostClients, Route } from '../clients/index.ts'
import type { JsonObject } from '../context/json.ts'
import type { Random } from '../context/random.ts'
import type { AuthorityName, CertificateStores, Issued, LeafDefect, RevocationLists, TrustStore } from '../pki/index.ts'
import type { BesideSpec, RunningBeside } from './beside.ts'
import type { HostZone } from './host-place.ts'

/** Who stands at the other end of an accepted connection, in the model's words. */
export interface Caller {
  /** The calling host's name; absent when the connection came from outside the landscape. */
  readonly host?: string
  /** The model's address of the caller. */
  readonly address: string
  readonly port: number
}

/** What came to a UDP port. */
export interface Datagram {
  readonly bytes: Buffer
  readonly caller: Caller
  /** Sends an answer, from where the datagram arrived; lost when the caller is gone, as datagrams are. */
  reply(bytes: Uint8Array): void
}

export interface ListenOptions {
  /**
   * For a `tls.Server` or `https.Server`: asked once, before the first connection is handed over, so that no key is
   * made before somebody needs it. `Listening.renewCertificate` has it asked again.
   */
  readonly certificate?: () => Promise<Issued>
}

export interface Listening extends AsyncDisposable {
  readonly port: number
  /** The next connection is served with a certificate asked for anew. */
  renewCertificate(): void
}

/**
 * A leaf for this host. Its names and addresses are always in one of the landscape's PKI, and `names` adds others. A public
 * authority certifies only `names`, wildcards among them, or the host's full names; never an address.
 */
export interface HostLeafRequest {
  /** `landscape` when nothing is said. */
  readonly authority?: AuthorityName
  readonly names?: readonly string[]
  readonly key?: 'ec' | 'rsa'
  readonly usage?: 'server' | 'client' | 'both'
  readonly defect?: LeafDefect
}

export interface HostCertificates {
  /** The host's certificate stores, by Windows' names (`LocalMachine\My`, …). */
  readonly stores: CertificateStores
  /** The landscape's root, PEM. */
  root(): Promise<string>
  /** A leaf of the landscape's PKI for this host. */
  issue(request?: HostLeafRequest): Promise<Issued>
  /** A self-signed certificate for this host: sha256, its addresses and names in the SAN. */
  selfSigned(request: {
    readonly commonName: string
    readonly notAfter: Date
    readonly key?: 'ec' | 'rsa' | 'rsa-1024'
    readonly ipAddressesAsDnsNames?: boolean
  }): Promise<Issued>
  /** The landscape's revocation lists, as of this host's clock: for the component that serves them. */
  revocationLists(): Promise<RevocationLists>
  /** Puts a certificate (PEM) on its issuer's revocation list. A stranger's is an `unknown-name` error. */
  revoke(pem: string): Promise<void>
  /** Every address by which somebody can dial this host: the model's and the ones seen on this machine. */
  addresses(): readonly string[]
  /** Hands a certificate (PEM, never a key) to the landscape's administrator, who can carry it to other hosts. */
  export(name: string, pem: string): void
  /** What another host has exported under a name. */
  exportedBy(host: string, name: string): string | undefined
}

export interface HostFiles {
  /** The host's file tree on this machine; goes with the run. */
  readonly root: string
  /** A path below the root; its parent folders exist afterwards. Refuses to leave the root. */
  path(...parts: readonly string[]): string
}

/** The one way in which a component touches the world. */
export interface ComponentHost {
  readonly name: string
  readonly fqdn: string
  readonly address: string
  readonly site: string
  readonly domain: string
  readonly organisation: string
  /** How long a client here waits before its own time-out ends an attempt, in milliseconds. */
  readonly patienceMs: number
  /** Fires when the component is to stop. */
  readonly signal: AbortSignal
  readonly random: Random
  readonly files: HostFiles
  readonly trust: TrustStore
  readonly certificates: HostCertificates
  /** The computer's own account, as its services and application pools show themselves to other hosts. */
  readonly account: ComputerAccount | undefined
  /** Of every host in the landscape; for the domain controller, which alone may know them. */
  readonly computerAccounts: readonly ComputerAccount[]
  /** Names and addresses of all hosts; for the DNS server, which alone may know them. */
  readonly zone: HostZone
  /** The real client libraries, wired so that they cross the simulated network. */
  readonly clients: HostClients
  /** `dns.lookup` as this host sees the world: to be handed to any library that takes one. */
  readonly lookup: LookupFunction
  /** Names that hosts of the landscape have: what a program is told of that takes no `lookup`. */
  names(): Promise<readonly string[]>
  /** Where a port is on this machine, as this host sees it. */
  route(host: string, port: number): Route
  /** Where TLS keys go (`--keylog`), NSS key log format; absent when nobody asked. */
  readonly keylog: ((line: Buffer) => void) | undefined
  now(): Date
  /** Writes to the component's journal. Values under a secret's name are masked; keep entries small. */
  journal(type: string, facts?: JsonObject): void
  /** The full name of a host that is called by its short one. */
  fqdnOf(host: string): string
  /** Opens a connection as this host; fails as the network fails. */
  connect(target: { readonly host: string; readonly port: number }): Socket
  /** Puts a server behind one of the kind's listens. The server itself must not be listening. */
  listen(listenId: string, server: Server, options?: ListenOptions): Promise<Listening>
  /** Takes the datagrams of one of the kind's UDP listens. What `receive` throws is journalled as `datagram-failed`. */
  listenUdp(listenId: string, receive: (datagram: Datagram) => void): Promise<AsyncDisposable>
  callerOf(socket: Socket): Caller
  /** Starts a vendor's own program in this host's network; absent where the engine runs no images. Stopped with the component. */
  readonly startBeside?: ((spec: BesideSpec) => Promise<RunningBeside>) | undefined
  /**
   * Where the vendor's own program stands that a component may run instead of simulating it; absent where hosts are no
   * machines of their own, which is all but containers.
   */
  readonly realProgram?: (name: string) => string | undefined
  /** Owns work in the background: awaited at stop; a rejection is journalled as `background-failed`. */
  background(what: string, work: (signal: AbortSignal) => Promise<void>): void
}
