import type { SqlSettings } from '../../../harness/clients/index.ts'
import type { ReferredComponent } from '../../../harness/host/component.ts'
import type { AppServerSettings } from './settings.ts'

/**
 * Where the connection string points: HOST, HOST,PORT or HOST\INSTANCE. The last asks SQL Server Browser, as every client
 * does. Without a name and a port it is the port of the host's SQL Server, as the administrator has looked it up.
 */
export function databasePlace(
  { databaseInstance, databasePort }: Pick<AppServerSettings, 'databaseInstance' | 'databasePort'>,
  { fqdn, listens }: Pick<ReferredComponent, 'fqdn' | 'listens'>,
): Pick<SqlSettings, 'server' | 'port'> {
  if (databasePort !== undefined) return { server: fqdn, port: databasePort }
  if (databaseInstance !== undefined) return { server: `${fqdn}\\${databaseInstance}` }
  const port = listens.find(({ id }) => id === 'tds')?.port
  return { server: fqdn, ...(port === undefined ? {} : { port }) }
}
