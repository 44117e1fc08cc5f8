import { z } from 'zod'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { INTEGRATED_IDENTIFIER } from '../../protocol/agent-api.ts'
import {
  ENCRYPTED_AGENT_APPSETTINGS,
  type Process,
  readAppsettings,
  withEncryptedAppsettings,
} from '../../server/configuration/appsettings.ts'
import { bind } from '../../server/configuration/bind.ts'
import type { Configuration } from '../../server/configuration/configuration.ts'
import { StartRefused } from '../../server/product/start-refused.ts'
import { type CertificatePlace, certificatePlace, keyAt } from './key-at.ts'

const FILES = ['appsettings', 'appsettings.agent']

const text = z.string().max(4_000)

const connection = z.object({
  /** A CSV file below one of `SourcesRootPaths`. */
  Path: text.optional(),
  Separator: z.string().length(1).default(';'),
  /** A name of `Databases`, with the statement whose rows are exported. */
  Database: text.optional(),
  SqlCommand: text.optional(),
  /** What the rows are, for the server; the connection's own name when absent. */
  EntityType: text.optional(),
})
export type Connection = z.output<typeof connection>

const mailSettings = z.record(z.string(), z.json())

const appsettings = z.object({
  ApplicationUri: text.optional(),
  EncryptionCertificate: certificatePlace.optional(),
  IdentityServer: z
    .object({ X509KeyFilePath: text.optional(), X509File: text.optional(), IssuerURI: text.optional() })
    .prefault({}),
  Authentication: z
    .object({ Enabled: z.boolean().default(true), RequireHttpsMetadata: z.boolean().default(true) })
    .prefault({}),
  Cors: z
    .object({
      AllowAnyHeader: z.boolean().default(false),
      AllowAnyMethod: z.boolean().default(false),
      AllowCredentials: z.boolean().default(false),
    })
    .prefault({}),
  /** Milliseconds until a job that has not begun is in error. */
  JobLaunchTimeout: z.int().min(1).max(86_400_000).default(7_500),
  Scheduler: z
    .object({
      Enabled: z.boolean().default(true),
      /** Seconds to wait for another's scheduler.lock; 0: for ever; below 0: not at all. */
      MaxLockWatchTime: z.int().min(-1_000_000).max(1_000_000).default(1_800),
    })
    .prefault({}),
  TempFolderPath: text.default('../Temp'),
  WorkFolderPath: text.default('../Work'),
  Connections: z.record(z.string(), connection).default({}),
  Databases: z.record(z.string(), text).default({}),
  SourcesRootPaths: z.array(text).default([]),
  PasswordResetSettings: z
    .object({
      EncryptionCertificate: certificatePlace.optional(),
      MailSettings: mailSettings.optional(),
      TwoFactorSettings: z
        .object({ ApplicationUri: text.optional(), ResetConfirmationUri: text.optional() })
        .prefault({}),
    })
    .optional(),
})

/** What an agent in a process of its own reads beside, to show itself at the server. */
const separateAppsettings = appsettings.extend({
  OpenId: z
    .object({
      AgentIdentifier: text.optional(),
      OpenIdClients: z.record(z.string(), text).optional(),
      DefaultOpenIdClient: text.optional(),
    })
    .prefault({}),
  /** Where the installation page puts it. */
  OpenIdClients: z.record(z.string(), text).default({}),
})

/** What an agent reads from its appsettings files, by the vendor's key names. */
export type Appsettings = z.output<typeof appsettings>

export interface AgentConfiguration extends Appsettings {
  readonly ApplicationUri: string
  readonly EncryptionCertificate: CertificatePlace
  readonly AgentIdentifier: string
}

/** The client that an agent shows itself as at the server, and its secret. */
export interface AgentClient {
  readonly id: string
  readonly secret: string
}

/** Of an agent in a process of its own. Throws `StartRefused` where the product does not start with its settings. */
export async function readSeparateConfiguration(
  host: ComponentHost,
  process: Process,
): Promise<{ readonly configuration: AgentConfiguration; readonly client: AgentClient }> {
  const { OpenId, OpenIdClients, ...read } = settingsOf(await configurationOf(host, process), separateAppsettings)
  const { AgentIdentifier, DefaultOpenIdClient } = OpenId
  if (AgentIdentifier === undefined || AgentIdentifier === '') throw missing('OpenId:AgentIdentifier')
  if (AgentIdentifier === INTEGRATED_IDENTIFIER) {
    throw new StartRefused(
      'reserved-identifier',
      `OpenId:AgentIdentifier must not be '${INTEGRATED_IDENTIFIER}', which is reserved.`,
    )
  }
  const clients = OpenId.OpenIdClients ?? OpenIdClients
  const id = DefaultOpenIdClient ?? Object.keys(clients)[0]
  if (id === undefined) throw missing('OpenId:DefaultOpenIdClient')
  const secret = Object.hasOwn(clients, id) ? clients[id] : undefined
  if (secret === undefined) throw missing(`OpenId:OpenIdClients:${id}`)
  return { configuration: { ...read, AgentIdentifier }, client: { id, secret } }
}

/** Of the agent within the server: it needs no client, as it asks nobody over the network. Throws `StartRefused`. */
export const readIntegratedConfiguration = async (
  host: ComponentHost,
  process: Process,
): Promise<AgentConfiguration> => ({
  ...settingsOf(await readAppsettings(host, process, FILES), appsettings),
  AgentIdentifier: INTEGRATED_IDENTIFIER,
})

/** With the encrypted file where the plain ones ask for it. */
async function configurationOf(host: ComponentHost, process: Process): Promise<Configuration> {
  const plain = await readAppsettings(host, process, FILES)
  const place = bind(plain, 'EncryptionCertificate', certificatePlace)
  if (!place.UseEncryptedAppsettings) return plain
  const { privateKey } = await keyAt(host, place, process.runtime)
  return withEncryptedAppsettings(host, process, privateKey, { names: FILES, file: ENCRYPTED_AGENT_APPSETTINGS })
}

function settingsOf<S extends typeof appsettings>(
  configuration: Configuration,
  schema: S,
): z.output<S> & Pick<AgentConfiguration, 'ApplicationUri' | 'EncryptionCertificate'> {
  const read = bind(configuration, '', schema)
  const { ApplicationUri, EncryptionCertificate } = read
  if (ApplicationUri === undefined || ApplicationUri === '') throw missing('ApplicationUri')
  if (!EncryptionCertificate) throw missing('EncryptionCertificate')
  return { ...read, ApplicationUri, EncryptionCertificate }
}

const missing = (key: string): StartRefused =>
  new StartRefused('setting-missing', `The setting '${key}' is required and missing in the agent's appsettings.`)
