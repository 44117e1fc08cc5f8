import { isIP } from 'node:net'
import type { Agent, buildConnector, Dispatcher } from 'undici'
import { HarnessError } from '../context/error.ts'
import { dialOptions } from './dial.ts'
import type { ClientEnvironment } from './environment.ts'
import { socketOf } from './http-socket.ts'
import { type TlsFacts, tlsFacts } from './tls-facts.ts'
import { rootsOf, type Trust, verifyOptions } from './trust.ts'

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

/** HTTP/1.1 by `undici`: its errors are its own, untouched. Disposing it closes every connection. */
export interface HttpClient extends AsyncDisposable {
  request(url: string, options?: HttpRequest): Promise<HttpAnswer>
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
  const retired = new Set<Promise<void>>()
  let disposed = false

  /** The agent for these options whose connections were made under today's trust. */
  async function agent(options: AgentOptions = {}): Promise<Agent> {
    const undici = await import('undici')
    if (disposed) throw new HarnessError('not-running', `the HTTP client of ${environment.host} is closed`)
    const roots = rootsOf(environment, options.trust)
    const key = JSON.stringify([options.trust, options.servername, options.timeoutMs, options.maxBytes])
    const pooled = pools.get(key)
    if (pooled && sameTexts(pooled.roots, roots)) return pooled.agent
    if (pooled) retire(pooled.agent)
    const timeoutMs = options.timeoutMs ?? environment.patienceMs
    const made = new undici.Agent({
      connect: connector(environment, undici.buildConnector, options, timeoutMs),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: options.maxBytes ?? MAX_BYTES,
      allowH2: false,
    })
    pools.set(key, { agent: made, roots })
    return made
  }

  function retire(old: Agent): void {
    const closing = old.close().finally(() => retired.delete(closing))
    retired.add(closing)
  }

  return {
    agent,
    async request(url, options = {}) {
      const chosen = await agent(options)
      return options.redirect === 'follow'
        ? exchange(
            chosen.compose((await import('undici')).interceptors.redirect({ maxRedirections: MAX_REDIRECTS })),
            url,
            options,
          )
        : exchange(chosen, url, options)
    },
    async [Symbol.asyncDispose]() {
      disposed = true
      await Promise.all([...pools.values()].map((pooled) => pooled.agent.destroy()))
      await Promise.all(retired)
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
  const answer = await result
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

/** Path and query as written: what a `URL` normalises away (`/../`, `//`) is sometimes the point of a request. */
function pathOf(url: string): string {
  const path = /^[^:]+:\/\/[^/?#]*([^#]*)/.exec(url)?.[1] ?? ''
  return path.startsWith('/') ? path : `/${path}`
}

function payload(options: HttpRequest): { body?: string | Buffer; headers: Record<string, string | string[]> } {
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    headers[name] = typeof value === 'string' ? value : [...value]
  }
  const { body } = options
  if (body === undefined) return { headers }
  if (typeof body === 'string' || Buffer.isBuffer(body)) return { body, headers }
  const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  if (!typed) headers['content-type'] = 'application/json'
  return { body: JSON.stringify(body), headers }
}

/** undici's own connector, made anew for each connection: trust is today's, and no TLS session outlives a change of it. */
function connector(
  environment: ClientEnvironment,
  build: typeof buildConnector,
  options: AgentOptions,
  timeoutMs: number,
): buildConnector.connector {
  return (target, callback) => {
    const secure = target.protocol === 'https:'
    const name = target.hostname.replace(/^\[|\]$/g, '')
    const { host, port, ...dial } = dialOptions(environment, name, Number(target.port || (secure ? 443 : 80)))
    const { servername, ...verify } = verifyOptions(
      environment,
      options.trust,
      options.servername ?? target.servername ?? name,
    )
    const connect = build({ ...dial, ...(secure && verify), timeout: timeoutMs, maxCachedSessions: 0, allowH2: false })
    const asked = { ...target, hostname: host, port: String(port), ...dial }
    const socket: unknown = connect(
      // An address as server name would make undici send it as SNI; over plain HTTP it would dial it.
      secure && servername && isIP(servername) === 0 ? { ...asked, servername } : asked,
      callback,
    )
    if (environment.keylog && isEmitter(socket)) socket.on('keylog', environment.keylog)
    return socket
  }
}

interface KeylogEmitter {
  on(event: 'keylog', listener: (line: Buffer) => void): unknown
}

const isEmitter = (value: unknown): value is KeylogEmitter =>
  typeof value === 'object' && value !== null && 'on' in value && typeof value.on === 'function'

const sameTexts = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((text, index) => text === other[index])
