import { TLSSocket } from 'node:tls'
import { HarnessError } from '../context/error.ts'
import { dialOptions } from './dial.ts'
import type { ClientEnvironment } from './environment.ts'
import { type Agent, type buildConnector, type Dispatcher, type HttpLibrary, httpLibrary } from './http-library.ts'
import { pathOf, payload } from './http-message.ts'
import { socketOf } from './http-socket.ts'
import { onSession, type TlsFacts, tlsFacts } from './tls-facts.ts'
import { rootsOf, type Trust, verifyingContext, verifyOptions } from './trust.ts'

export interface AgentOptions {
  readonly trust?: Trust
  /** The name sent as SNI and held against the certificate; the URL's host unless told. */
  readonly servername?: string
  /** Milliseconds for the connection, the headers and each pause in the body; the host's patience unless told. */
  readonly timeoutMs?: number
  /** The largest body accepted, in bytes; 8 MiB unless told. Beyond it: `UND_ERR_RES_EXCEEDED_MAX_SIZE`. */
  readonly maxBytes?: number
}

export interface HttpRequest extends AgentOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** A text or bytes as they are; anything else as JSON. */
  readonly body?: string | Buffer | object
  /** `manual` answers with the redirect itself; `follow` goes on, five times at most. */
  readonly redirect?: 'manual' | 'follow'
  /**
   * Told once the keys of a TLS connection are agreed, also when the certificate is then refused. The request goes over
   * a connection of its own, which is closed after it.
   */
  readonly onSession?: (facts: TlsFacts) => void
  readonly signal?: AbortSignal
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly body: Buffer
  /** The session of the request (of the first one, where redirects were followed). */
  readonly tls?: TlsFacts
  /** The address that answered, as this machine knows it. */
  readonly remoteAddress?: string
  /** The body as JSON; a `SyntaxError` where it is none. */
  json(): unknown
}

/**
 * Requests over connections that nobody else uses, one for each origin, kept open: what a browser does, and what an
 * authentication needs that is bound to its connection (NTLM). Trust is read at each new connection.
 */
export interface HttpSession extends AsyncDisposable {
  request(url: string, options?: Omit<HttpRequest, keyof AgentOptions | 'onSession'>): Promise<HttpAnswer>
}

/** HTTP/1.1 by `undici`: its errors are its own, untouched. Disposing it closes every connection. */
export interface HttpClient extends AsyncDisposable {
  request(url: string, options?: HttpRequest): Promise<HttpAnswer>
  /** A session of one's own; who asks disposes it. */
  session(options?: AgentOptions): HttpSession
  /** A dispatcher for whoever uses undici directly; trust is read at each new connection. */
  agent(options?: AgentOptions): Promise<Dispatcher>
}

interface PooledAgent {
  readonly agent: Agent
  readonly roots: readonly string[]
}

const MAX_BYTES = 8 * 1024 * 1024
const MAX_REDIRECTS = 5

