import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { DatabaseState } from '../actions.ts'
import { type Database, DatabaseUnavailable } from '../database/database.ts'
import { databaseFacts, type MissingRight, refusalOf } from '../database/rights.ts'

export interface Health {
  readonly status: 'Healthy' | 'Unhealthy'
  /** What is wrong, for the log: the page says the status alone. */
  readonly text: string
}

/** Whether the database is reached, with the rights that the requirement demands. */
export class HealthCheck {
  readonly #host: ComponentHost
  readonly #database: Database
  readonly #name: string

  constructor(host: ComponentHost, database: Database) {
    this.#host = host
    this.#database = database
    this.#name = database.settings.database ?? ''
  }

  async check(): Promise<Health> {
    const state = await this.state()
    if (!state.connected) return { status: 'Unhealthy', text: `${state.code}: ${state.text}` }
    if (state.missingRights.length === 0) return { status: 'Healthy', text: '' }
    return { status: 'Unhealthy', text: `the login has not the rights: ${state.missingRights.join(', ')}` }
  }

  /** The state of the connection; what is wrong is journalled, a missing right with SQL Server's own refusal. */
  async state(): Promise<DatabaseState> {
    const about = { server: this.#database.settings.server, name: this.#name }
    try {
      const { login, encrypted, missing } = await databaseFacts(this.#database)
      for (const right of missing) this.#note(await refusalOf(this.#database, right, login))
      return { ...about, connected: true, login, encrypted, missingRights: [...missing] }
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error
      this.#host.journal('database-unavailable', { ...about, code: error.code, text: error.message })
      return { ...about, connected: false, missingRights: [], code: error.code, text: error.message }
    }
  }

  #note({ right, number, text }: MissingRight): void {
    this.#host.journal('database-right-missing', { right, ...(number === undefined ? {} : { number }), text })
  }
}
