import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { isIP, type Server } from 'node:net'
import { join } from 'node:path'
import { codeOf, HarnessError, messageOf } from '../../harness/context/error.ts'
import { makeRunFolder, removeFolder, sweepRunFolders } from '../../harness/context/run-folder.ts'
import { type LocalCertificate, localCertificate } from './local-certificate.ts'
import { createSqlServer, type RunningSqlServer, type SqlServerOptions } from './server.ts'

/** What a server on its own is told by its owner; everything has a default. */
export interface LocalSqlServerOptions extends Partial<Omit<SqlServerOptions, 'tls' | 'callerOf' | 'now'>> {
  /** The name or address to listen at; 127.0.0.1 unless told. */
  readonly host?: string
  /** 0, the default, takes a free one. */
  readonly port?: number
  /** Of `sa`, at every start; random unless told. */
  readonly saPassword?: string
  /** Made where they are not there yet. */
  readonly databases?: readonly string[]
  /** Key and chain, leaf first; unless told, a new self-signed one for `localhost` and `host`. */
  readonly certificate?: LocalCertificate
}

/** A SQL Server that listens. */
export interface LocalSqlServer extends RunningSqlServer {
  readonly host: string
  readonly port: number
  readonly saPassword: string
  /** What clients are to trust, PEM. */
  certificate(): Promise<string>
  /** The settings of `mssql`'s ConnectionPool for `sa`: encrypted, without a look at the certificate. */
  readonly clientConfig: {
    readonly server: string
    readonly port: number
    readonly user: string
    readonly password: string
    readonly options: {
      readonly encrypt: boolean
      readonly trustServerCertificate: boolean
      /** For TLS, which takes no addresses for names (RFC 6066 section 3). */
      readonly serverName: string
    }
  }
}

// Three of the four kinds of characters that a policy wants stand in front; the rest is as random as it looks.
const randomPassword = (): string => `Sa1-${randomBytes(12).toString('base64url')}`

/**
 * Starts a SQL Server for tests of one's own. Its databases go with it, unless a data folder is named. Fails with
 * `port-taken` or `start-failed` where it cannot listen.
 */
export async function startSqlServer(options: LocalSqlServerOptions = {}): Promise<LocalSqlServer> {
  const { host = '127.0.0.1', port = 0, saPassword = randomPassword(), databases = [], certificate, ...given } = options
  let known = certificate
  const identity = async (): Promise<LocalCertificate> => {
    known ??= await localCertificate(host)
    return known
  }
  await using owned = new AsyncDisposableStack()
  const dataFolder = given.dataFolder ?? owned.adopt(temporaryFolder(), removeFolder)
  const sqlServer = owned.use(
    await started({
      serverName: 'LOCALHOST',
      encryption: 'optional',
      edition: 'developer',
      collation: 'SQL_Latin1_General_CP1_CI_AS',
      backupFolder: join(dataFolder, 'backup'),
      journal: () => undefined,
      ...given,
      dataFolder,
      logins: [{ name: 'sa', password: saPassword, roles: ['sysadmin'] }, ...(given.logins ?? [])],
      tls: identity,
      now: () => new Date(),
      callerOf: (socket) => ({ address: socket.remoteAddress ?? '' }),
    }),
  )
  sqlServer.alterLogin('sa', { password: saPassword })
  const present = new Set(sqlServer.databases().map((name) => name.toLowerCase()))
  for (const name of databases.filter((wanted) => !present.has(wanted.toLowerCase()))) {
    await sqlServer.execute('master', `CREATE DATABASE [${name.replaceAll(']', ']]')}]`)
  }
  const listening = await listen(sqlServer.server, host, port)
  const all = owned.move()
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= all.disposeAsync()
    return stopped
  }
  return {
    ...sqlServer,
    host,
    port: listening,
    saPassword,
    certificate: async () => (await identity()).cert,
    clientConfig: {
      server: host,
      port: listening,
      user: 'sa',
      password: saPassword,
      options: {
        encrypt: given.encryption !== 'unsupported',
        trustServerCertificate: true,
        serverName: isIP(host) ? 'localhost' : host,
      },
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** Nothing of SQL Server's own speaks yet: what keeps it from starting is its owner's to hear. */
async function started(options: SqlServerOptions): Promise<RunningSqlServer> {
  try {
    return await createSqlServer(options)
  } catch (error) {
    throw new HarnessError('start-failed', `SQL Server did not start: ${messageOf(error)}`, { cause: error })
  }
}

/** Also takes away what killed processes left. */
function temporaryFolder(): string {
  sweepRunFolders()
  return makeRunFolder()
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    const where = `${host}:${port}`
    if (codeOf(error) === 'EADDRINUSE') {
      throw new HarnessError(
        'port-taken',
        `SQL Server cannot listen at ${where}: another program does; name another port, or 0 for a free one`,
        { cause: error },
      )
    }
    throw new HarnessError('start-failed', `SQL Server cannot listen at ${where}: ${messageOf(error)}`, {
      cause: error,
    })
  }
  const address = server.address()
  return typeof address === 'object' && address ? address.port : port
}