export function httpClient(environment: ClientEnvironment): HttpClient {
  const pools = new Map<string, PooledAgent>()
  const owned = new Set<Agent>()
  let disposed = false

  async function library(): Promise<HttpLibrary> {
    const undici = await httpLibrary()
    if (disposed) throw new HarnessError('not-running', `the HTTP client of ${environment.host} is closed`)
    return undici
  }

  function newAgent(
    undici: HttpLibrary,
    options: AgentOptions & { readonly connections?: number },
    told?: HttpRequest['onSession'],
  ): Agent {
    const timeoutMs = options.timeoutMs ?? environment.patienceMs
    const agent = new undici.Agent({
      ...(options.connections !== undefined && { connections: options.connections }),
      connect: connector(environment, undici.buildConnector, options, timeoutMs, told),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: options.maxBytes ?? MAX_BYTES,
      allowH2: false,
    })
    owned.add(agent)
    return agent
  }

  /** The agent for these options all of whose connections were made under today's trust. */
  function pooledAgent(undici: HttpLibrary, options: AgentOptions): Agent {
    const roots = rootsOf(environment, options.trust)
    const key = JSON.stringify([options.trust, options.servername, options.timeoutMs, options.maxBytes])
    const pooled = pools.get(key)
    if (pooled && sameTexts(pooled.roots, roots)) return pooled.agent
    if (pooled) retire(pooled.agent)
    const agent = newAgent(undici, options)
    pools.set(key, { agent, roots })
    return agent
  }

  /** Lets requests under way end, and closes. */
  function retire(agent: Agent): void {
    const forget = () => void owned.delete(agent)
    agent.close().then(forget, forget)
  }

  return {
    agent: async (options = {}) => pooledAgent(await library(), options),
    async request(url, options = {}) {
      const undici = await library()
      const own = options.onSession && newAgent(undici, options, options.onSession)
      const agent = own ?? pooledAgent(undici, options)
      const { redirect } = undici
      try {
        return await (options.redirect === 'follow'
          ? exchange(agent.compose(redirect({ maxRedirections: MAX_REDIRECTS })), url, options)
          : exchange(agent, url, options))
      } finally {
        if (own) {
          owned.delete(own)
          await own.destroy()
        }
      }
    },
    session(options = {}) {
      let agent: Agent | undefined
      return {
        async request(url, request = {}) {
          const undici = await library()
          agent ??= newAgent(undici, { ...options, connections: 1 })
          return exchange(agent, url, request)
        },
        async [Symbol.asyncDispose]() {
          if (!agent) return
          owned.delete(agent)
          await agent.destroy()
          agent = undefined
        },
      }
    },
    async [Symbol.asyncDispose]() {
      disposed = true
      await Promise.all([...owned].map((agent) => agent.destroy()))
    },
  }
}

async function exchange(dispatcher: Dispatcher, url: string, options: HttpRequest): Promise<HttpAnswer> {
  const { body, headers } = payload(options)
  const { socket, result } = socketOf(() =>
    dispatcher.request({
      origin: new URL(url).origin,
      path: pathOf(url),
      method: (options.method ?? (body === undefined ? 'GET' : 'POST')) as Dispatcher.HttpMethod, // undici checks it
      headers,
      ...(body !== undefined && { body }),
      ...(options.signal && { signal: options.signal }),
    }),
  )
  const answer = await unlessAborted(result, options.signal)
  const used = socket()
  const tls = used && tlsFacts(used)
  const bytes = Buffer.from(await answer.body.arrayBuffer())
  const text = bytes.toString('utf8')
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    body: bytes,
    ...(tls && { tls }),
    ...(used?.remoteAddress && { remoteAddress: used.remoteAddress }),
    json: () => JSON.parse(text),
  }
}

/** undici hears of an abort only once it is connected. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** undici's own connector, made anew for each connection: trust is today's, and no TLS session outlives a change of it. */
function connector(
  environment: ClientEnvironment,
  build: typeof buildConnector,
  options: AgentOptions,
  timeoutMs: number,
  told: HttpRequest['onSession'],
): buildConnector.connector {
  return (target, callback) => {
    const secure = target.protocol === 'https:'
    const name = target.hostname.replace(/^\[|\]$/g, '')
    const { host, port, ...dial } = dialOptions(environment, name, Number(target.port || (secure ? 443 : 80)))
    const { servername, ...verify } = verifyOptions(
      environment,
      options.trust,
      options.servername || target.servername || name,
    )
    const trust = secure && { ...verify, secureContext: verifyingContext(verify) }
    const connect = build({ ...dial, ...trust, timeout: timeoutMs, maxCachedSessions: 0, allowH2: false })
    const asked = { ...target, hostname: host, port: String(port), ...dial }
    const socket: unknown = connect(
      // An address as server name would make undici send it as SNI; over plain HTTP it would dial it.
      secure && servername ? { ...asked, servername } : asked,
      callback,
    )
    if (socket instanceof TLSSocket) {
      if (environment.keylog) socket.on('keylog', environment.keylog)
      if (told) onSession(socket, told)
    }
    return socket
  }
}

const sameTexts = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((text, index) => text === other[index])
