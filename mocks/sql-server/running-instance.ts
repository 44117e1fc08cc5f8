import type { JsonObject } from '../../harness/context/json.ts'
import type { ComponentHost, Listening } from '../../harness/host/component-host.ts'
import type { WindowsAuthority } from '../directory/authority.ts'
import { DEFAULT_INSTANCE, type InstanceSpec, serverNameOf } from './instances.ts'
import { createSqlServer, type RunningSqlServer } from './server.ts'

/** One instance on a host: its files in the host's tree, its certificate from the landscape's PKI, its port. */
export class RunningInstance implements AsyncDisposable {
  readonly spec: InstanceSpec
  readonly #host: ComponentHost
  readonly #domain: WindowsAuthority | undefined
  #server: RunningSqlServer | undefined
  #listening: Listening | undefined

  /** `domain`: the one that the host is a member of. */
  constructor(host: ComponentHost, spec: InstanceSpec, domain: WindowsAuthority | undefined) {
    this.#domain = domain
    this.#host = host
    this.spec = spec
  }

  /** Undefined while the service is stopped. */
  get server(): RunningSqlServer | undefined {
    return this.#server
  }

  /** Starts the service: data and logins of the time before are there again. Repeatable. */
  async start(): Promise<void> {
    if (this.#server) return
    const { settings, listenId } = this.spec
    this.#server = await createSqlServer(this.#options())
    if (settings.tcp) this.#listening = await this.#host.listen(listenId, this.#server.server)
  }

  async stop(): Promise<void> {
    const [listening, server] = [this.#listening, this.#server]
    this.#listening = undefined
    this.#server = undefined
    // The port closes first, so that nobody is let in by a server that is leaving.
    await listening?.[Symbol.asyncDispose]()
    await server?.stop()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  #options(): Parameters<typeof createSqlServer>[0] {
    const host = this.#host
    const { name, settings, port } = this.spec
    const { defect, key } = settings.certificate
    const isDefault = name === DEFAULT_INSTANCE
    const folder = isDefault ? [] : [name]
    const facts: JsonObject = isDefault ? {} : { instance: name }
    return {
      dataFolder: host.files.path('sql-server', ...folder, 'data'),
      backupFolder: host.files.path('sql-server', ...folder, 'backup'),
      serverName: serverNameOf(host.name, name),
      ...(settings.tcp ? { port } : {}),
      encryption: settings.encryption,
      tls: async () => {
        const issued = await host.certificates.issue({ key, ...(defect === undefined ? {} : { defect }) })
        const ciphers = issued.serverCiphers
        return { key: issued.key, cert: issued.chain, ...(ciphers ? { ciphers } : {}) }
      },
      logins: [{ name: 'sa', password: settings.saPassword, roles: ['sysadmin'] }, ...settings.logins],
      windows: { domain: this.#domain, administrators: settings.windowsAdministrators },
      windowsLogins: settings.windowsLogins,
      authentication: settings.authentication,
      edition: settings.edition,
      collation: settings.collation,
      maxConnections: settings.maxConnections,
      ...(settings.maxDatabaseMb === undefined ? {} : { maxDatabaseBytes: settings.maxDatabaseMb * 1024 * 1024 }),
      lockoutThreshold: settings.lockoutThreshold,
      loginTimeoutMs: settings.loginTimeoutMs,
      now: () => host.now(),
      callerOf: (socket) => host.callerOf(socket),
      journal: ({ type, ...seen }) => host.journal(type, { ...facts, ...seen }),
      ...(host.keylog ? { keylog: host.keylog } : {}),
    }
  }
}
