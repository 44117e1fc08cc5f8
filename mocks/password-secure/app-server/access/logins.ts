import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { granted, type Outcome, type RefusalCode, refusal } from '../../protocol/refusal.ts'
import type { Licence } from '../licence/licence.ts'
import type { ClientLock } from '../security/client-lock.ts'
import { hashPassword, passwordMatches } from '../security/password-hash.ts'
import type { AppServerSettings } from '../settings.ts'
import type { Database } from '../store/database.ts'
import { deleteSession, insertSession, type SessionUser, sessionUser } from '../store/sessions.ts'
import { countFailure, findUser, forgetFailures, type User } from '../store/users.ts'
import { isNewer } from './product-version.ts'
import type { Channel } from './session-book.ts'

export interface LoginAttempt {
  readonly user: string
  readonly password: string
  readonly database: string
  readonly version?: string
  readonly channel: Channel
  /** Who asks, as the journal shows it and as brute force is counted. */
  readonly from: string
}

export interface LoggedIn {
  readonly user: SessionUser
  readonly roles: readonly string[]
  readonly token: string
}

export interface LoginParts {
  readonly host: ComponentHost
  readonly settings: AppServerSettings
  readonly database: Database
  readonly licence: Licence
  readonly clientLock: ClientLock
}

/** Who may come in. Every attempt stands in the journal. */
export class Logins {
  readonly #parts: LoginParts

  constructor(parts: LoginParts) {
    this.#parts = parts
  }

  async login(attempt: LoginAttempt): Promise<Outcome<LoggedIn>> {
    const { user, channel, from } = attempt
    const outcome = await this.#attempt(attempt)
    this.#parts.host.journal('login', { user, channel, from, result: outcome.ok ? 'ok' : outcome.code })
    return outcome
  }

  async #attempt(attempt: LoginAttempt): Promise<Outcome<LoggedIn>> {
    const { database, clientLock } = this.#parts
    const refused = this.#refusedBefore(attempt)
    if (refused) return refusal(refused)
    const pool = await database.pool()
    const user = await findUser(pool, attempt.user)
    if (!user) {
      // As long as a wrong password takes, so that time tells no names.
      await hashPassword(attempt.password, this.#parts.settings.kdfIterations)
      clientLock.countUnknown(attempt.from)
      return refusal('login-failed')
    }
    if (user.locked) return refusal('user-locked')
    if (!(await passwordMatches(attempt.password, user.password))) {
      await countFailure(pool, user.id, this.#parts.settings.lockUserAfter)
      return refusal('login-failed')
    }
    if (user.disabled) return refusal('user-disabled')
    return granted(await this.#open(user, attempt))
  }

  #refusedBefore({ version, database, channel, from }: LoginAttempt): RefusalCode | undefined {
    const { settings, licence, clientLock } = this.#parts
    if (version !== undefined && isNewer(version, settings.productVersion)) return 'client-too-new'
    const licenceSays = licence.refusal()
    if (licenceSays) return licenceSays
    if (database.toLowerCase() !== settings.databaseName.toLowerCase()) return 'unknown-database'
    if (channel === 'web-services' && !settings.webAccess) return 'no-web-access'
    return clientLock.isLocked(from) ? 'client-locked' : undefined
  }

  async #open(user: User, { from }: LoginAttempt): Promise<LoggedIn> {
    const { host, settings, database, clientLock } = this.#parts
    const pool = await database.pool()
    if (user.failures > 0) await forgetFailures(pool, user.id)
    clientLock.forget(from)
    const now = host.now()
    const expiresAt = new Date(now.getTime() + settings.tokenMinutes * 60_000)
    const token = await insertSession(pool, { userId: user.id, now, expiresAt })
    return { user: { id: user.id, name: user.name, expiresAt }, roles: user.roles, token }
  }

  /** Whose session a token is. */
  async authorize(token: string): Promise<Outcome<SessionUser>> {
    const user = await sessionUser(await this.#parts.database.pool(), token, this.#parts.host.now())
    return user ? granted(user) : refusal('not-logged-in')
  }

  async logout(token: string): Promise<void> {
    await deleteSession(await this.#parts.database.pool(), token)
  }
}
