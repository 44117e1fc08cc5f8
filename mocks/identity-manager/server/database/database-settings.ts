import type { SqlSettings } from '../../../../harness/clients/index.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { ConnectionString } from '../configuration/connection-string.ts'
import { ConnectionStringError } from '../configuration/connection-string.ts'

/** Whose rights a connection with Integrated Security has. */
export type SqlIdentity =
  | { readonly type: 'account'; readonly name: string; readonly password: string }
  | { readonly type: 'computer' }

const OWN_COMPUTER = new Set(['.', '(local)', 'localhost', '127.0.0.1'])

/** The client's settings for a connection string: `tcp:`, `HOST,PORT`, `HOST\INSTANCE`, `.` for the own computer. */
export function sqlSettingsOf(host: ComponentHost, wanted: ConnectionString, identity: SqlIdentity): SqlSettings {
  const found = /^(?:tcp:)?\s*([^,\\]+)(?:\\([^,]+))?(?:,\s*(\d{1,5}))?$/i.exec(wanted.dataSource.trim())
  if (!found) throw new ConnectionStringError("Invalid value for key 'data source'.")
  const [, name = '', instance, port] = found
  const server = OWN_COMPUTER.has(name.trim().toLowerCase()) ? host.fqdn : name.trim()
  return {
    server: instance === undefined || port !== undefined ? server : `${server}\\${instance}`,
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(wanted.initialCatalog === undefined ? {} : { database: wanted.initialCatalog }),
    ...credentials(wanted, identity),
    encrypt: wanted.encrypt,
    trustServerCertificate: wanted.trustServerCertificate,
    ...(wanted.hostNameInCertificate === undefined ? {} : { serverName: wanted.hostNameInCertificate }),
    appName: wanted.applicationName,
    pool: { max: Math.max(1, Math.min(wanted.maxPoolSize, MAX_CONNECTIONS)) },
    validateConnection: 'socket',
  }
}

// A handful serves a landscape; the vendor's examples ask for ten at least.
const MAX_CONNECTIONS = 10

function credentials(wanted: ConnectionString, identity: SqlIdentity): Partial<SqlSettings> {
  if (!wanted.integratedSecurity) return { user: wanted.userId ?? '', password: wanted.password ?? '', domain: '' }
  if (identity.type === 'computer') return { integrated: true }
  return { user: identity.name, password: identity.password }
}
