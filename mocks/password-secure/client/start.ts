import type { ActionHandlers, RunningComponent } from '../../../harness/host/component.ts'
import type { clientActions } from './actions.ts'
import { AddOnLink } from './add-on-link.ts'
import { DesktopClient } from './desktop-client.ts'
import { notLoggedIn } from './failure.ts'
import { RealTime } from './real-time.ts'
import type { Answered } from './server-connection.ts'
import type { ClientStart } from './settings.ts'
import { WebSession } from './web-session.ts'

/** The name under which an application server exports its connection certificate. */
const SERVER_CERTIFICATE = 'PSR8Server'

/** Starts the client: it trusts its server if it shall, and connects to the add-on beside it. It logs in when asked to. */
export async function startClient(start: ClientStart): Promise<RunningComponent<typeof clientActions>> {
  const { host, settings, references } = start
  const { server, addOn } = references
  const portOf = (id: string, standard: number) => server.listens.find((listen) => listen.id === id)?.port ?? standard
  const databaseName = settings.databaseName ?? textOf(server.settings.databaseName) ?? 'PasswordSecure'
  const profile = {
    server: settings.serverName ?? server.fqdn,
    clientsPort: portOf('clients', 11_011),
    realTimePort: portOf('real-time', 11_018),
    database: databaseName,
    productVersion: settings.productVersion,
    maxFrameBytes: settings.maxFrameBytes,
  }
  const trustServer = (): boolean => {
    const pem = host.certificates.exportedBy(server.host, SERVER_CERTIFICATE)
    if (pem === undefined) return false
    host.trust.add(pem)
    host.certificates.stores.put('LocalMachine\\Root', { name: SERVER_CERTIFICATE, cert: pem })
    host.journal('trusted', { server: server.host })
    return true
  }
  if (settings.trustServer) trustServer()

  const realTime = new RealTime(host, settings.maxUpdates)
  const client = new DesktopClient(host, profile, realTime)
  const web = new WebSession(host)
  const link =
    addOn &&
    new AddOnLink({
      host,
      port: addOn.listens.find(({ id }) => id === 'add-on')?.port ?? 52_120,
      maxFrameBytes: settings.maxFrameBytes,
      user: () => client.user,
      credentialsFor: (id, url) => client.credentialsFor(id, url),
    })
  if (link) {
    client.attach(link)
    const connected = await link.connect()
    host.journal('add-on', { result: connected.ok ? 'ok' : connected.code })
  }

  const actions: ActionHandlers<typeof clientActions> = {
    login: async ({ user, password, database }) => flat(await client.login(user, password, database)),
    async logout() {
      await client.logout()
      return { ok: true }
    },
    async 'list-secrets'() {
      const listed = await client.list()
      return listed.ok ? { ok: true, secrets: [...listed.value] } : listed
    },
    'read-secret': async ({ name, id }) =>
      flat(id === undefined ? await client.read(name ?? '') : await client.readById(id)),
    'change-secret': async ({ name, id, password }) =>
      flat(id === undefined ? await client.change(name ?? '', password) : await client.changeById(id, password)),
    'create-secret': async (secret) => flat(await client.create(secret)),
    'connect-real-time': async () => flat(await client.connectRealTime()),
    'disconnect-real-time'() {
      realTime.disconnect()
      return { ok: true }
    },
    updates: ({ afterSequence, waitFor }, signal) => realTime.updates(afterSequence, waitFor, signal),
    connection: () => ({
      server: profile.server,
      port: profile.clientsPort,
      connected: client.connection?.connected ?? false,
      ...(client.user === undefined ? {} : { user: client.user }),
      realTime: realTime.connected,
      ...(client.connection?.connected ? { tls: client.connection.tls() } : {}),
      addOn: link?.connected ?? false,
    }),
    'trust-server': () => ({ imported: trustServer() }),
    async 'connect-add-on'() {
      if (!link) return { ...notLoggedIn, reason: 'unreachable', code: 'no-add-on', text: 'There is no add-on here.' }
      return flat(await link.connect())
    },
    'web-login': async ({ url, user, password, database, origin }) =>
      flat(await web.login({ url, user, password, database: database ?? databaseName, origin })),
    'web-list-secrets': async () => flat(await web.list()),
    'web-read-secret': async ({ name }) => flat(await web.read(name)),
    async 'web-logout'() {
      const answer = await web.logout()
      return answer.ok ? { ok: true } : answer
    },
  }
  return {
    actions,
    async [Symbol.asyncDispose]() {
      client.stop()
    },
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** An answer as actions give it: the value's fields beside `ok`. */
const flat = <T extends object>(answer: Answered<T>) => (answer.ok ? { ok: true as const, ...answer.value } : answer)
