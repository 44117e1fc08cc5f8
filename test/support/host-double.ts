import { mkdirSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname, join, relative } from 'node:path'
import { Server as TlsServer } from 'node:tls'
import { type ClientEnvironment, hostClients } from '../../harness/clients/index.ts'
import type { JournalEntry } from '../../harness/context/events.ts'
import type { JsonObject } from '../../harness/context/json.ts'
import { masked } from '../../harness/context/mask.ts'
import { seededRandom } from '../../harness/context/random.ts'
import type { ComponentHost, Listening, ListenOptions } from '../../harness/host/component-host.ts'
import type { Listen } from '../../harness/landscape/kind.ts'
import { certificateStores, openKeyPool, selfSignedCertificate, trustStore } from '../../harness/pki/index.ts'
import type { LandscapeDouble } from './landscape-double.ts'

/** One host of the double: a component's world, and a client's. */
export interface HostDouble extends AsyncDisposable {
  readonly host: ComponentHost
  readonly journal: JournalEntry[]
  /** The host as one component of it sees it: its journal entries carry the kind, its listens are known. */
  componentHost(kind: string, listens: readonly Listen[], signal: AbortSignal): ComponentHost
}

export function hostDouble(landscape: LandscapeDouble, name: string): HostDouble {
  const owned = new AsyncDisposableStack()
  const address = landscape.addressOf(name)
  const fqdn = landscape.fqdnOf(name)
  const leaving = new AbortController()
  const trust = trustStore([landscape.root])
  landscape.pki.onPublicRoot((pem) => trust.add(pem))
  const stores = certificateStores()
  const keys = owned.use(openKeyPool({ folder: join(landscape.folder, 'keys') }))
  const journal: JournalEntry[] = []
  const background = new Set<Promise<void>>()
  owned.defer(async () => void (await Promise.allSettled(background)))

  const connectTo = (target: { readonly host: string; readonly port: number }): Socket => {
    const found = landscape.resolve(target.host)
    const host = found === undefined ? undefined : landscape.hostAt(found)
    const port = host === undefined ? target.port : landscape.seen(host, target.port).port
    return connect({
      host: target.host,
      port,
      localAddress: address,
      lookup: landscape.lookup,
      autoSelectFamily: false,
    })
  }
  const environment: ClientEnvironment = {
    host: name,
    patienceMs: landscape.patienceMs,
    trust,
    lookup: landscape.lookup,
    keylog: undefined,
    route(host, port) {
      const found = landscape.resolve(host)
      const target = found === undefined ? undefined : landscape.hostAt(found)
      return { host, port: target === undefined ? port : landscape.seen(target, port).port, localAddress: address }
    },
    connect: connectTo,
  }
  const clients = owned.use(hostClients(environment))
  owned.defer(() => leaving.abort())

  const note = (kind: string, type: string, facts: JsonObject = {}) => {
    // A masked object stays an object.
    const kept = masked(facts) as JsonObject
    journal.push({
      sequence: journal.length + 1,
      at: landscape.now().toISOString(),
      host: name,
      kind,
      type,
      facts: kept,
    })
  }

  const componentHost = (kind: string, listens: readonly Listen[], signal: AbortSignal): ComponentHost => ({
    name,
    fqdn,
    address,
    site: 'test',
    domain: landscape.domain,
    organisation: 'Corp',
    patienceMs: landscape.patienceMs,
    signal,
    random: seededRandom(1),
    files: {
      root: join(landscape.folder, name),
      path(...parts) {
        const path = join(landscape.folder, name, ...parts)
        if (relative(join(landscape.folder, name), path).startsWith('..')) throw new Error(`${path} leaves the host`)
        mkdirSync(dirname(path), { recursive: true })
        return path
      },
    },
    trust,
    certificates: {
      stores,
      root: async () => landscape.root,
      issue: ({ names = [], ...request } = {}) =>
        landscape.pki.issue({
          ...request,
          commonName: fqdn,
          dnsNames: [fqdn, name, ...names],
          ipAddresses: [address],
          now: landscape.now(),
        }),
      selfSigned: (request) =>
        selfSignedCertificate({
          ...request,
          dnsNames: [fqdn, name],
          ipAddresses: [address],
          now: landscape.now(),
          keys,
        }),
      addresses: () => [address],
      revocationLists: () => landscape.pki.crl(landscape.now()),
      revoke: (pem) => landscape.pki.revoke(pem),
      export: (what, pem) => void landscape.exported.set(`${name}/${what}`, pem),
      exportedBy: (host, what) => landscape.exported.get(`${host}/${what}`),
    },
    account: environment.computer,
    computerAccounts: [],
    zone: { hosts: [], addressFor: (_asker, host) => landscape.addressOf(host), hostAt: () => undefined },
    clients,
    lookup: landscape.lookup,
    names: async () => landscape.names(),
    route: (target, port) => environment.route(target, port),
    keylog: undefined,
    now: () => landscape.now(),
    journal: (type, facts) => note(kind, type, facts),
    fqdnOf: landscape.fqdnOf,
    connect: connectTo,
    listen(listenId, server, options) {
      const listen = listens.find(({ id }) => id === listenId)
      if (!listen) throw new Error(`${kind} has no listen ${listenId}`)
      server.on('tlsClientError', (error: Error) => note(kind, 'tls-handshake-failed', { reason: error.message }))
      return listening(landscape, name, listen.port, server, options)
    },
    listenUdp: () => Promise.reject(new Error('hosts of this double have no UDP: start a landscape')),
    callerOf(socket) {
      const from = landscape.hostAt(socket.remoteAddress ?? '')
      return {
        ...(from === undefined ? {} : { host: from }),
        address: socket.remoteAddress ?? '',
        port: socket.remotePort ?? 0,
      }
    },
    background(what, work) {
      const running: Promise<void> = work(signal)
        .catch((error: unknown) => note(kind, 'background-failed', { what, error: String(error) }))
        .finally(() => background.delete(running))
      background.add(running)
    },
  })
  const host = componentHost('host', [], leaving.signal)
  return {
    host,
    journal,
    componentHost,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Hands accepted sockets to a server that does not listen itself, as the engine does. */
async function listening(
  landscape: LandscapeDouble,
  host: string,
  port: number,
  server: Server,
  options: ListenOptions = {},
): Promise<Listening> {
  const sockets = new Map<Socket, Promise<void>>()
  let certificate: Promise<void> | undefined
  const withCertificate = async (): Promise<void> => {
    if (!options.certificate || !(server instanceof TlsServer)) return
    const issued = await options.certificate()
    const ciphers = issued.serverCiphers
    server.setSecureContext({ key: issued.key, cert: issued.chain, ...(ciphers === undefined ? {} : { ciphers }) })
  }
  // An HTTP server watches for slow requests from its 'listening' event on.
  server.emit('listening')
  const front = createServer({ noDelay: true, allowHalfOpen: server instanceof TlsServer ? false : halfOpen(server) })
  front.on('connection', (socket) => {
    const closed = Promise.withResolvers<void>()
    sockets.set(socket, closed.promise)
    socket.once('close', () => {
      sockets.delete(socket)
      closed.resolve()
    })
    certificate ??= withCertificate()
    certificate.then(
      () => server.emit('connection', socket),
      (error: unknown) => socket.destroy(error instanceof Error ? error : undefined),
    )
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  front.once('error', reject)
  front.listen(0, landscape.addressOf(host), resolve)
  await promise
  const bound = front.address()
  const seenPort = typeof bound === 'object' && bound ? bound.port : 0
  landscape.publish(host, port, seenPort)
  return {
    port,
    renewCertificate() {
      certificate = undefined
    },
    async [Symbol.asyncDispose]() {
      landscape.withdraw(host, port)
      const closed = Promise.withResolvers<void>()
      front.close(() => closed.resolve())
      const leaving = [...sockets.values()]
      for (const socket of sockets.keys()) socket.destroy()
      // Whoever took a socket must leave its owner's listeners on it.
      await Promise.all([closed.promise, ...leaving])
    },
  }
}

const halfOpen = (server: Server): boolean => 'allowHalfOpen' in server && server.allowHalfOpen === true
