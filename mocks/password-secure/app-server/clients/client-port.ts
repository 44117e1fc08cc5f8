import { z } from 'zod'
import type { Listening } from '../../../../harness/host/component-host.ts'
import { type ClientRequest, type ClientResult, clientRequest } from '../../protocol/client-messages.ts'
import { granted, type Outcome, refusal } from '../../protocol/refusal.ts'
import { guarded } from '../access/guarded.ts'
import type { AppServer } from '../app-server.ts'
import { type FramedConnection, startFramedPort } from '../intake/framed-port.ts'
import type { SessionUser } from '../store/sessions.ts'

const LISTEN = 'clients'

interface ClientSession {
  readonly token: string
  readonly entry: Disposable
}

type Answer = Outcome<ClientResult<ClientRequest['op']>>

/** 11011: the client protocol. A connection carries one login; its session ends with it. */
export function startClientPort(server: AppServer): Promise<Listening> {
  const { host, settings, tls } = server
  return startFramedPort({
    host,
    listen: LISTEN,
    tls,
    maxFrameBytes: settings.maxFrameBytes,
    maxConnections: settings.maxConnections,
    unauthenticatedIdleMs: settings.unauthenticatedIdleMs,
    serve: (connection) => new ClientConversation(server, connection).run(),
  })
}

const identified = z.object({ id: z.int().min(1) })

class ClientConversation {
  readonly #server: AppServer
  readonly #connection: FramedConnection
  #session: ClientSession | undefined

  constructor(server: AppServer, connection: FramedConnection) {
    this.#server = server
    this.#connection = connection
  }

  async run(): Promise<void> {
    try {
      for await (const frame of this.#connection.frames()) {
        if (!frame.ok) {
          await this.#connection.send({ id: 0, ...refusal('bad-request', frame.text) })
          return
        }
        const goesOn = await this.#take(frame.value)
        if (!goesOn) return
      }
    } finally {
      await this.#end()
    }
  }

  /** Answers one request; whether the conversation goes on. */
  async #take(value: unknown): Promise<boolean> {
    const parsed = clientRequest.safeParse(value)
    if (!parsed.success) {
      const { host } = this.#server
      const where = parsed.error.issues.map(({ path, code }) => `${path.join('.')}: ${code}`).join(', ')
      host.journal('garbage', { port: LISTEN, from: this.#connection.peer.name, code: 'bad-request', text: where })
      const id = identified.safeParse(value).data?.id ?? 0
      await this.#connection.send({ id, ...refusal('bad-request') })
      return this.#session !== undefined
    }
    const request = parsed.data
    const answer = await guarded(this.#server, `${LISTEN} ${request.op}`, () => this.#answer(request))
    await this.#connection.send(
      answer.ok
        ? { id: request.id, ok: true, result: answer.value }
        : { id: request.id, ok: false, code: answer.code, text: answer.text },
    )
    return request.op !== 'logout'
  }

  async #answer(request: ClientRequest): Promise<Answer> {
    if (request.op === 'login') return this.#login(request)
    if (!this.#session) return refusal('not-logged-in')
    const authorized = await this.#server.logins.authorize(this.#session.token)
    if (!authorized.ok) return authorized
    return this.#granted(request, authorized.value)
  }

  async #granted(request: Exclude<ClientRequest, { op: 'login' }>, user: SessionUser): Promise<Answer> {
    const { vault } = this.#server
    const from = this.#connection.peer.name
    switch (request.op) {
      case 'logout':
        await this.#end()
        return granted({})
      case 'list': {
        const listed = await vault.list(user)
        return listed.ok ? granted({ secrets: [...listed.value] }) : listed
      }
      case 'read':
        return vault.read(user, request.secret, from)
      case 'change':
        return vault.change(user, request.secret, request.password, from)
      case 'create':
        return vault.create(user, request, from)
    }
  }

  async #login(request: Extract<ClientRequest, { op: 'login' }>): Promise<Answer> {
    if (this.#session) return refusal('already-logged-in')
    const { host, settings, logins, sessions } = this.#server
    const from = this.#connection.peer.name
    const { user, password, database, version } = request
    const outcome = await logins.login({ user, password, database, version, channel: LISTEN, from })
    if (!outcome.ok) return outcome
    this.#connection.accept()
    const { token, roles } = outcome.value
    const { name, expiresAt } = outcome.value.user
    const entry = sessions.add({
      user: name,
      channel: LISTEN,
      from,
      since: host.now().toISOString(),
      token,
      expiresAt,
      end: () => this.#connection.close(),
    })
    this.#session = { token, entry }
    return granted({ user: name, roles: [...roles], server: host.name, database: settings.databaseName, token })
  }

  /** Ends the session, and the real-time connections that live by it. */
  async #end(): Promise<void> {
    const session = this.#session
    if (!session) return
    this.#session = undefined
    session.entry[Symbol.dispose]()
    const { host, logins, sessions } = this.#server
    sessions.end(({ token }) => token === session.token)
    if (host.signal.aborted) return
    const ended = await guarded(this.#server, 'end of session', async () => granted(await logins.logout(session.token)))
    host.journal('logout', { channel: LISTEN, from: this.#connection.peer.name, kept: !ended.ok })
  }
}
