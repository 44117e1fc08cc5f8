import { z } from 'zod'
import type { HttpAnswer } from '../../../harness/clients/index.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { readSecret, secretFacts } from '../protocol/client-messages.ts'
import { failureOf, notLoggedIn, refusedBy } from './failure.ts'
import type { Answered } from './server-connection.ts'

const loggedIn = z.object({ token: z.string(), user: z.string(), server: z.string() })
const refused = z.object({ error: z.object({ code: z.string(), text: z.string() }) })
const listed = z.object({ secrets: z.array(secretFacts) })

interface Session {
  readonly url: string
  readonly origin: string
  readonly token: string
}

export interface WebLogin {
  readonly url: string
  readonly user: string
  readonly password: string
  readonly database: string
  readonly origin: string | undefined
}

const headerOf = (answer: HttpAnswer, name: string): string | undefined => {
  const value = answer.headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

/** The server that answered behind the web server. */
const answeredBy = (answer: HttpAnswer) => {
  const server = headerOf(answer, 'x-passwordsecure-server')
  return server === undefined ? {} : { answeredBy: server }
}

/** The Web Application in a browser on this host: /api of a web server, with an Origin as a browser sends it. */
export class WebSession {
  readonly #host: ComponentHost
  #session: Session | undefined

  constructor(host: ComponentHost) {
    this.#host = host
  }

  async login({ url, origin, ...credentials }: WebLogin) {
    const base = url.replace(/\/+$/, '')
    const from = origin ?? URL.parse(base)?.origin ?? base
    const answer = await this.#send({ url: base, origin: from, token: '' }, 'POST', '/login', loggedIn, credentials)
    if (!answer.ok) return answer
    const { body, response } = answer.value
    this.#session = { url: base, origin: from, token: body.token }
    const allowOrigin = headerOf(response, 'access-control-allow-origin')
    return {
      ok: true as const,
      value: {
        status: response.status,
        user: body.user,
        ...(allowOrigin === undefined ? {} : { allowOrigin }),
        ...answeredBy(response),
      },
    }
  }

  async list() {
    if (!this.#session) return notLoggedIn
    const answer = await this.#send(this.#session, 'GET', '/secrets', listed)
    if (!answer.ok) return answer
    return { ok: true as const, value: { secrets: answer.value.body.secrets, ...answeredBy(answer.value.response) } }
  }

  async read(name: string) {
    const all = await this.list()
    if (!all.ok || !this.#session) return all.ok ? notLoggedIn : all
    const found = all.value.secrets.find((secret) => secret.name === name)
    if (!found) return refusedBy('not-found', 'There is no such secret in the list of this user.')
    const answer = await this.#send(this.#session, 'GET', `/secrets/${found.id}`, readSecret)
    return answer.ok ? { ok: true as const, value: answer.value.body } : answer
  }

  async logout() {
    if (!this.#session) return notLoggedIn
    const answer = await this.#send(this.#session, 'POST', '/logout', z.object({}))
    this.#session = undefined
    return answer
  }

  async #send<T>(
    session: Session,
    method: 'GET' | 'POST',
    path: string,
    shape: z.ZodType<T>,
    body?: object,
  ): Promise<Answered<{ readonly body: T; readonly response: HttpAnswer }>> {
    try {
      const response = await this.#host.clients.http.request(`${session.url}/api${path}`, {
        method,
        headers: {
          origin: session.origin,
          ...(session.token === '' ? {} : { authorization: `Bearer ${session.token}` }),
        },
        ...(body ? { body } : {}),
      })
      const parsed = z.union([refused, shape]).safeParse(jsonOf(response.text))
      const said = refused.safeParse(parsed.data)
      if (said.success) return refusedBy(said.data.error.code, said.data.error.text)
      const read = shape.safeParse(parsed.data)
      if (response.status === 200 && read.success) return { ok: true, value: { body: read.data, response } }
      return { ok: false, reason: 'protocol', code: `http-${response.status}`, text: response.text.slice(0, 500) }
    } catch (error) {
      return failureOf(error)
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
