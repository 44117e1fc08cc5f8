import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { ReadSecret, SecretFacts } from '../../protocol/client-messages.ts'
import { granted, type Outcome, refusal } from '../../protocol/refusal.ts'
import { seal, unseal } from '../security/sealed.ts'
import type { Database } from '../store/database.ts'
import { changePassword, insertSecret, ownersOf, secretFor, secretsOf } from '../store/secrets.ts'
import type { SessionUser } from '../store/sessions.ts'

export interface VaultEvents {
  /** Something was changed through this server: real-time clients are to hear of it at once. */
  onChanged(): void
  onWatchedRead(notice: { readonly secret: string; readonly reader: string; readonly owners: readonly string[] }): void
}

export interface NewSecretRequest {
  readonly name: string
  readonly username: string
  readonly password: string
  readonly url: string
}

/** Secrets, as each user may have them: what is not for a user does not exist for it. */
export class Vault {
  readonly #host: ComponentHost
  readonly #database: Database
  readonly #events: VaultEvents

  constructor(host: ComponentHost, database: Database, events: VaultEvents) {
    this.#host = host
    this.#database = database
    this.#events = events
  }

  async list(user: SessionUser): Promise<Outcome<readonly SecretFacts[]>> {
    return granted(await secretsOf(await this.#database.pool(), user.id))
  }

  async read(user: SessionUser, id: number, from: string): Promise<Outcome<ReadSecret>> {
    const { pool, key } = await this.#database.use()
    const found = await secretFor(pool, user.id, id)
    if (!found) return this.#refuse('not-found', user, id, from)
    const password = key && unseal(key, found.sealed)
    if (!password) return this.#refuse('database-key-missing', user, id, from)
    const { name, username, url, version } = found
    this.#host.journal('secret-read', { user: user.name, id, name, from })
    if (found.watched && found.right !== 'owner') {
      this.#events.onWatchedRead({ secret: name, reader: user.name, owners: await ownersOf(pool, id) })
    }
    return granted({ id, name, username, url, version, password: password.toString('utf8') })
  }

  async change(
    user: SessionUser,
    id: number,
    password: string,
    from: string,
  ): Promise<Outcome<{ readonly id: number; readonly version: number }>> {
    const { pool, key } = await this.#database.use()
    const found = await secretFor(pool, user.id, id)
    if (!found) return this.#refuse('not-found', user, id, from)
    if (found.right === 'read') return this.#refuse('not-allowed', user, id, from)
    if (!key) return this.#refuse('database-key-missing', user, id, from)
    const version = await changePassword(pool, id, seal(key, Buffer.from(password, 'utf8')), user.name)
    this.#host.journal('secret-changed', { user: user.name, id, name: found.name, version, from })
    this.#events.onChanged()
    return granted({ id, version })
  }

  async create(
    user: SessionUser,
    request: NewSecretRequest & { readonly watched?: boolean },
    from: string,
  ): Promise<Outcome<{ readonly id: number; readonly version: number }>> {
    const { pool, key } = await this.#database.use()
    if (!key) return this.#refuse('database-key-missing', user, 0, from)
    const { name, username, url, watched = false } = request
    const sealed = seal(key, Buffer.from(request.password, 'utf8'))
    const secret = { name, username, url, sealed, watched, ownerId: user.id, by: user.name }
    const id = await pool.transaction((runner) => insertSecret(runner, secret))
    this.#host.journal('secret-created', { user: user.name, id, name, from })
    this.#events.onChanged()
    return granted({ id, version: 1 })
  }

  #refuse(code: 'not-found' | 'not-allowed' | 'database-key-missing', user: SessionUser, id: number, from: string) {
    this.#host.journal('refused', { code, user: user.name, id, from })
    return refusal(code)
  }
}
