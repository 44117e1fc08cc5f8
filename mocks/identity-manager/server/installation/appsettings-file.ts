import { createHash } from 'node:crypto'
import type { JsonObject } from '../../../../harness/context/json.ts'
import type { ReferredComponent } from '../../../../harness/host/component.ts'
import type { ServerStart } from '../references.ts'
import type { ServerSettings } from '../settings.ts'
import { openIdSection } from './external-provider.ts'
import { originOf } from './origin.ts'

/** The keys of appsettings.json that the administrator writes, in the form of the vendor's examples. */
export function appsettingsKeys({ host, settings, references }: ServerStart, certificates: JsonObject): JsonObject {
  const windows = settings.hosting === 'iis' && settings.iis.windowsAuthentication && references.directory !== undefined
  const written: JsonObject = {
    ApplicationUri: originOf(settings, host.fqdn),
    ConnectionString: connectionStringOf(settings, references.database),
    ...certificates,
    Authentication: {
      AllowLocalLogin: true,
      ...(references.identityProvider
        ? { OpenId: openIdSection(references.identityProvider, settings.identityProviderSecret) }
        : {}),
    },
    ...(references.mail
      ? {
          MailSettings: {
            FromAddress: `identity@${host.domain}`,
            Host: references.mail.fqdn,
            Port: portOf(references.mail, 'smtp', 25),
            SecureSocketOption: 'StartTlsWhenAvailable',
          },
        }
      : {}),
    OpenIdClients: Object.fromEntries(
      Object.entries(settings.openIdClients).map(([id, secret]) => [id, { HashedSecret: hashed(secret) }]),
    ),
  }
  return merged(merged(written, { IdentityServer: { AllowWindowsAuthentication: windows } }), settings.appsettings)
}

/** base64(SHA-256(secret)), as the server keeps the secrets of API clients (facts, section 6.2). */
const hashed = (secret: string): string => createHash('sha256').update(secret).digest('base64')

const portOf = (component: ReferredComponent, id: string, standard: number): number =>
  component.listens.find((listen) => listen.id === id)?.port ?? standard

/** The vendor's example, with this landscape's names: `encrypt=false` stands in all that are on premises. */
function connectionStringOf(settings: ServerSettings, database: ReferredComponent): string {
  const port = portOf(database, 'tds', 1433)
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
export function merged(base: JsonObject, over: JsonObject): JsonObject {
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
