import type { JsonObject } from '../../../harness/context/json.ts'
import type { SqlInstance } from '../engine/instance.ts'
import type { LoginRefusal } from '../security/login-errors.ts'

interface LoggedError {
  readonly number: number
  readonly severity: number
  readonly state: number
}

/** What one connection tells of itself: the journal for the harness, the ERRORLOG as SQL Server writes it. */
export class ConnectionLog {
  readonly #instance: SqlInstance
  readonly #address: string

  constructor(instance: SqlInstance, address: string) {
    this.#instance = instance
    this.#address = address
  }

  journal(type: string, facts: JsonObject = {}): void {
    this.#instance.options.journal({ type, client: this.#address, ...facts })
  }

  write(text: string): void {
    this.#instance.errorLog.write('Logon', `${text} [CLIENT: ${this.#address}]`)
  }

  /** All that the ERRORLOG has of a refused login. */
  refusal({ cause, log }: LoginRefusal): void {
    const { loginAuditing = 'all' } = this.#instance.options
    if (loginAuditing === 'none' || loginAuditing === 'successful') return
    if (cause) this.error(cause, cause.reason)
    this.error(log, log.reason)
  }

  /** Login auditing decides whether the log tells of a login at all. */
  success(text: string): void {
    const { loginAuditing = 'all' } = this.#instance.options
    if (loginAuditing === 'all' || loginAuditing === 'successful') this.write(text)
  }

  error({ number, severity, state }: LoggedError, text: string): void {
    this.#instance.errorLog.error('Logon', number, severity, state, `${text} [CLIENT: ${this.#address}]`)
  }
}
