import type { ConnectionPool } from 'mssql'
import type { HostClients, SqlSettings } from '../../../../harness/clients/index.ts'
import { sqlFailure } from '../../../../harness/clients/sql-failure.ts'

export type SqlValue = string | number | boolean | Buffer | Date | null

/** The database cannot be had. `code` is SQL Server's first error number as text, or the client library's code. */
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

/** The server's hold on its database: opened at start, and again at the next need after it was lost. */
export class Database implements AsyncDisposable {
  readonly #clients: HostClients
  readonly settings: SqlSettings
  #pool: ConnectionPool | undefined
  #opening: Promise<ConnectionPool> | undefined
  #disposed = false

  constructor(clients: HostClients, settings: SqlSettings) {
    this.#clients = clients
    this.settings = settings
  }

  async pool(): Promise<ConnectionPool> {
    if (this.#pool?.connected) return this.#pool
    this.#opening ??= this.#open()
    try {
      return await this.#opening
    } finally {
      this.#opening = undefined
    }
  }

  async #open(): Promise<ConnectionPool> {
    if (this.#disposed) throw new DatabaseUnavailable(new Error('the server is stopping'))
    try {
      this.#pool = await this.#clients.sql.connect(this.settings)
      return this.#pool
    } catch (error) {
      throw new DatabaseUnavailable(error)
    }
  }

  /** A statement with parameters (sp_executesql); its first result set, to be parsed by who asked. */
  async query(text: string, parameters: Readonly<Record<string, SqlValue>> = {}): Promise<readonly unknown[]> {
    return (await this.sets(text, parameters))[0] ?? []
  }

  /** The same with all result sets. */
  async sets(
    text: string,
    parameters: Readonly<Record<string, SqlValue>> = {},
  ): Promise<readonly (readonly unknown[])[]> {
    const request = (await this.pool()).request()
    for (const [name, value] of Object.entries(parameters)) request.input(name, value)
    try {
      // Without `arrayRowMode` a result's sets are an array.
      return (await request.query(text)).recordsets as unknown[][]
    } catch (error) {
      throw new DatabaseUnavailable(error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    // A connection that is being made would otherwise outlive the server; its failure is known to who asked for it.
    await this.#opening?.catch(() => undefined)
    if (this.#pool?.connected) await this.#pool.close()
  }
}
