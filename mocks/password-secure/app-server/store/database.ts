import { z } from 'zod'
import { sqlFailure } from '../../../../harness/clients/sql-failure.ts'
import type { DatabaseState } from '../actions.ts'
import type { Configuration } from './configuration.ts'
import { writeSetting } from './configuration.ts'
import { type DatabaseAccess, type OpenDatabase, openDatabase } from './open-database.ts'
import type { SqlPool } from './sql-pool.ts'

/** The server has no connection to its database. `code` and `message` are the client library's. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'
  readonly code: string

  constructor(cause: unknown) {
    const failure = sqlFailure(cause)
    const first = failure.all[0]
    super(first?.text ?? failure.text, { cause })
    this.code = first ? String(first.number) : (failure.code ?? 'unknown')
  }
}

export interface DatabaseEvents {
  onConfiguration(configuration: Configuration): void
  onOpened(): void
  onFailed(failure: DatabaseUnavailable): void
}

const facts = z.object({ version: z.string(), encrypt_option: z.string().nullish() })

/** The server's hold on SQL Server: opened at start, and again at the next need after it was lost. */
export class Database implements AsyncDisposable {
  readonly #access: DatabaseAccess
  readonly #events: DatabaseEvents
  #opening: Promise<OpenDatabase> | undefined
  #open: OpenDatabase | undefined
  #failure: DatabaseUnavailable | undefined
  #keeping: Promise<void> = Promise.resolve()
  #disposed = false

  constructor(access: DatabaseAccess, events: DatabaseEvents) {
    this.#access = access
    this.#events = events
  }

  get name(): string {
    return this.#access.names.data
  }

  /** The open database. Throws `DatabaseUnavailable`. */
  async use(): Promise<OpenDatabase> {
    if (this.#open?.pool.open) return this.#open
    this.#opening ??= this.#start()
    try {
      return await this.#opening
    } finally {
      this.#opening = undefined
    }
  }

  async pool(): Promise<SqlPool> {
    return (await this.use()).pool
  }

  async #start(): Promise<OpenDatabase> {
    if (this.#disposed) throw new DatabaseUnavailable(new Error('the server is stopping'))
    try {
      const open = await openDatabase(this.#access, (configuration) => this.#events.onConfiguration(configuration))
      this.#open = open
      this.#failure = undefined
      this.#events.onOpened()
      return open
    } catch (error) {
      this.#failure = new DatabaseUnavailable(error)
      this.#events.onFailed(this.#failure)
      throw this.#failure
    }
  }

  /** Closes the connections; the next need opens new ones, as after a restore. */
  async reset(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.pool[Symbol.asyncDispose]()
  }

  /** Writes to this server's configuration database, one after the other, the last one last. */
  keep(name: string, value: string): Promise<void> {
    const before = this.#keeping
    const write = async () => {
      await before
      await writeSetting(await this.pool(), this.#access.names, name, value)
    }
    const written = write()
    // Who asked hears of a failure; who comes next does not.
    this.#keeping = written.catch(() => undefined)
    return written
  }

  async state(): Promise<DatabaseState> {
    const { settings, names } = this.#access
    const about = {
      server: settings.server,
      // Of a named instance SQL Server Browser tells the port.
      ...(settings.server.includes('\\') ? {} : { port: settings.port ?? 1433 }),
      name: names.data,
      configName: names.config,
      user: settings.user ?? '',
    }
    try {
      const pool = await this.pool()
      const { sets } = await pool.run(
        'SELECT @@VERSION AS version, (SELECT encrypt_option FROM sys.dm_exec_connections WHERE session_id = @@SPID) AS encrypt_option;',
      )
      const { version, encrypt_option: encrypted } = facts.parse(sets[0]?.[0])
      return {
        ...about,
        connected: true,
        version: version.split('\n')[0] ?? '',
        ...(encrypted ? { encrypted: encrypted.toUpperCase() === 'TRUE' } : {}),
      }
    } catch (error) {
      const failure = error instanceof DatabaseUnavailable ? error : new DatabaseUnavailable(error)
      return { ...about, connected: false, code: failure.code, text: failure.message }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#keeping
    this.#disposed = true
    // A connection that is being made would otherwise outlive the server.
    await this.#opening?.catch(() => undefined)
    await this.reset()
  }
}
