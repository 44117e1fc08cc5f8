import type { JsonObject } from '../../../../harness/context/json.ts'
import type { ReferredComponent } from '../../../../harness/host/component.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { merged } from '../../server/installation/appsettings-file.ts'
import type { AgentStart } from '../references.ts'

/** The agent's appsettings.json as the administrator writes it, in the form of the vendor's examples. */
export function appsettingsFile({ settings, references }: AgentStart, keys: JsonObject): string {
  if (settings.appsettingsText !== undefined) return settings.appsettingsText
  return asText(
    merged(
      {
        ApplicationUri: settings.ApplicationUri ?? applicationUriOf(references.server),
        ...keys,
        Authentication: { Enabled: true, RequireHttpsMetadata: true },
        Cors: { AllowAnyHeader: true, AllowAnyMethod: true, AllowCredentials: true },
        JobLaunchTimeout: 7_500,
        Scheduler: { Enabled: true, MaxLockWatchTime: 1_800 },
        TempFolderPath: '../Temp',
        WorkFolderPath: '../Work',
      },
      settings.appsettings,
    ),
  )
}

/** Its appsettings.agent.json: what it is to the server, and what it may read. */
export function agentAppsettingsFile({ host, settings, references }: AgentStart): string {
  if (settings.agentAppsettingsText !== undefined) return settings.agentAppsettingsText
  const { AgentIdentifier, OpenIdClients, DefaultOpenIdClient, agentAppsettings } = settings
  const uri = settings.ApplicationUri ?? applicationUriOf(references.server)
  const keys = {
    OpenId: { AgentIdentifier, OpenIdClients, DefaultOpenIdClient },
    ...agentAppsettingsKeys(host, uri, references.mail),
  }
  return asText(merged(keys, agentAppsettings))
}

/** What stands in appsettings.agent.json of every agent: what it may read, and how it sends mails. */
export const agentAppsettingsKeys = (
  host: ComponentHost,
  applicationUri: string,
  mail: ReferredComponent | undefined,
): JsonObject => ({
  SourcesRootPaths: ['C:/Sources'],
  Connections: { HR: { Path: 'C:/Sources/HR/employees.csv', Separator: ';', EntityType: 'Employee' } },
  PasswordResetSettings: {
    ...(mail ? { MailSettings: { FromAddress: `identity@${host.domain}`, Host: mail.fqdn, Port: 25 } } : {}),
    TwoFactorSettings: {
      ApplicationUri: applicationUri,
      ResetConfirmationUri: `${applicationUri}/PasswordReset/Activate/?activationCode=`,
    },
  },
})

/** The server's ApplicationUri, which the agent's must equal. */
export function applicationUriOf({ fqdn, settings, listens }: ReferredComponent): string {
  const { appsettings, hostNames } = settings
  const written = isObject(appsettings) ? appsettings.ApplicationUri : undefined
  if (typeof written === 'string') return written
  const port = listens.find(({ id }) => id === 'https')?.port ?? 443
  const name = Array.isArray(hostNames) && typeof hostNames[0] === 'string' ? hostNames[0] : fqdn
  return `https://${name}${port === 443 ? '' : `:${port}`}`
}

const asText = (content: JsonObject): string => `${JSON.stringify(content, undefined, 2)}\n`

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
