import type { Server, Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import type { HostClients } from '../clients/index.ts'
import { skewedClock, systemClock } from '../context/clock.ts'
import { HarnessError, messageOf } from '../context/error.ts'
import type { ComponentSpec } from '../landscape/landscape.ts'
import type { TrustStore } from '../pki/index.ts'
import type {
  ComponentHost,
  Datagram,
  HostCertificates,
  HostFiles,
  Listening,
  ListenOptions,
} from './component-host.ts'
import type { HostPlace } from './host-place.ts'
import type { Journal } from './journal.ts'
import { lateCertificate } from './late-certificate.ts'

/** What all components of a host share. */
export interface SharedHost {
  readonly place: HostPlace
  readonly trust: TrustStore
  readonly certificates: HostCertificates
  readonly clients: HostClients
  readonly files: HostFiles
  readonly journal: Journal
}

/** A component's view of its host, and everything that it opens through it: disposing the scope closes it all. */
export interface ComponentScope extends AsyncDisposable {
  readonly host: ComponentHost
  /** From now on the component lives until the scope is disposed, whatever would have ended its start. */
  started(): void
}

/** `startSignal` ends a start that is under way: the component hears of it as of a stop. */
export function componentScope(shared: SharedHost, component: ComponentSpec, startSignal: AbortSignal): ComponentScope {
  const { place } = shared
  const { spec, landscape, network } = place
  const { startBeside } = place
  const clock = skewedClock(systemClock, spec.clockSkewMs)
  const stopping = new AbortController()
  const onStartAborted = () => stopping.abort(startSignal.reason)
  const started = () => startSignal.removeEventListener('abort', onStartAborted)
  startSignal.addEventListener('abort', onStartAborted, { once: true })
  const owned = new AsyncDisposableStack()
  const tasks = new Set<Promise<void>>()
  const journal: ComponentHost['journal'] = (type, facts = {}) => shared.journal.write(component.kind, type, facts)

  const listenOf = (id: string) => {
    const found = component.listens.find((listen) => listen.id === id)
    if (!found) throw new HarnessError('internal', `${component.kind} has no listen "${id}"`)
    return found
  }

  async function listen(id: string, server: Server, options: ListenOptions = {}): Promise<Listening> {
    const { port } = listenOf(id)
    stopping.signal.throwIfAborted()
    const late = options.certificate
      ? lateCertificate(server, options.certificate, (reason) => journal('certificate-unusable', { port, reason }))
      : undefined
    if (network.keylog && server instanceof TlsServer) server.on('keylog', network.keylog)
    server.on('tlsClientError', (error: Error, socket: Socket) => {
      journal('tls-handshake-failed', { port, reason: error.message })
      // Node leaves a client that never finishes its handshake to the listener.
      socket.destroy()
    })
    // An HTTP server watches for slow requests from its 'listening' event on.
    server.emit('listening')
    const opened = await place.open(component.kind, id, port, late?.front ?? server)
    return own<Listening>({
      port,
      renewCertificate: () => late?.renew(),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    })
  }

  async function own<T extends AsyncDisposable>(opened: T): Promise<T> {
    if (owned.disposed) {
      // Whoever asked was no longer there when the port opened.
      await opened[Symbol.asyncDispose]()
      stopping.signal.throwIfAborted()
    }
    return owned.use(opened)
  }

  async function listenUdp(id: string, receive: (datagram: Datagram) => void): Promise<AsyncDisposable> {
    const { port } = listenOf(id)
    stopping.signal.throwIfAborted()
    const opened = await place.openUdp(component.kind, id, port, (datagram) => {
      try {
        receive(datagram)
      } catch (error) {
        journal('datagram-failed', { port, reason: messageOf(error) })
      }
    })
    return own(opened)
  }

  const host: ComponentHost = {
    name: spec.name,
    fqdn: spec.fqdn,
    address: spec.address,
    site: spec.site,
    domain: landscape.domain,
    organisation: landscape.organisation,
    patienceMs: landscape.patienceMs,
    signal: stopping.signal,
    random: place.random.fork(`${spec.name}/${component.kind}`),
    files: shared.files,
    trust: shared.trust,
    certificates: shared.certificates,
    account: network.computer,
    computerAccounts: place.computers,
    zone: place.zone,
    clients: shared.clients,
    lookup: network.lookup,
    names: async () => [...(await place.names()).keys()],
    route: (name, port) => network.route(name, port),
    keylog: network.keylog,
    now: () => clock.now(),
    journal,
    fqdnOf: (name) => landscape.hosts.find((other) => other.name === name)?.fqdn ?? name,
    connect: (target) => network.connect(target),
    listen,
    listenUdp,
    callerOf: (socket) => place.callerOf(socket),
    startBeside: startBeside && (async (spec) => own(await startBeside(spec, stopping.signal))),
    ...(place.realProgram === undefined ? {} : { realProgram: place.realProgram }),
    background(what, work) {
      const task = work(stopping.signal)
        .catch((error: unknown) => {
          if (!stopping.signal.aborted) journal('background-failed', { what, reason: messageOf(error) })
        })
        .finally(() => tasks.delete(task))
      tasks.add(task)
    },
  }
  return {
    host,
    started,
    async [Symbol.asyncDispose]() {
      started()
      stopping.abort(new HarnessError('interrupted', `${component.kind} on ${spec.name} is stopping`))
      // Work that is ending may have begun more.
      while (tasks.size > 0) await Promise.all(tasks)
      await owned.disposeAsync()
    },
  }
}
