import { once } from 'node:events'
import { createServer, request } from 'node:https'
import { WebSocketServer } from 'ws'
import type { Endpoint } from '../../harness/network/endpoint.ts'
import { openKeyPool, openPki } from '../../harness/pki/index.ts'
import { appServer } from '../../mocks/password-secure/app-server/kind.ts'
import { licenseServer } from '../../mocks/password-secure/license-server/kind.ts'
import { sqlServer } from '../../mocks/sql-server/kind.ts'
import { listening } from './bare-server.ts'
import { operatorEndpoint, startWith } from './bench-landscape.ts'

/** Where a server is, and what it takes to be let in. */
export interface PushPlace extends Endpoint {
  readonly name: string
  readonly ca: string
  readonly token: string
}

interface PushServer extends AsyncDisposable {
  readonly place: PushPlace
  /** Has everybody told, the n-th time. */
  push(n: number): Promise<unknown>
}

const USER = { name: 'alice', password: 'Alice-2026!' }
const NAME = 'app1.corp.example'

// The process of one server, told by its parent when to push: `websocket-server.ts landscape|bare`.
const server = await (process.argv[2] === 'bare' ? bareServer() : landscapeServer())
process.on('message', (n) => void server.push(Number(n)))
process.once('disconnect', () => void server[Symbol.asyncDispose]())
process.send?.(server.place)

async function landscapeServer(): Promise<PushServer> {
  const app = { certificate: 'landscape-ca', tokenMinutes: 1_440 }
  const lab = await startWith([sqlServer, licenseServer, appServer], {
    landscape: 'push',
    hosts: {
      sql1: { runs: { 'sql-server': {} } },
      license1: { runs: { 'password-secure/license-server': {} } },
      app1: { runs: { 'password-secure/app-server': app } },
    },
  })
  const ca = await lab.host('operator').trusted()
  const token = await tokenFrom({ ...operatorEndpoint(lab, 'app1', 11_016), ca })
  return {
    place: { ...operatorEndpoint(lab, 'app1', 11_018), name: NAME, ca, token },
    push(n) {
      const secret = { name: secretName(n), password: 'x', owner: USER.name }
      return lab.host('app1').call('password-secure/app-server', 'create-secret', secret)
    },
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  }
}

const secretName = (n: number) => `Secret ${String(n).padStart(5, '0')}`

/** Logs in through the web services. */
async function tokenFrom({ address: host, port, ca }: Endpoint & { readonly ca: string }): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const asked = request({ host, port, ca, servername: NAME, method: 'POST', path: '/login', headers, agent: false })
  asked.end(JSON.stringify({ database: 'PasswordSecure', user: USER.name, password: USER.password }))
  const [response] = await once(asked, 'response')
  const text = (await response.setEncoding('utf8').toArray()).join('')
  const { token }: { readonly token?: unknown } = JSON.parse(text)
  if (typeof token !== 'string') throw new Error(`the login was answered with ${response.statusCode}: ${text}`)
  return token
}

async function bareServer(): Promise<PushServer> {
  await using owned = new AsyncDisposableStack()
  const keys = owned.use(openKeyPool({ folder: '' }))
  const pki = owned.use(openPki({ organisation: 'Bench', now: () => new Date(), keys }))
  const issued = await pki.issue({ commonName: NAME, dnsNames: [NAME], ipAddresses: ['127.0.0.1'], now: new Date() })
  const web = createServer({ key: issued.key, cert: issued.chain, minVersion: 'TLSv1.2' })
  const sockets = new WebSocketServer({ server: web, perMessageDeflate: false })
  sockets.on('connection', (socket) => {
    socket.once('message', () => socket.send(JSON.stringify({ type: 'ready', server: 'app1' })))
  })
  const bare = owned.use(await listening(web))
  const held = owned.move()
  return {
    place: { ...bare.endpoint, name: NAME, ca: await pki.root(), token: 'bench' },
    async push(n) {
      const update = { type: 'secret-created', id: n, name: secretName(n), by: USER.name, version: 1 }
      for (const socket of sockets.clients) socket.send(JSON.stringify(update))
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
