import type { JsonObject } from '../../../../harness/context/json.ts'
import type { ReferredComponent } from '../../../../harness/host/component.ts'
import type { ServerStart } from '../references.ts'
import type { ServerSettings } from '../settings.ts'

/** The appsettings.json that the administrator writes, in the form of the vendor's examples. */
export function appsettingsFile({ host, settings, references }: ServerStart, keys: JsonObject = {}): string {
  if (settings.appsettingsText !== undefined) return settings.appsettingsText
  const port = settings.httpsPort === 443 ? '' : `:${settings.httpsPort}`
  const name = settings.hostNames[0] ?? host.fqdn
  const written: JsonObject = {
    ApplicationUri: `https://${name}${port}`,
    ConnectionString: connectionStringOf(settings, references.database),
    ...keys,
  }
  return `${JSON.stringify(merged(written, settings.appsettings), undefined, 2)}\n`
}

/** The vendor's example, with this landscape's names: `encrypt=false` stands in all that are on premises. */
function connectionStringOf(settings: ServerSettings, database: ReferredComponent): string {
  const port = database.listens.find(({ id }) => id === 'tds')?.port ?? 1433
  const instance = settings.databaseInstance
  const place = instance === undefined ? (port === 1433 ? '' : `,${port}`) : `\\${instance}`
  const login =
    settings.sqlAuthentication === 'windows'
      ? 'Integrated Security=SSPI'
      : `User Id=${quoted(settings.sqlUser)};Password=${quoted(settings.sqlPassword)}`
  return `data source=${database.fqdn}${place};Database=${quoted(settings.databaseName)};${login};Min Pool Size=10;encrypt=false;`
}

const quoted = (value: string): string =>
  /^[^;"'=\s][^;"']*$/.test(value) && !/\s$/.test(value) ? value : `"${value.replaceAll('"', '""')}"`

/** Objects are merged; null takes a key out. */
function merged(base: JsonObject, over: JsonObject): JsonObject {
  const result: Record<string, JsonObject[string]> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const before = result[key]
    if (value === null) delete result[key]
    else result[key] = isObject(value) && isObject(before) ? merged(before, value) : value
  }
  return result
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
