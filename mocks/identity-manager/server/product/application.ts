import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { type Process, readAppsettings } from '../configuration/appsettings.ts'
import type { Configuration } from '../configuration/configuration.ts'
import { ConnectionStringError, parseConnectionString } from '../configuration/connection-string.ts'
import { Database, DatabaseUnavailable } from '../database/database.ts'
import { type SqlIdentity, sqlSettingsOf } from '../database/database-settings.ts'
import { StartRefused } from './start-refused.ts'

export interface ApplicationProcess extends Process {
  readonly sqlIdentity: SqlIdentity
}

/** The product at work: what one process of it holds. */
export interface Application extends AsyncDisposable {
  readonly configuration: Configuration
  readonly applicationUri: string
  readonly database: Database
  health(): Promise<{ readonly status: 'Healthy' | 'Unhealthy'; readonly text: string }>
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
}

/** Starts the product from what stands in its files. Throws `StartRefused`. */
export async function startApplication(host: ComponentHost, process: ApplicationProcess): Promise<Application> {
  const configuration = await readAppsettings(process)
  const required = (key: string): string => {
    const value = configuration.text(key)
    if (value === undefined || value === '') {
      throw new StartRefused('setting-missing', `The setting '${key}' is required and missing in appsettings.json.`)
    }
    return value
  }
  const applicationUri = required('ApplicationUri')
  await using starting = new AsyncDisposableStack()
  const database = starting.use(databaseOf(host, required('ConnectionString'), process.sqlIdentity))
  // One that cannot be had does not keep the product from starting: /hc tells.
  await database.pool().catch((error: unknown) => noteUnavailable(host, error))

  const health: Application['health'] = async () => {
    try {
      await database.query('SELECT 1 AS one;')
      return { status: 'Healthy', text: '' }
    } catch (error) {
      return { status: 'Unhealthy', text: noteUnavailable(host, error) }
    }
  }
  const owned = starting.move()
  return {
    configuration,
    applicationUri,
    database,
    health,
    async handle(request, response) {
      const { pathname } = new URL(request.url ?? '/', 'https://server')
      if (pathname === '/hc' && request.method === 'GET') {
        const { status } = await health()
        const headers = { 'content-type': 'text/plain', 'cache-control': 'no-store, no-cache' }
        response.writeHead(status === 'Healthy' ? 200 : 503, headers).end(status)
        return
      }
      response.writeHead(404, { 'content-length': 0 }).end()
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function databaseOf(host: ComponentHost, connectionString: string, identity: SqlIdentity): Database {
  try {
    return new Database(host.clients, sqlSettingsOf(host, parseConnectionString(connectionString), identity))
  } catch (error) {
    if (!(error instanceof ConnectionStringError)) throw error
    throw new StartRefused('connection-string-malformed', `System.ArgumentException: ${error.message}`, {
      cause: error,
    })
  }
}

function noteUnavailable(host: ComponentHost, error: unknown): string {
  if (!(error instanceof DatabaseUnavailable)) throw error
  host.journal('database-unavailable', { code: error.code, text: error.message })
  return `${error.code}: ${error.message}`
}
