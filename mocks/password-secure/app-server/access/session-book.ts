import type { SessionFacts } from '../actions.ts'

export type Channel = SessionFacts['channel']

/** A session as this server holds it. `end` closes what carries it. */
export interface OpenSession extends SessionFacts {
  readonly token: string
  readonly expiresAt: Date
  end(): void
}

const MAX_SESSIONS = 20_000

/** The sessions that were opened at this server: connections, and tokens of web sessions. */
export class SessionBook {
  readonly #sessions = new Set<OpenSession>()
  readonly #now: () => Date

  constructor(now: () => Date) {
    this.#now = now
  }

  add(session: OpenSession): Disposable {
    this.#sessions.add(session)
    if (this.#sessions.size > MAX_SESSIONS) this.#forgetExpired()
    return { [Symbol.dispose]: () => void this.#sessions.delete(session) }
  }

  #forgetExpired(): void {
    const now = this.#now()
    for (const session of this.#sessions) if (session.expiresAt <= now) this.#sessions.delete(session)
    // Web sessions that nobody ended: the oldest go. The database still knows their tokens.
    for (const session of this.#sessions) {
      if (this.#sessions.size <= MAX_SESSIONS) break
      if (session.channel === 'web-services') this.#sessions.delete(session)
    }
  }

  list(): readonly SessionFacts[] {
    const now = this.#now()
    return [...this.#sessions]
      .filter(({ expiresAt }) => expiresAt > now)
      .map(({ user, channel, from, since }) => ({ user, channel, from, since }))
  }

  count(channel?: Channel): number {
    return this.list().filter((session) => channel === undefined || session.channel === channel).length
  }

  /** Ends every session that is chosen, and what carries it. */
  end(chosen: (session: OpenSession) => boolean): number {
    const ended = [...this.#sessions].filter(chosen)
    for (const session of ended) {
      this.#sessions.delete(session)
      session.end()
    }
    return ended.length
  }
}
