import { httpLibrary, sqlLibrary } from '../../../harness/clients/index.ts'
import type { RunningComponent } from '../../../harness/host/component.ts'
import { selfSignedLibrary } from '../../../harness/pki/index.ts'
import { Administration, mailOf } from './access/administration.ts'
import { Logins } from './access/logins.ts'
import { SessionBook } from './access/session-book.ts'
import { Vault } from './access/vault.ts'
import type { appServerActions } from './actions.ts'
import type { AppServer } from './app-server.ts'
import { startBackupPort } from './backup/backup-port.ts'
import { BackupService } from './backup/backup-service.ts'
import { connectionCertificate } from './certificate.ts'
import { startClientPort } from './clients/client-port.ts'
import { databasePlace } from './database-place.ts'
import { appServerHandlers } from './handlers.ts'
import { Licence } from './licence/licence.ts'
import { Notices } from './mail/notice.ts'
import { startRealTimePort } from './real-time/real-time-port.ts'
import { UpdateFeed } from './real-time/update-feed.ts'
import type { AppServerStart } from './references.ts'
import { ClientLock } from './security/client-lock.ts'
import { Database, type DatabaseUnavailable } from './store/database.ts'
import { firstContent } from './store/first-content.ts'
import { AllowedOrigins } from './web-services/allowed-origins.ts'
import { startWebPort } from './web-services/web-port.ts'

/** What its start loads when it comes to it: its own certificate, the licence server, the database. */
export const appServerParts = () => Promise.all([selfSignedLibrary(), httpLibrary(), sqlLibrary()])

/**
 * Starts the application server. A database or a license server that cannot be had does not stop it: it stands, and
 * refuses logins with the reason.
 */
export async function startAppServer(start: AppServerStart): Promise<RunningComponent<typeof appServerActions>> {
  const { host, settings, references } = start
  const sql = {
    ...databasePlace(settings, references.database),
    user: settings.sqlUser,
    password: settings.sqlPassword,
    encrypt: settings.encrypt,
    trustServerCertificate: settings.trustServerCertificate,
    appName: 'Netwrix Password Secure',
  }
  const licence = new Licence(host, {
    server: settings.licenceHost ?? references.license.fqdn,
    port: settings.licencePort,
    key: settings.licenceKey,
  })
  const origins = new AllowedOrigins(settings.allowedOrigins)
  const clientLock = new ClientLock({
    limit: settings.lockClientAfter,
    lockedMs: settings.lockClientSeconds * 1_000,
    now: () => host.now(),
  })
  const sessions = new SessionBook(() => host.now())
  const notices = new Notices(host, settings, references.mail)

  await using starting = new AsyncDisposableStack()
  let machineId: string | undefined
  let activating: Promise<unknown> | undefined
  const database = starting.use(
    new Database(
      {
        clients: host.clients,
        settings: sql,
        names: {
          data: settings.databaseName,
          config: settings.configDatabaseName ?? `npwsConfigDb_${host.name.toUpperCase()}`,
        },
        keyPassphrase: settings.databaseKeyPassphrase,
        firstContent: (key) => firstContent(settings, key, (user) => mailOf(host, user)),
        maxConnections: settings.maxSqlConnections,
      },
      {
        onConfiguration(configuration) {
          for (const origin of configuration.allowedOrigins ?? []) origins.add(origin)
          machineId = configuration.machineId
          if (licence.state().state === 'inactive') activating ??= licence.activate(machineId)
        },
        onOpened: () => host.journal('database-opened', { server: sql.server, database: settings.databaseName }),
        onFailed: ({ code, message }: DatabaseUnavailable) =>
          host.journal('database-unavailable', { server: sql.server, code, text: message }),
      },
    ),
  )
  const feed = new UpdateFeed(host, database, settings.updatePollMs)
  const logins = new Logins({ host, settings, database, licence, clientLock })
  const vault = new Vault(host, database, {
    onChanged: () => feed.nudge(),
    onWatchedRead: (notice) => notices.watchedRead(notice),
  })

  // A failure is kept as the database's state, and told to who logs in.
  const opening = database.use().catch(() => undefined)
  const certificate = connectionCertificate(host, settings)
  await Promise.all([opening, certificate])
  await activating

  const tls = { issued: () => certificate }
  const server: AppServer = { host, settings, tls, database, logins, sessions, vault, origins }
  const backup = new BackupService(host, {
    port: settings.backupPort,
    path: settings.backupPath,
    failuresAllowed: settings.scheduleFailuresAllowed,
    maxFrameBytes: settings.maxFrameBytes,
  })
  const place = { clients: host.clients, settings: sql, databaseName: settings.databaseName }
  starting.use(await startClientPort(server))
  starting.use(await startWebPort(server))
  starting.use(await startRealTimePort(server, feed))
  if (settings.backupService) starting.use(await startBackupPort(server, place))
  const administration = new Administration({
    host,
    database,
    sessions,
    kdfIterations: settings.kdfIterations,
    onChanged: () => feed.nudge(),
  })
  const owned = starting.move()
  return {
    actions: appServerHandlers({
      server,
      administration,
      backup,
      licence,
      clientLock,
      notices,
      async activate(key) {
        await database.use().catch(() => undefined)
        return machineId === undefined ? licence.state() : licence.activate(machineId, key)
      },
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
