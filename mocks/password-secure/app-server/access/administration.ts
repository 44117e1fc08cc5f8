import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { RefusalCode } from '../../protocol/refusal.ts'
import { granted, type Outcome, type Refusal } from '../../protocol/refusal.ts'
import { hashPassword } from '../security/password-hash.ts'
import { seal } from '../security/sealed.ts'
import type { SecretSeed, UserSeed } from '../settings.ts'
import type { Database } from '../store/database.ts'
import { findPrincipal, grant, revoke } from '../store/permissions.ts'
import type { Right } from '../store/rights.ts'
import { insertSecret, secretNamed } from '../store/secrets.ts'
import { deleteSessionsOf } from '../store/sessions.ts'
import type { SqlPool } from '../store/sql-pool.ts'
import { findUser, insertUser, setDisabled, setLocked } from '../store/users.ts'
import { guarded } from './guarded.ts'
import type { SessionBook } from './session-book.ts'

/** What the administrator is told when something named does not exist, or exists already. */
export interface AdministrationRefusal {
  readonly ok: false
  readonly code: RefusalCode | 'unknown-user' | 'unknown-secret' | 'unknown-principal' | 'name-taken'
  readonly text: string
}

type Administered<T> = Outcome<T> | AdministrationRefusal

const unknown = (what: 'user' | 'secret' | 'principal', name: string): AdministrationRefusal => ({
  ok: false,
  code: `unknown-${what}`,
  text: `There is no ${what === 'principal' ? 'user or role' : what} "${name}".`,
})

export interface AdministrationParts {
  readonly host: ComponentHost
  readonly database: Database
  readonly sessions: SessionBook
  readonly kdfIterations: number
  onChanged(): void
}

/** What an administrator does with users, secrets and rights, whatever permissions say. */
export class Administration {
  readonly #parts: AdministrationParts

  constructor(parts: AdministrationParts) {
    this.#parts = parts
  }

  async createUser(user: Pick<UserSeed, 'name' | 'password' | 'roles' | 'mail'>): Promise<Administered<number>> {
    const { host, kdfIterations } = this.#parts
    const password = await hashPassword(user.password, kdfIterations)
    const mail = user.mail ?? mailOf(host, user.name)
    return this.#with('create user', async (pool) => {
      const fresh = { name: user.name, mail, password, roles: user.roles }
      const id = await pool.transaction((runner) => insertUser(runner, fresh))
      if (id === undefined) return { ok: false, code: 'name-taken', text: `There is a user "${user.name}".` }
      host.journal('user-created', { user: user.name, roles: user.roles })
      return granted(id)
    })
  }

  /** Locks, unlocks, disables or enables. Who may not be in any more is put out. */
  setUser(
    name: string,
    change: { readonly locked: boolean } | { readonly disabled: boolean },
  ): Promise<Administered<object>> {
    return this.#with('change user', async (pool) => {
      const found =
        'locked' in change ? await setLocked(pool, name, change.locked) : await setDisabled(pool, name, change.disabled)
      if (!found) return unknown('user', name)
      this.#parts.host.journal('user-changed', { user: name, ...change })
      const out = 'locked' in change ? change.locked : change.disabled
      if (out) {
        await deleteSessionsOf(pool, name)
        this.#parts.sessions.end(({ user }) => user.toLowerCase() === name.toLowerCase())
      }
      return granted({})
    })
  }

  createSecret(secret: SecretSeed): Promise<Administered<number>> {
    return this.#with('create secret', async (pool): Promise<Administered<number>> => {
      const { key } = await this.#parts.database.use()
      if (!key) return { ok: false, code: 'database-key-missing', text: 'There is no database certificate.' }
      const owner = await findUser(pool, secret.owner)
      if (!owner) return unknown('user', secret.owner)
      const sealed = seal(key, Buffer.from(secret.password, 'utf8'))
      const { name, username, url, watched } = secret
      const id = await pool.transaction((runner) =>
        insertSecret(runner, { name, username, url, watched, sealed, ownerId: owner.id, by: owner.name }),
      )
      for (const [names, right] of [
        [secret.readers, 'read'],
        [secret.writers, 'write'],
      ] as const) {
        for (const to of names) {
          const refused = await this.#grant(pool, id, to, right)
          if (refused) return refused
        }
      }
      this.#parts.host.journal('secret-created', { user: owner.name, id, name, from: this.#parts.host.name })
      this.#parts.onChanged()
      return granted(id)
    })
  }

  grant(secret: string, to: string, right: Right): Promise<Administered<object>> {
    return this.#with('grant', async (pool): Promise<Administered<object>> => {
      const id = await secretNamed(pool, secret)
      if (id === undefined) return unknown('secret', secret)
      return (await this.#grant(pool, id, to, right)) ?? granted({})
    })
  }

  async #grant(pool: SqlPool, secretId: number, to: string, right: Right): Promise<AdministrationRefusal | undefined> {
    const principal = await findPrincipal(pool, to)
    if (!principal) return unknown('principal', to)
    await grant(pool, secretId, principal, right)
    this.#parts.host.journal('granted', { id: secretId, to, right })
    return undefined
  }

  revoke(secret: string, from: string): Promise<Administered<object>> {
    return this.#with('revoke', async (pool): Promise<Administered<object>> => {
      const id = await secretNamed(pool, secret)
      if (id === undefined) return unknown('secret', secret)
      const principal = await findPrincipal(pool, from)
      if (!principal) return unknown('principal', from)
      await revoke(pool, id, principal)
      this.#parts.host.journal('revoked', { id, from })
      return granted({})
    })
  }

  async #with<T>(what: string, work: (pool: SqlPool) => Promise<Administered<T>>): Promise<Administered<T>> {
    let told: AdministrationRefusal | undefined
    const outcome = await guarded<T>(this.#parts, what, async () => {
      const done = await work(await this.#parts.database.pool())
      if (!done.ok) {
        told = done
        return { ok: false, code: 'server-error', text: done.text } satisfies Refusal
      }
      return done
    })
    return told ?? outcome
  }
}

/** Where a user's mail goes unless something else is said. */
export const mailOf = (host: ComponentHost, user: string): string => `${user}@${host.domain}`
