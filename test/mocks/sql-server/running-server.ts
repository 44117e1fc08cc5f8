import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sql from 'mssql'
import { selfSignedCertificate } from '../../../harness/pki/self-signed.ts'
import { createSqlServer, type RunningSqlServer, type SqlServerOptions } from '../../../mocks/sql-server/server.ts'

export const saPassword = 'Adm1n-of-SQL!'

export interface TestServer extends AsyncDisposable {
  readonly sqlServer: RunningSqlServer
  readonly port: number
  readonly journal: { type: string; [key: string]: unknown }[]
  readonly folder: string
  /** The server's self-signed certificate, PEM. */
  certificate(): Promise<string>
  /** The settings of a client of this server. */
  config(given?: Partial<sql.config>): sql.config
  /** A pool of one connection, closed with the server. */
  connect(given?: Partial<sql.config>): Promise<sql.ConnectionPool>
}

/** A SQL Server on a free port of 127.0.0.1, with a self-signed certificate for `localhost`. */
export async function startTestServer(given: Partial<SqlServerOptions> = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sql-server-test-'))
  const journal: TestServer['journal'] = []
  const pools: sql.ConnectionPool[] = []
  const make = () =>
    selfSignedCertificate({
      commonName: 'localhost',
      dnsNames: ['localhost'],
      ipAddresses: ['127.0.0.1'],
      notAfter: new Date(Date.now() + 86_400_000),
      now: new Date(),
      keys: { rsa2048: () => Promise.reject(new Error('an EC key is enough here')) } as never,
    })
  let issued: ReturnType<typeof make> | undefined
  const certified = async () => {
    issued ??= make()
    const { key, chain } = await issued
    return { key, cert: chain }
  }
  const sqlServer = await createSqlServer({
    dataFolder: join(folder, 'data'),
    backupFolder: join(folder, 'backup'),
    serverName: 'SQL1',
    encryption: 'optional',
    tls: certified,
    logins: [{ name: 'sa', password: saPassword }],
    edition: 'developer',
    collation: 'Latin1_General_CI_AS',
    now: () => new Date(),
    callerOf: (socket) => ({ address: socket.remoteAddress ?? '' }),
    journal: (entry) => journal.push(entry),
    ...given,
  })
  await new Promise<void>((resolve) => sqlServer.server.listen(0, '127.0.0.1', resolve))
  const address = sqlServer.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const config = (more: Partial<sql.config> = {}): sql.config => ({
    server: '127.0.0.1',
    port,
    user: 'sa',
    password: saPassword,
    pool: { max: 1 },
    ...more,
    options: {
      encrypt: false,
      trustServerCertificate: true,
      serverName: 'localhost',
      ...more.options,
    } as sql.config['options'] & object,
  })
  return {
    sqlServer,
    port,
    journal,
    folder,
    certificate: async () => (await certified()).cert,
    config,
    async connect(more) {
      const pool = await new sql.ConnectionPool(config(more)).connect()
      pools.push(pool)
      return pool
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(pools.map((pool) => pool.close()))
      await sqlServer.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The number and text of the error that a statement must fail with. */
export async function failure(
  work: Promise<unknown>,
): Promise<{ number?: number; class?: number; state?: number; line?: number; text: string; code?: string }> {
  try {
    await work
  } catch (error) {
    const {
      number,
      class: severity,
      state,
      lineNumber,
      message,
      code,
    } = error as sql.RequestError & { class?: number; state?: number }
    return {
      text: message,
      ...(number === undefined ? {} : { number }),
      ...(severity === undefined ? {} : { class: severity }),
      ...(state === undefined ? {} : { state }),
      ...(lineNumber === undefined ? {} : { line: lineNumber }),
      ...(code === undefined ? {} : { code }),
    }
  }
  throw new Error('the statement did not fail')
}
