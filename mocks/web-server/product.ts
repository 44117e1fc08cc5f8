import type { ProductName, WebServerSettings } from './settings.ts'

export type Modules = WebServerSettings['modules']

/** Where a request goes. `path` is what the application server is asked for, query included. */
export type Route =
  | { readonly to: 'site'; readonly path: string }
  | { readonly to: 'api' | 'realtime'; readonly path: string }

/** An answer of the web server's own: status and, in the product's terms, why. */
export interface Refusal {
  readonly status: number
  /** IIS: the part of `404.13` after the dot. */
  readonly subStatus?: number
  /** IIS: the Windows error in the log. */
  readonly win32?: number
  /** Text that some products put on the page. */
  readonly reason?: string
}

/** How passing on a request can fail. */
export interface UpstreamFailure {
  readonly kind:
    | 'refused'
    | 'connect-timeout'
    | 'no-such-host'
    | 'unreachable'
    | 'reset'
    | 'certificate'
    | 'handshake'
    | 'closed'
    | 'invalid'
    | 'read-timeout'
    | 'no-live-upstream'
  /** The code (`ECONNREFUSED`, `DEPTH_ZERO_SELF_SIGNED_CERT`, …) and text of what happened underneath. */
  readonly code: string
  readonly detail: string
}

/** What a line of the access log tells. */
export interface AccessEntry {
  readonly at: Date
  readonly client: string
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  readonly status: number
  readonly subStatus: number
  readonly win32: number
  readonly bytes: number
  readonly referer: string
  readonly userAgent: string
  readonly serverAddress: string
  readonly port: number
  readonly tookMs: number
}

/** What a line of the error log tells of a request that could not be passed on. */
export interface FailureEntry {
  readonly at: Date
  readonly client: string
  readonly clientPort: number
  readonly serverName: string
  readonly request: string
  readonly host: string
  readonly upstreamName: string
  readonly upstreamAddress: string
  readonly upstreamPort: number
  readonly upstreamPath: string
  readonly failure: UpstreamFailure
}

export interface ForwardedRequest {
  readonly clientAddress: string
  readonly clientPort: number
  /** The Host header as it came. */
  readonly host: string
  readonly url: string
  readonly forwardedFor: string | undefined
  readonly upstreamHost: string
  readonly serverName: string
}

export interface PageContext {
  /** Where a redirect leads. */
  readonly location?: string | undefined
  readonly serverName: string
  readonly port: number
  readonly request: string
}

export interface Page {
  readonly body: string
  readonly contentType: string
}

/** Everything in which the products differ. */
export interface Product {
  readonly name: ProductName
  /** The Server header. */
  readonly server: string
  readonly redirectStatus: 301 | 302
  readonly maxBodyBytes: number
  /** Whether that holds for requests that are passed on too. */
  readonly limitsProxiedBodies: boolean
  readonly apiReadTimeoutMs: number
  readonly realtimeReadTimeoutMs: number
  readonly clientTimeoutMs: number
  /** What of an upstream certificate is checked unless the settings say otherwise. */
  readonly verifies: { readonly chain: boolean; readonly name: boolean; readonly expiry: boolean }
  readonly balancing: {
    /** After these the next application server is tried, and this one left out for a while. */
    readonly failsOver: readonly UpstreamFailure['kind'][]
    /** How long a server that failed is left out; 0: never. */
    readonly avoidMs: number
    /** When all have failed lately they are tried all the same; else the request is refused. */
    readonly triesWhenAllFailed: boolean
  }
  /** Whether it asks for the application servers' names when it starts and keeps what it found; else whenever it connects. */
  readonly keepsPlaces: boolean
  /** Whether connecting includes the TLS handshake; else that may take as long as an answer. */
  readonly connectsWithHandshake: boolean
  /** Whether the product's own header hides the application server's. */
  readonly hidesUpstreamServer: boolean
  readonly extraHeaders: Readonly<Record<string, string>>
  readonly proxiedHeaders: Readonly<Record<string, string>>
  /** Statuses whose answers carry the extra headers; undefined: all. */
  readonly extraHeadersOn?: ReadonlySet<number>
  /** Answers of its own after which it closes the connection. */
  readonly closesAfter: ReadonlySet<number>
  /** Why a path is refused before anybody looks what stands there. */
  pathRefusal(url: string): Refusal | undefined
  /** Methods that a static file answers to. */
  readonly staticMethods: readonly string[]
  /** Nobody listens where a missing module keeps the service, or one site of it, from starting. */
  startProblem(modules: Modules): { readonly closed: readonly ('http' | 'https')[]; readonly text: string } | undefined
  route(url: string, modules: Modules): Route
  /** Why this route is refused before anything is passed on. */
  refusal(route: Route, upgrade: boolean, modules: Modules): Refusal | undefined
  /** Whether an Upgrade is passed on; else the request goes on as an ordinary one. */
  upgrades(route: Route, modules: Modules): boolean
  forwarded(request: ForwardedRequest): Readonly<Record<string, string>>
  failed(failure: UpstreamFailure): Refusal
  bodyTooLarge: Refusal
  badRequest(status: string): Refusal | undefined
  page(refusal: Refusal, context: PageContext): Page
  accessLine(entry: AccessEntry): string
  failureLine(entry: FailureEntry): string
}

export const EVERY_CONNECTION_FAILURE: readonly UpstreamFailure['kind'][] = [
  'refused',
  'connect-timeout',
  'no-such-host',
  'unreachable',
  'reset',
  'certificate',
  'handshake',
  'closed',
]
