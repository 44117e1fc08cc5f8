import { HarnessError } from '../../../harness/context/error.ts'
import type { Realness } from '../../../harness/context/realness.ts'
import type { RunningBeside } from '../../../harness/host/beside.ts'
import type { ComponentHost, Listening } from '../../../harness/host/component-host.ts'
import { instanceCertificate } from '../instance-certificate.ts'
import type { SqlServerSettings } from '../settings.ts'
import { type Administrator, administratorOf, named, quoted } from './administrator.ts'
import { besideSpec, firstPassword, innerPortOf } from './configuration.ts'
import { waitForAdministrator } from './first-answer.ts'
import { mainPortOf } from './licence.ts'
import { type PassThrough, passThrough } from './pass-through.ts'
import { databaseStatements, loginStatements, statesByStatement } from './statements.ts'

export type ImageSettings = SqlServerSettings & { readonly image: string }

interface Up {
  readonly program: RunningBeside
  readonly listening: Listening
  readonly passing: PassThrough
}

/** Microsoft's server beside its host: its container, its certificate, its port, and the administrator who prepares it. */
export class RealSqlServer implements AsyncDisposable {
  readonly settings: ImageSettings
  readonly port: number
  readonly administrator: Administrator
  readonly #host: ComponentHost
  readonly #firstPassword = firstPassword()
  #up: Up | undefined

  constructor(host: ComponentHost, settings: ImageSettings) {
    this.#host = host
    this.settings = settings
    this.port = mainPortOf(settings)
    this.administrator = administratorOf(host, innerPortOf(this.port), this.#firstPassword)
  }

  get running(): boolean {
    return this.#up !== undefined
  }

  /** Starts the container, and lets clients in once logins and databases are as the landscape says. Repeatable. */
  async start(): Promise<void> {
    if (this.#up) return
    const host = this.#host
    if (!host.startBeside) throw new HarnessError('internal', 'this engine runs no images')
    await using owned = new AsyncDisposableStack()
    const { certificate, certificateSource } = this.settings
    // SQL Server on Linux is documented with RSA keys alone.
    const rsa = { ...this.settings, certificate: { ...certificate, key: 'rsa' as const } }
    const issued = certificateSource === 'landscape' ? await instanceCertificate(host, rsa) : undefined
    const spec = besideSpec(this.settings, { port: this.port, certificate: issued, password: this.#firstPassword })
    const program = owned.use(await host.startBeside(spec))
    const { password: first = this.#firstPassword } = program
    const { saPassword } = this.settings
    this.administrator.takePassword(program.fresh === false ? saPassword : first)
    const fresh = program.fresh ?? (await waitForAdministrator(host, this.administrator, { first, saPassword }))
    if (fresh) await this.#prepare()
    const passing = passThrough(host, innerPortOf(this.port))
    const listening = owned.use(await host.listen('tds', passing.server))
    owned.move()
    this.#up = { program, listening, passing }
    host.journal('instance-started', { image: this.settings.image })
  }

  async stop(): Promise<void> {
    await this.#end('end', async (program) => program[Symbol.asyncDispose]())
  }

  async crash(): Promise<void> {
    this.#host.journal('instance-crashed', { image: this.settings.image })
    await this.#end('reset', (program) => program.kill())
  }

  /** The address in the model of who comes from an address that the server has seen. */
  callerBehind(address: string): string {
    return this.#up?.passing.callerBehind(address) ?? address
  }

  /** Somebody of the landscape has come from this address, as the server has seen it. */
  isCaller(address: string): boolean {
    return this.#up?.passing.isCaller(address) ?? false
  }

  async realness(): Promise<Realness> {
    const [facts = {}] = await this.administrator.run(
      "SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)) AS version, CAST(SERVERPROPERTY('Edition') AS nvarchar(128)) AS edition",
    )
    return { real: true, version: `Microsoft SQL Server ${facts.version}, ${facts.edition}` }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** On an empty data folder: what the landscape names is made, and sa's password becomes the landscape's. */
  async #prepare(): Promise<void> {
    const { databases, logins, saPassword } = this.settings
    for (const [name, change] of Object.entries(databases)) {
      const { state = 'ONLINE' } = change
      if (!statesByStatement.has(state)) throw new HarnessError('not-shown', databaseUnshown(name, state))
      await this.administrator.run(`IF DB_ID(${quoted(name)}) IS NULL EXEC (${quoted(createDatabase(name))})`)
      const statements = databaseStatements(name, change)
      if (statements !== '') await this.administrator.run(statements)
    }
    for (const login of logins) await this.administrator.run(loginStatements(login))
    const password = `ALTER LOGIN sa WITH PASSWORD = ${quoted(saPassword)}, CHECK_POLICY = OFF`
    await this.administrator.run(password)
    this.administrator.takePassword(saPassword)
  }

  async #end(how: 'end' | 'reset', over: (program: RunningBeside) => Promise<void>): Promise<void> {
    const up = this.#up
    this.#up = undefined
    if (!up) return
    up.passing.cut(how)
    await up.listening[Symbol.asyncDispose]()
    await over(up.program)
  }
}

const createDatabase = (name: string): string => `CREATE DATABASE ${named(name)}`

export const databaseUnshown = (name: string, state: string): string =>
  `a real SQL Server cannot be told to have ${name} in state ${state}: it gets there by damage alone; the simulator does`
