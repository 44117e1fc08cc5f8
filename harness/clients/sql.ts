import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { HarnessError } from '../context/error.ts'
import type { ClientEnvironment } from './environment.ts'
import { rememberLoginErrors, type SqlErrorSource } from './sql-failure.ts'
import { connectKeepingFirst } from './sql-first-connection.ts'
import { type SqlInstance, sqlInstance } from './sql-instance.ts'
import { type ConnectionPool, type config, type SqlLibrary, sqlLibrary } from './sql-library.ts'
import { type SqlLines, sqlLines } from './sql-lines.ts'
import { type TlsFacts, tlsFacts } from './tls-facts.ts'
import { rootsOf, TRUST_AS_STORED, type Trust } from './trust.ts'

export interface SqlSettings {
  /** Name or address, as an administrator would write it; `HOST\INSTANCE` asks the SQL Server Browser for the port. */
  readonly server: string
  readonly port?: number
  readonly database?: string
  /** A SQL login; or, with a backslash, a Windows account: `CORP\\alice` logs in by NTLM. */
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** Logs in by NTLM as an account of this domain; empty: never. */
  readonly domain?: string | undefined
  /**
   * Logs in by NTLM as the host's own computer account: what LocalSystem and application pool identities are to another
   * host. `user`, `password` and `domain` are not looked at.
   */
  readonly integrated?: boolean
  /** `strict` is TDS 8.0: TLS before the first packet. Default true. */
  readonly encrypt?: boolean | 'strict'
  /** Default false. `strict` verifies the certificate all the same. */
  readonly trustServerCertificate?: boolean
  /** Default: the host's trust store, read at each new connection. */
  readonly trust?: Trust
  /** The name in the certificate, where it is not the server's. */
  readonly serverName?: string
  /** Whether mssql asks `SELECT 1` before each request, looks at the socket only, or trusts. Default true, which is mssql's. */
  readonly validateConnection?: boolean | 'socket'
  readonly pool?: { readonly min?: number; readonly max?: number; readonly idleTimeoutMs?: number }
  /** Default: the host's patience. Name, TCP, TLS and login together. */
  readonly connectTimeoutMs?: number
  /** Default 15,000, which is mssql's. */
  readonly requestTimeoutMs?: number
  readonly appName?: string
  /** Default: the host's name. */
  readonly workstation?: string
  readonly packetSize?: number
  /** Told once a connection's TLS handshake is over. Not when the certificate is refused, and not of `strict`: tedious does not show these. */
  readonly onSession?: (facts: TlsFacts) => void
  /** Ends the first login; it has no say once the pool is there. */
  readonly signal?: AbortSignal
}

/** SQL Server by `mssql` on `tedious`. Disposing it closes every pool that is still open, also under a running request. */
export interface SqlClient extends AsyncDisposable {
  /** A pool that has logged in once. Rejects with mssql's `ConnectionError`; `sqlFailure` reads it. */
  connect(settings: SqlSettings): Promise<ConnectionPool>
  /** The library itself, for `Transaction`, `Request`, types. */
  library(): Promise<typeof import('mssql')>
}

const REQUEST_TIMEOUT_MS = 15_000

export function sqlClient(environment: ClientEnvironment): SqlClient {
  const open = new Map<ConnectionPool, { readonly lines: SqlLines; readonly opening: Promise<ConnectionPool> }>()
  let disposed = false
  return {
    library: async () => sqlLibrary().mssql,
    async connect(settings) {
      const { signal } = settings
      const library = sqlLibrary()
      const timeoutMs = settings.connectTimeoutMs ?? environment.patienceMs
      const instance = await sqlInstance(environment, settings.server, timeoutMs)
      if (disposed) throw new HarnessError('not-running', `the SQL client of ${environment.host} is closed`)
      signal?.throwIfAborted()
      const lines = sqlLines()
      const pool = new library.mssql.ConnectionPool(configuration(environment, settings, library, lines, instance))
      // Without a listener a connection that is lost while idle would end the process; the next request reports it.
      pool.on('error', () => {})
      pool.once('close', () => open.delete(pool))
      const abort = () => lines.cut(new HarnessError('interrupted', `the login at ${settings.server} was given up`))
      signal?.addEventListener('abort', abort, { once: true })
      const opening = connectKeepingFirst(pool)
      open.set(pool, { lines, opening })
      try {
        return await opening
      } catch (error) {
        open.delete(pool)
        throw signal?.aborted ? signal.reason : error
      } finally {
        signal?.removeEventListener('abort', abort)
      }
    },
    async [Symbol.asyncDispose]() {
      disposed = true
      const closing = [...open].map(async ([pool, { lines, opening }]) => {
        lines.cut(new HarnessError('not-running', `the SQL client of ${environment.host} is closed`))
        // mssql refuses to close a pool that is being opened; one whose opening failed has nothing to close.
        await Promise.allSettled([opening])
        if (pool.connected) await pool.close()
      })
      await Promise.all(closing)
    },
  }
}

