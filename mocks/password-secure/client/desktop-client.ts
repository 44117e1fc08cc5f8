import type { ComponentHost } from '../../../harness/host/component-host.ts'
import type { ClientResult, ReadSecret, SecretFacts } from '../protocol/client-messages.ts'
import type { ClientFailure } from './actions.ts'
import type { AddOnLink, Credentials } from './add-on-link.ts'
import { notLoggedIn } from './failure.ts'
import type { RealTime } from './real-time.ts'
import { type Answered, ServerConnection } from './server-connection.ts'

export interface Profile {
  readonly server: string
  readonly clientsPort: number
  readonly realTimePort: number
  readonly database: string
  readonly productVersion: string
  readonly maxFrameBytes: number
}

interface Session {
  readonly connection: ServerConnection
  readonly user: string
  readonly token: string
}

const notFound: ClientFailure = {
  ok: false,
  reason: 'not-found',
  code: 'not-found',
  text: 'There is no such secret in the list of this user.',
}

/** The client with its one login: 11011 for work, 11018 for updates. It reconnects only when it is told to log in. */
export class DesktopClient {
  readonly #host: ComponentHost
  readonly #profile: Profile
  readonly #realTime: RealTime
  #addOn: AddOnLink | undefined
  #session: Session | undefined

  constructor(host: ComponentHost, profile: Profile, realTime: RealTime) {
    this.#host = host
    this.#profile = profile
    this.#realTime = realTime
  }

  /** The add-on on this computer, which hears of logins. */
  attach(addOn: AddOnLink): void {
    this.#addOn = addOn
  }

  get user(): string | undefined {
    return this.#session?.user
  }

  get connection(): ServerConnection | undefined {
    return this.#session?.connection
  }

  async login(
    user: string,
    password: string,
    database = this.#profile.database,
  ): Promise<Answered<Omit<ClientResult<'login'>, 'token'>>> {
    await this.logout()
    const { server, clientsPort, maxFrameBytes, productVersion } = this.#profile
    const address = { host: server, port: clientsPort }
    const opened = await ServerConnection.open(this.#host, address, maxFrameBytes, () => this.#lost())
    const outcome = opened.ok
      ? await opened.value.ask('login', { user, password, database, version: productVersion })
      : opened
    this.#host.journal('login', { user, server, result: outcome.ok ? 'ok' : outcome.code })
    if (!opened.ok || !outcome.ok) {
      if (opened.ok) opened.value.close()
      return outcome
    }
    const { token, ...facts } = outcome.value
    this.#session = { connection: opened.value, user: facts.user, token }
    await this.#addOn?.loggedIn(facts.user)
    return { ok: true, value: facts }
  }

  /** The connection has ended, whoever ended it. */
  #lost(): void {
    if (!this.#session || this.#session.connection.connected) return
    this.#host.journal('connection-lost', { user: this.#session.user })
    this.#session = undefined
    this.#realTime.disconnect()
    this.#host.background('tell the add-on', async () => this.#addOn?.loggedOut())
  }

  async logout(): Promise<void> {
    const session = this.#session
    if (!session) return
    this.#session = undefined
    this.#realTime.disconnect()
    await session.connection.ask('logout', {})
    session.connection.close()
    await this.#addOn?.loggedOut()
  }

  async list(): Promise<Answered<readonly SecretFacts[]>> {
    if (!this.#session) return notLoggedIn
    const answer = await this.#session.connection.ask('list', {})
    return answer.ok ? { ok: true, value: answer.value.secrets } : answer
  }

  async #find(chosen: (secret: SecretFacts) => boolean): Promise<Answered<SecretFacts>> {
    const listed = await this.list()
    if (!listed.ok) return listed
    const found = listed.value.find(chosen)
    return found ? { ok: true, value: found } : notFound
  }

  async read(name: string): Promise<Answered<ReadSecret>> {
    const found = await this.#find((secret) => secret.name === name)
    return found.ok ? this.readById(found.value.id) : found
  }

  /** By id, also one that is in no list: the server must say no by itself. */
  async readById(id: number): Promise<Answered<ReadSecret>> {
    if (!this.#session) return notLoggedIn
    return this.#session.connection.ask('read', { secret: id })
  }

  async change(name: string, password: string): Promise<Answered<{ readonly id: number; readonly version: number }>> {
    const found = await this.#find((secret) => secret.name === name)
    if (!found.ok) return found
    return this.changeById(found.value.id, password)
  }

  async changeById(id: number, password: string): Promise<Answered<{ readonly id: number; readonly version: number }>> {
    if (!this.#session) return notLoggedIn
    return this.#session.connection.ask('change', { secret: id, password })
  }

  async create(secret: {
    readonly name: string
    readonly username: string
    readonly password: string
    readonly url: string
  }) {
    if (!this.#session) return notLoggedIn
    return this.#session.connection.ask('create', secret)
  }

  async connectRealTime(): Promise<Answered<{ readonly server: string }>> {
    if (!this.#session) return notLoggedIn
    const { server, realTimePort } = this.#profile
    const answer = await this.#realTime.connect(`wss://${server}:${realTimePort}/`, this.#session.token)
    this.#host.journal('real-time', { server, result: answer.ok ? 'ok' : answer.code })
    return answer
  }

  /** What the add-on may fill a page with: the first secret in this user's list whose page has the same origin. */
  async credentialsFor(id: number, url: string): Promise<Credentials> {
    const origin = URL.parse(url)?.origin
    const found = await this.#find((secret) => origin !== undefined && URL.parse(secret.url)?.origin === origin)
    const secret = found.ok ? await this.readById(found.value.id) : found
    if (secret.ok) {
      const { name, username, password } = secret.value
      return { type: 'credentials', id, secret: name, username, password }
    }
    const { code, text } = secret
    const reason =
      secret.reason === 'not-logged-in' ? 'not-logged-in' : secret.reason === 'not-found' ? 'no-secret' : 'refused'
    return { type: 'no-credentials', id, reason, code, text }
  }

  stop(): void {
    this.#session?.connection.close()
    this.#session = undefined
    this.#realTime.disconnect()
    this.#addOn?.close()
  }
}
