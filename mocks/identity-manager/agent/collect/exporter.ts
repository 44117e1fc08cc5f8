import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { pathOnHost } from '../../host-path.ts'
import { MAX_FILE_BYTES } from '../../protocol/agent-api.ts'
import type { AgentConfiguration, Connection } from '../configuration/agent-configuration.ts'
import { AgentStepFailed, step } from '../failure.ts'
import type { WorkFiles } from '../files/work-files.ts'
import { allowedSource } from './source-path.ts'

export interface Exported {
  readonly connector: string
  readonly rows: number
  readonly file: string
  readonly encrypted: boolean
}

export type ExportMode = 'complete' | 'incremental'

/** A CSV's lines: the head, and one for each row. A row within quotes that spans lines counts for several (assumed). */
export const linesOf = (csv: string): readonly string[] => csv.split(/\r?\n/).filter((line) => line.trim() !== '')

const digestOf = (line: string): string => createHash('sha256').update(line).digest('base64url')

/**
 * Exports a connector's source: first into `Temp/ExportOutput`, then, whole, into `Work/Collect`. An incremental export has only
 * the rows that the last one had not; what it had is in `Work/ExportCookies`.
 */
export class Exporter {
  readonly #host: ComponentHost
  readonly #configuration: AgentConfiguration
  readonly #files: WorkFiles

  constructor(host: ComponentHost, configuration: AgentConfiguration, files: WorkFiles) {
    this.#host = host
    this.#configuration = configuration
    this.#files = files
  }

  get connectors(): readonly string[] {
    return Object.keys(this.#configuration.Connections)
  }

  async export(connector: string, mode: ExportMode): Promise<Exported> {
    const connection = this.#connection(connector)
    const [head = '', ...rows] = linesOf(await this.#source(connection))
    const cookie = `Work/ExportCookies/${connector}.cookie`
    const before = mode === 'incremental' ? await this.#cookie(cookie) : new Set<string>()
    const wanted = rows.filter((row) => !before.has(digestOf(row)))
    const name = `${connector}.${mode}.csv`
    const output = `Temp/ExportOutput/${name}`
    const collected = `Work/Collect/${name}`
    await step('key', () => this.#files.write(output, Buffer.from(`${[head, ...wanted].join('\n')}\n`)))
    await this.#files.move(output, collected)
    await this.#files.write(cookie, Buffer.from(rows.map(digestOf).join('\n')))
    this.#host.journal('exported', { connector, mode, rows: wanted.length, file: collected })
    return { connector, rows: wanted.length, file: collected, encrypted: this.#files.encrypts }
  }

  #connection(connector: string): Connection {
    const { Connections } = this.#configuration
    const found = Object.hasOwn(Connections, connector) ? Connections[connector] : undefined
    // A connector's name becomes part of a file's.
    if (found && /^\w[\w-]{0,63}$/.test(connector)) return found
    throw new AgentStepFailed('source', 'unknown-connector', 'There is no connection of this name.')
  }

  async #cookie(path: string): Promise<ReadonlySet<string>> {
    const kept = await step('key', () => this.#files.read(path))
    return new Set(kept?.toString().split('\n'))
  }

  async #source(connection: Connection): Promise<string> {
    const { Path, Database, SqlCommand, Separator } = connection
    if (Path !== undefined) return this.#file(Path)
    if (Database === undefined || SqlCommand === undefined) {
      throw new AgentStepFailed('source', 'setting-missing', 'A connection has a Path, or a Database and a SqlCommand.')
    }
    const { Databases } = this.#configuration
    const connectionString = Object.hasOwn(Databases, Database) ? Databases[Database] : undefined
    if (connectionString === undefined) {
      throw new AgentStepFailed('source', 'unknown-database', 'There is no such name in Databases.')
    }
    const { queryAsCsv } = await import('./sql-source.ts')
    return step('source', () => queryAsCsv(this.#host, connectionString, SqlCommand, Separator))
  }

  #file(path: string): Promise<string> {
    const allowed = allowedSource(path, this.#configuration.SourcesRootPaths)
    return step('source', async () => {
      await using file = await open(pathOnHost(this.#host, allowed))
      const { size } = await file.stat()
      if (size > MAX_FILE_BYTES) throw new AgentStepFailed('source', 'too-large', `${path} is too large.`)
      return file.readFile('utf8')
    })
  }
}
