import type { ComponentStart, RunningComponent } from '../../harness/host/component.ts'
import type { sqlServerActions } from './actions.ts'
import { createSqlServer } from './server.ts'
import type { sqlServerSettings } from './settings.ts'

type Start = ComponentStart<typeof sqlServerSettings, Record<never, never>>

/** SQL Server on a host: its data and backups in the host's file tree, its certificate from the landscape's PKI. */
export async function startSqlServerComponent({
  host,
  settings,
}: Start): Promise<RunningComponent<typeof sqlServerActions>> {
  const { certificate, saPassword, logins } = settings
  const server = await createSqlServer({
    dataFolder: host.files.path('sql-server', 'data'),
    backupFolder: host.files.path('sql-server', 'backup'),
    serverName: host.name.toUpperCase(),
    encryption: settings.encryption,
    tls: async () => {
      const { defect, key } = certificate
      const issued = await host.certificates.issue({ key, ...(defect === undefined ? {} : { defect }) })
      return { key: issued.key, cert: issued.chain, ...(issued.serverCiphers ? { ciphers: issued.serverCiphers } : {}) }
    },
    logins: [{ name: 'sa', password: saPassword, roles: ['sysadmin'] }, ...logins],
    edition: settings.edition,
    collation: settings.collation,
    maxConnections: settings.maxConnections,
    ...(settings.maxDatabaseMb === undefined ? {} : { maxDatabaseBytes: settings.maxDatabaseMb * 1024 * 1024 }),
    lockoutThreshold: settings.lockoutThreshold,
    loginTimeoutMs: settings.loginTimeoutMs,
    now: () => host.now(),
    callerOf: (socket) => host.callerOf(socket),
    journal: ({ type, ...facts }) => host.journal(type, facts),
    ...(host.keylog ? { keylog: host.keylog } : {}),
  })
  await host.listen('tds', server.server)
  const ok = { ok: true } as const
  return {
    actions: {
      'create-login': async (login) => {
        server.createLogin(login)
        return ok
      },
      'alter-login': async ({ name, ...changes }) => {
        server.alterLogin(name, changes)
        return ok
      },
      'drop-login': async ({ name }) => {
        server.dropLogin(name)
        return ok
      },
      sessions: async () => ({ sessions: [...server.listSessions()] }),
      kill: async ({ spid }) => {
        server.kill(spid)
        return ok
      },
      'set-encryption': async ({ encryption }) => {
        server.setEncryption(encryption)
        return ok
      },
      'fail-next-login': async ({ number }) => {
        server.failNextLogin(number)
        return ok
      },
      databases: async () => ({ databases: [...server.databases()] }),
      'error-log': async () => ({ lines: [...server.errorLog()] }),
      execute: async ({ database, sql }) => ({ rows: [...(await server.execute(database, sql))] }),
      pause: async () => {
        server.pause()
        return ok
      },
      resume: async () => {
        server.resume()
        return ok
      },
    },
    [Symbol.asyncDispose]: () => server.stop(),
  }
}