/** `CORP\\alice` is a Windows account, as go-mssqldb and FreeTDS take it; an empty domain leaves it a SQL login. */
function windowsParts({ user, password, domain }: SqlSettings): Pick<SqlSettings, 'user' | 'password' | 'domain'> {
  const slash = domain === undefined ? (user?.indexOf('\\') ?? -1) : -1
  if (user === undefined || slash < 1) return { user, password, domain: domain === '' ? undefined : domain }
  return { user: user.slice(slash + 1), password, domain: user.slice(0, slash) }
}

function credentials(
  environment: ClientEnvironment,
  settings: SqlSettings,
): Pick<config, 'user' | 'password' | 'domain'> {
  if (settings.integrated) {
    const { computer } = environment
    if (!computer)
      throw new HarnessError(
        'usage',
        `${environment.host} is in no domain: name a user, or ask from a host of the landscape`,
      )
    return { user: computer.name, password: computer.password, domain: computer.domain }
  }
  const { password, user, domain } = windowsParts(settings)
  return {
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(domain !== undefined && { domain }),
  }
}

function configuration(
  environment: ClientEnvironment,
  settings: SqlSettings,
  { connectInSequence }: SqlLibrary,
  lines: SqlLines,
  instance: SqlInstance | undefined,
): config {
  const { pool = {} } = settings
  const serverName = settings.serverName ?? instance?.name
  const options = {
    encrypt: settings.encrypt ?? true,
    trustServerCertificate: settings.trustServerCertificate === true || settings.trust === 'everybody',
    appName: settings.appName ?? 'node-mssql',
    workstationId: settings.workstation ?? environment.host,
    ...(serverName !== undefined && { serverName }),
    ...(instance && instance.port === undefined && { instanceName: instance.instance }),
    ...(settings.packetSize !== undefined && { packetSize: settings.packetSize }),
    // Asked for at every new connection, because mssql copies its options then: trust is as it stands at that moment.
    get cryptoCredentialsDetails() {
      return { ca: rootsOf(environment, settings.trust), ...TRUST_AS_STORED }
    },
    // tedious hands over what its own connectors get, though its types do not say so.
    connector: async (
      target: { host: string; port: number },
      _lookup: unknown,
      signal: AbortSignal,
    ): Promise<Socket> => {
      const route = environment.route(target.host, target.port)
      const ended = AbortSignal.any([signal, lines.signal])
      const socket = await connectInSequence(route, environment.lookup, ended)
      socket.setNoDelay(true)
      lines.add(socket)
      return socket
    },
  }
  return {
    server: instance === undefined ? settings.server : instance.port === undefined ? instance.address : instance.name,
    port: instance?.port ?? settings.port ?? 1433,
    ...(settings.database !== undefined && { database: settings.database }),
    ...credentials(environment, settings),
    connectionTimeout: settings.connectTimeoutMs ?? environment.patienceMs,
    ...(settings.validateConnection !== undefined && { validateConnection: settings.validateConnection }),
    requestTimeout: settings.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    pool: {
      min: pool.min ?? 0,
      max: pool.max ?? 10,
      ...(pool.idleTimeoutMs !== undefined && { idleTimeoutMillis: pool.idleTimeoutMs }),
    },
    // mssql's types know no connector with arguments and no `strict`; tedious does.
    options: options as unknown as NonNullable<config['options']>,
    beforeConnect: (made: unknown) => {
      const connection = made as SqlErrorSource // mssql's type is an empty class; it is tedious' EventEmitter
      rememberLoginErrors(connection)
      connection.on('secure', (socket) => {
        const facts = socket instanceof TLSSocket && tlsFacts(socket)
        if (facts) settings.onSession?.(facts)
      })
    },
  }
}
