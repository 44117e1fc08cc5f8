import type { SqlInstance } from '../engine/instance.ts'
import type { SqlSession } from '../engine/session.ts'
import type { ConnectionLog } from './connection-log.ts'
import type { Entry } from './login-exchange.ts'
import { packetSizeFor, routingFor, writeLoginResponse } from './login-flow.ts'
import type { Response } from './response.ts'

export interface Client {
  readonly caller: { readonly address: string; readonly host?: string }
  /** Ends the connection. */
  readonly end: () => void
  readonly respond: (spid: number) => Response
}

/** Opens the session of a login and tells its client, the ERRORLOG and the journal. */
export function enter(instance: SqlInstance, log: ConnectionLog, entry: Entry, client: Client): SqlSession {
  const { outcome, login7, version, form, scope, integrated } = entry
  const { name } = outcome.login
  const packetBytes = packetSizeFor(login7)
  const session = instance.openSession({
    login: outcome.login,
    database: outcome.database,
    login7,
    caller: client.caller,
    version,
    encrypted: scope === 'all',
    packetBytes,
    form,
    end: client.end,
  })
  const { spid } = session
  log.success(
    `Login succeeded for user '${name}'. Connection made using ${integrated ? 'Integrated' : 'SQL Server'} authentication.`,
  )
  log.journal('login', {
    user: name,
    database: session.databaseName,
    spid,
    application: login7.appName,
    ...(integrated ? { authentication: 'NTLM' } : {}),
    tls: scope,
  })
  const routing = routingFor(instance.faults.routing, login7, version)
  if (routing) log.journal('routed', { user: name, spid, host: routing.host, port: routing.port })
  const response = client.respond(spid)
  const warnings = outcome.warnings ?? []
  writeLoginResponse(response, { session, login7, version, packetBytes, routing, warnings })
  response.end()
  return session
}
