import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClientEnvironment, HostClients, Route } from '../../../harness/clients/index.ts'
import { hostClients } from '../../../harness/clients/index.ts'
import { dropPorts } from '../../../harness/network/dropped-ports.ts'
import { type Issued, openKeyPool, openPki, type TrustStore, trustStore } from '../../../harness/pki/index.ts'
import { testEnvironment } from './environment.ts'

export type CertificateKind = 'good' | 'untrusted-root' | 'wrong-name'

/** Real servers and broken ports on loopback, one client host that dials them as `app1`, and a PKI that it trusts. */
export interface Lab extends AsyncDisposable {
  readonly environment: ClientEnvironment
  readonly clients: HostClients
  readonly trust: TrustStore
  readonly root: string
  /** Routes of the client host; may be added to. */
  readonly routes: Record<string, Route>
  certificate(kind?: CertificateKind): Promise<Issued>
  /** Listens on a free loopback port; the server and its connections end with the lab. */
  serve(server: Server): Promise<number>
  http(listener: RequestListener): Promise<number>
  https(listener: RequestListener, kind?: CertificateKind): Promise<number>
  /** A port where nobody listens. */
  refused(): Promise<number>
  /** A port whose SYNs the kernel ignores. */
  dropped(): Promise<number>
  /** Accepts, says `first` if there is something to say, and resets at the first byte. */
  reset(first?: string): Promise<number>
  /** Accepts and says nothing. */
  stalled(): Promise<number>
}

export async function openLab({ patienceMs }: { patienceMs?: number } = {}): Promise<Lab> {
  await using starting = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'clients-'))
  starting.defer(() => rm(folder, { recursive: true, force: true }))
  const keys = starting.use(openKeyPool({ folder }))
  const now = () => new Date()
  const pki = starting.use(openPki({ organisation: 'Corp', now, keys }))
  const root = await pki.root()
  const trust = trustStore([root])
  const routes: Record<string, Route> = {}
  const environment = testEnvironment({
    names: { app1: '127.0.0.1' },
    routes,
    trust,
    ...(patienceMs !== undefined && { patienceMs }),
  })
  const clients = starting.use(hostClients(environment))
  const owned = starting.move()

  const serve = async (server: Server): Promise<number> => {
    const sockets = new Set<Socket>()
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      socket.on('error', () => {})
    })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
    await promise
    owned.defer(async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    })
    const address = server.address()
    if (typeof address !== 'object' || address === null) throw new Error('not a TCP server')
    return address.port
  }

  const certificate = (kind: CertificateKind = 'good') =>
    pki.issue({
      commonName: 'app1',
      dnsNames: ['app1'],
      ipAddresses: ['10.1.1.1'],
      now: now(),
      ...(kind !== 'good' && { defect: kind }),
    })

  const freePort = async () => {
    const server = createServer()
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const address = server.address()
    await new Promise((closed) => server.close(closed))
    if (typeof address !== 'object' || address === null) throw new Error('not a TCP server')
    return address.port
  }

  return {
    environment,
    clients,
    trust,
    root,
    routes,
    certificate,
    serve,
    http: (listener) => serve(createHttpServer(listener)),
    async https(listener, kind) {
      const { key, chain } = await certificate(kind)
      return serve(createHttpsServer({ key, cert: chain }, listener))
    },
    refused: freePort,
    async dropped() {
      const port = await freePort()
      owned.use(await dropPorts([{ address: '127.0.0.1', port }]))
      return port
    },
    reset: (first) =>
      serve(
        createServer((socket) => {
          if (first) socket.write(first)
          socket.once('data', () => socket.resetAndDestroy())
        }),
      ),
    stalled: () => serve(createServer(() => {})),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
