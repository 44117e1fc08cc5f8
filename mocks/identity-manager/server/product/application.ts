import type { IncomingMessage, ServerResponse } from 'node:http'
import { win32 } from 'node:path'
import type { JsonObject } from '../../../../harness/context/json.ts'
import type { ReferredComponent } from '../../../../harness/host/component.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { WindowsAuthority } from '../../../directory/authority.ts'
import type { KeyPair } from '../../keys/key-pair.ts'
import { IDENTITY_CERTIFICATE } from '../../protocol/agent-api.ts'
import { type Process, readAppsettings, withEncryptedAppsettings } from '../configuration/appsettings.ts'
import { bind } from '../configuration/bind.ts'
import type { Configuration } from '../configuration/configuration.ts'
import { ConnectionStringError, parseConnectionString } from '../configuration/connection-string.ts'
import { encryptionCertificateSection, encryptionPlace } from '../configuration/sections.ts'
import { type ServerOptions, serverOptions } from '../configuration/server-options.ts'
import { Database, DatabaseUnavailable } from '../database/database.ts'
import { type SqlIdentity, sqlSettingsOf } from '../database/database-settings.ts'
import type { LocalUser } from '../database/users.ts'
import type { IdentityServer } from '../identity/identity-server.ts'
import type { SessionDefect } from '../identity/session/sessions.ts'
import type { Licence } from '../licence/licence.ts'
import { changedMailSettings } from '../mail/changed-settings.ts'
import { createNotifications, type Notifications } from '../mail/notifications.ts'
import { createRouter, type Site } from '../site/router.ts'
import { HealthCheck } from './health.ts'
import { identityServerOf } from './identity.ts'
import type { IntegratedAgent, IntegratedAgentProcess } from './integrated-agent.ts'
import { loadKeyPairs, requiredKeyPair } from './key-pairs.ts'
import { validLicence } from './licence-check.ts'
import { mailSettingsOf } from './mail-settings.ts'
import { ProtectedFiles } from './protected-files.ts'
import { ProvisioningOrders } from './provisioning-orders.ts'
import { noteQuota } from './quota-check.ts'
import { Registrations } from './registrations.ts'
import { StartRefused } from './start-refused.ts'

/** What a process of the product is started with, beside what it finds in its files. */
export interface ApplicationProcess extends Process {
  /** Whose rights a connection with Integrated Security has. */
  readonly sqlIdentity: SqlIdentity
  /** What IIS hands on: who comes by Windows; undefined without the feature. */
  readonly windows: WindowsAuthority | undefined
  /** Whether IIS lets requests in that nobody has logged in. */
  readonly anonymous: boolean
  /** What is wrong with its sessions. */
  readonly sessionDefect: SessionDefect | undefined
  /** Where mail goes whose settings name no host. */
  readonly mail: ReferredComponent | undefined
  /** The agent that runs in this process; undefined where agents have their own. */
  readonly agent: IntegratedAgentProcess | undefined
}

/** The product at work: what one process of it holds. */
export interface Application extends AsyncDisposable {
  readonly host: ComponentHost
  readonly options: ServerOptions
  readonly licence: Licence
  readonly keys: { readonly encryption: KeyPair; readonly identity: KeyPair }
  readonly database: Database
  readonly health: HealthCheck
  readonly identity: IdentityServer<LocalUser>
  readonly registrations: Registrations
  readonly files: ProtectedFiles
  readonly orders: ProvisioningOrders
  readonly notifications: Notifications
  /** As they would be with a change of `MailSettings` in appsettings.json. Throws `StartRefused`. */
  notificationsAs(change: JsonObject | undefined): Notifications
  /** `C:/Usercube/Work`, or what `WorkFolderPath` says. */
  readonly work: string
  readonly temp: string
  /** The agent within this process. */
  readonly agent: IntegratedAgent | undefined
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
}

/** Starts the product from what stands in its files. Throws `StartRefused`. */
export async function startApplication(host: ComponentHost, process: ApplicationProcess): Promise<Application> {
  const configuration = await configurationOf(host, process)
  const options = serverOptions(configuration)
  const licence = validLicence(options.License, host.now())
  await using starting = new AsyncDisposableStack()
  const database = starting.use(databaseOf(host, options.connectionString, process.sqlIdentity))
  const registrations = new Registrations(database, options)
  // What keeps the product from starting comes before it logs in anywhere (assumed).
  const keys = await loadKeyPairs(host, options, process.runtime)
  // A database that cannot be had does not: /hc tells of it.
  const opened = registrations.load().then(
    () => undefined,
    (error: unknown) => error,
  )
  host.certificates.export(IDENTITY_CERTIFICATE, keys.identity.certificate.toString())
  const identity = starting.use(identityServerOf(host, { options, process, keys, database, registrations }))
  const failure = await opened
  if (failure !== undefined) noteUnavailable(host, database, failure)
  else await noteQuota(host, database, licence)

  const files = new ProtectedFiles(host, keys.encryption, options.encryptionCertificate.EncryptFile)
  const work = folderFrom(process.runtime, options.WorkFolderPath)
  const site = {
    host,
    options,
    licence,
    keys,
    database,
    health: new HealthCheck(host, database),
    identity,
    registrations,
    files,
    orders: new ProvisioningOrders(host, database, files, `${work}/ProvisioningOrders`),
    notifications: createNotifications(host, mailSettingsOf(configuration), process.mail),
    notificationsAs(change: JsonObject | undefined) {
      const changed = changedMailSettings(configuration, process.environment, change)
      return createNotifications(host, mailSettingsOf(changed), process.mail)
    },
    work,
    temp: folderFrom(process.runtime, options.TempFolderPath),
  }
  const agent = await integratedAgentOf(site, process)
  if (agent) starting.use(agent)
  const owned = starting.move()
  const handle = createRouter(site, agent)
  return { ...site, agent, handle, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function integratedAgentOf(site: Site, process: ApplicationProcess): Promise<IntegratedAgent | undefined> {
  if (!process.agent || site.options.NotUseAgent) return undefined
  const { startIntegratedAgent } = await import('./integrated-agent.ts')
  return startIntegratedAgent(site, process, process.agent)
}

/** With the encrypted file where the plain ones ask for it, which the encryption key pair is then needed for first. */
async function configurationOf(host: ComponentHost, process: Process): Promise<Configuration> {
  const plain = await readAppsettings(host, process)
  const section = bind(plain, 'EncryptionCertificate', encryptionCertificateSection)
  if (!section.UseEncryptedAppsettings) return plain
  const { privateKey } = await requiredKeyPair(host, encryptionPlace(section), 'encryption', process.runtime)
  return withEncryptedAppsettings(host, process, privateKey)
}

function databaseOf(host: ComponentHost, connectionString: string, identity: SqlIdentity): Database {
  try {
    return new Database(host.clients, sqlSettingsOf(host, parseConnectionString(connectionString), identity))
  } catch (error) {
    if (!(error instanceof ConnectionStringError)) throw error
    const text = `System.ArgumentException: ${error.message} (ConnectionString)`
    throw new StartRefused('connection-string-malformed', text, { cause: error })
  }
}

function noteUnavailable(host: ComponentHost, { settings }: Database, error: unknown): void {
  if (!(error instanceof DatabaseUnavailable)) throw error
  const { server, database: name = '' } = settings
  host.journal('database-unavailable', { server, name, code: error.code, text: error.message })
}

/** A folder of the settings, which are seen from `Runtime`: `../Work` is `C:/Usercube/Work`. */
const folderFrom = (runtime: string, path: string): string => win32.resolve(runtime, path).replaceAll('\\', '/')
