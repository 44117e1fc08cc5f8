import { messageOf } from '../context/error.ts'
import type { ClientEnvironment, Route } from './environment.ts'
import { LookupTimeout, resolveName } from './resolve-name.ts'
import { askBrowser } from './sql-browser-question.ts'

/** Where tedious is to ask for a named instance, and the name to hold against the certificate. */
export interface SqlInstance {
  readonly address: string
  readonly instance: string
  readonly name: string
  /** Where the platform has moved UDP 1434, tedious cannot ask: then the port is known already. */
  readonly port?: number
}

/**
 * tedious asks the SQL Server Browser (UDP 1434, MC-SQLR) with the machine's own resolver and no hook. So the name is resolved as
 * the host sees it, and a failure is told as tedious tells it: `EINSTLOOKUP` with the resolver's text, or `ETIMEOUT`.
 */
export class SqlNameError extends Error {
  readonly code: 'EINSTLOOKUP' | 'ETIMEOUT'
  readonly ours = true

  constructor(code: 'EINSTLOOKUP' | 'ETIMEOUT', message: string, cause: unknown) {
    super(message, { cause })
    this.code = code
  }
}

const BROWSER_PORT = 1434

/** Takes `HOST\INSTANCE` apart; nothing for a server without an instance. */
export async function sqlInstance(
  environment: ClientEnvironment,
  server: string,
  timeoutMs: number,
): Promise<SqlInstance | undefined> {
  const [name = '', instance] = server.split('\\', 2)
  if (instance === undefined) return undefined
  try {
    const route = environment.route(name, BROWSER_PORT, 'udp')
    const address = await resolveName(environment, route.host, timeoutMs)
    if (route.port === BROWSER_PORT) return { address, instance, name }
    return { address, instance, name, port: await askedPort({ host: address, port: route.port }, instance, name) }
  } catch (error) {
    if (error instanceof SqlNameError) throw error
    if (!(error instanceof LookupTimeout)) throw new SqlNameError('EINSTLOOKUP', messageOf(error), error)
    throw timedOut(error)
  }

  async function askedPort(route: Route, wanted: string, host: string): Promise<number> {
    const answer = await askBrowser(route, wanted, timeoutMs)
    if (answer === 'silent') throw timedOut(answer)
    if (answer === 'unknown') throw new SqlNameError('EINSTLOOKUP', `Port for ${wanted} not found in ${host}`, answer)
    return answer.port
  }

  function timedOut(cause: unknown): SqlNameError {
    return new SqlNameError('ETIMEOUT', `Failed to connect to ${server} in ${timeoutMs}ms`, cause)
  }
}
