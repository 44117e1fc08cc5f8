import type { JsonObject } from '../../harness/context/json.ts'
import type { ComponentHost, Listening } from '../../harness/host/component-host.ts'
import type { WindowsAuthority } from '../directory/authority.ts'
import { instanceCertificate, startLines } from './instance-certificate.ts'
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
    const { name, settings, listenId } = this.spec
    this.#server = await createSqlServer(this.#options())
    this.#host.journal('instance-started', { instance: name, started: this.running })
    if (settings.tcp && this.running) this.#listening = await this.#host.listen(listenId, this.#server.server)
  }

  /** False for a service that is stopped, or could not start. */
  get running(): boolean {
    return this.#server !== undefined && this.spec.settings.certificateSource !== 'missing'
  }

  async stop(): Promise<void> {
    await this.#end((server) => server.stop())
  }

  async crash(): Promise<void> {
    this.#host.journal('instance-crashed', { instance: this.spec.name })
    await this.#end((server) => server.crash())
  }

  async #end(how: (server: RunningSqlServer) => Promise<void>): Promise<void> {
    const [listening, server] = [this.#listening, this.#server]
    this.#listening = undefined
    this.#server = undefined
    // The connections end as the server ends them; the port closes in the same turn, so that nobody is let in.
    const ended = server && how(server)
    await listening?.[Symbol.asyncDispose]()
    await ended
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  #options(): Parameters<typeof createSqlServer>[0] {
    const host = this.#host
    const { name, settings, port } = this.spec
    const isDefault = name === DEFAULT_INSTANCE
    const folder = isDefault ? [] : [name]
    const facts: JsonObject = isDefault ? {} : { instance: name }
    return {
      dataFolder: host.files.path('sql-server', ...folder, 'data'),
      backupFolder: host.files.path('sql-server', ...folder, 'backup'),
      serverName: serverNameOf(host.name, name),
      ...(settings.tcp && settings.certificateSource !== 'missing' ? { port } : {}),
      encryption: settings.encryption,
      tls: async () => {
        const issued = await instanceCertificate(host, settings)
        const { key, chain, serverCiphers: ciphers, serverVersion: version } = issued
        const spoken = version ? { minVersion: version, maxVersion: version } : {}
        return { key, cert: chain, ...spoken, ...(ciphers ? { ciphers } : {}) }
      },
      startLines: startLines(settings),
      failsToStart: settings.certificateSource === 'missing',
      seededDatabases: settings.databases,
      state: settings.state,
      refuseLogins: settings.refuseLogins,
      logins: [{ name: 'sa', password: settings.saPassword, roles: ['sysadmin'] }, ...settings.logins],
      windows: { domain: this.#domain, administrators: settings.windowsAdministrators },
      windowsLogins: settings.windowsLogins,
      authentication: settings.authentication,
      edition: settings.edition,
      collation: settings.collation,
      maxConnections: settings.maxConnections,
      ...(settings.maxDatabaseMb === undefined ? {} : { maxDatabaseBytes: settings.maxDatabaseMb * 1024 * 1024 }),
      lockoutThreshold: settings.lockoutThreshold,
      loginAuditing: settings.loginAuditing,
      loginTimeoutMs: settings.loginTimeoutMs,
      now: () => host.now(),
      callerOf: (socket) => host.callerOf(socket),
      journal: ({ type, ...seen }) => host.journal(type, { ...facts, ...seen }),
      ...(host.keylog ? { keylog: host.keylog } : {}),
    }
  }
}
