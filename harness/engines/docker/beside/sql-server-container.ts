import { Readable } from 'node:stream'
import { MSSQLServerContainer } from '@testcontainers/mssqlserver'
import { explained } from '../container-log.ts'
import { smallTar } from '../images/small-tar.ts'
import { PullPolicy } from '../runtime-client.ts'
import type { ProgramStart } from './beside-desk.ts'

/** Of the start of Microsoft's image: the first one writes its system databases. */
const READY_MS = 180_000

/** Microsoft's image beside a host: the package's environment and wait, our network, files and labels. */
class BesideSqlServer extends MSSQLServerContainer {
  readonly #start: ProgramStart

  constructor(start: ProgramStart) {
    super(start.spec.image)
    this.#start = start
    const { spec, owner, name, labels, volume } = start
    // Ports are the owner's to publish; an engine refuses them beside a network that is another container's.
    this.exposedPorts = []
    this.createOpts.ExposedPorts = {}
    this.hostConfig.PortBindings = {}
    this.hostConfig.Binds = [`${volume}:${spec.dataFolder}`]
    this.withNetworkMode(`container:${owner}`)
      .withName(name)
      .withLabels({ ...labels })
      .withPullPolicy(PullPolicy.neverPull())
      .withAutoCleanup(false)
      .withCopyArchivesToContainer([
        { tar: Readable.from([smallTar(spec.files, spec.owner)]), target: spec.dataFolder },
      ])
    this.withPassword(spec.password)
    // An image whose licence has not been accepted does not come here: its landscape does not start.
    this.acceptLicense()
    if (this.waitStrategy) this.withWaitStrategy(explained(this.waitStrategy, READY_MS, start.notStarted))
    this.withEnvironment({})
  }

  protected override async containerCreated(): Promise<void> {
    this.#start.signal.throwIfAborted()
  }

  /** What the package sets itself (the port) is overruled by what the component says. */
  override withEnvironment(environment: Record<string, string>): this {
    const { spec } = this.#start
    const told: Record<string, string> = { ...spec.environment }
    for (const name of spec.fromMachine) {
      const value = process.env[name]
      if (value !== undefined && value !== '') told[name] = value
    }
    this.environment = { ...this.environment, ...environment, ...told }
    this.createOpts.Env = Object.entries(this.environment).map(([name, value]) => `${name}=${value}`)
    return this
  }
}

/** Starts SQL Server's container and waits until it has recovered its databases; gives the container's id. */
export async function startSqlServerContainer(start: ProgramStart): Promise<string> {
  const started = await new BesideSqlServer(start).start()
  return started.getId()
}
