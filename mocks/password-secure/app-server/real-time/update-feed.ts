import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { Database } from '../store/database.ts'
import type { OpenDatabase } from '../store/open-database.ts'
import { lastSequence, type StoredUpdate, updatesAfter } from '../store/updates.ts'

/**
 * What was changed, through whichever server: read from the shared database, again and again while somebody listens,
 * and at once when a change comes through this server. (The product registers “SqlBroker”; how is not documented.)
 */
export class UpdateFeed {
  readonly #host: ComponentHost
  readonly #database: Database
  readonly #pollMs: number
  readonly #listeners = new Set<(update: StoredUpdate, now: Date) => void>()
  #beginning: Promise<void> | undefined
  #position: { readonly of: OpenDatabase; sequence: number } | undefined
  #running = false
  #wake = Promise.withResolvers<void>()
  #lastFailure = ''

  constructor(host: ComponentHost, database: Database, pollMs: number) {
    this.#host = host
    this.#database = database
    this.#pollMs = pollMs
  }

  /** Listens from now on: what is changed after this has resolved is heard. Rejects when the database cannot be read. */
  async subscribe(listener: (update: StoredUpdate, now: Date) => void): Promise<Disposable> {
    // Added first, so that nothing is missed while the position is read; a loop that runs keeps its own.
    const isFirst = this.#listeners.size === 0
    this.#listeners.add(listener)
    try {
      await (isFirst ? this.#begin() : this.#beginning)
    } catch (error) {
      this.#listeners.delete(listener)
      throw error
    }
    if (!this.#running) {
      this.#running = true
      this.#host.background('update feed', (signal) => this.#run(signal))
    }
    return { [Symbol.dispose]: () => this.#unsubscribe(listener) }
  }

  /** Where reading begins: at the last row that is there now. */
  #begin(): Promise<void> {
    const read = async () => {
      const open = await this.#database.use()
      this.#position = { of: open, sequence: await lastSequence(open.pool) }
    }
    this.#beginning = read()
    return this.#beginning
  }

  #unsubscribe(listener: (update: StoredUpdate, now: Date) => void): void {
    this.#listeners.delete(listener)
    if (this.#listeners.size === 0) this.nudge()
  }

  /** There is something new: do not wait for the next poll. */
  nudge(): void {
    this.#wake.resolve()
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      while (this.#listeners.size > 0 && !signal.aborted) {
        await this.#pause(signal)
        if (signal.aborted) return
        await this.#poll()
      }
    } finally {
      this.#running = false
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const enough = new AbortController()
    const timer = delay(this.#pollMs, undefined, { signal: AbortSignal.any([signal, enough.signal]) })
    const woken = this.#wake.promise
    await Promise.race([timer.catch(() => undefined), woken])
    enough.abort()
    this.#wake = Promise.withResolvers()
  }

  async #poll(): Promise<void> {
    try {
      const open = await this.#database.use()
      const position = await this.#positionIn(open)
      for (const update of await updatesAfter(open.pool, position.sequence)) {
        position.sequence = update.sequence
        const now = this.#host.now()
        for (const listener of [...this.#listeners]) listener(update, now)
      }
      this.#lastFailure = ''
    } catch (error) {
      const text = messageOf(error)
      if (text !== this.#lastFailure) this.#host.journal('update-feed-failed', { text })
      this.#lastFailure = text
    }
  }

  /** A database that was restored may stand before what was read already. */
  async #positionIn(open: OpenDatabase) {
    const known = this.#position
    if (known?.of === open) return known
    const last = await lastSequence(open.pool)
    this.#position = { of: open, sequence: known ? Math.min(known.sequence, last) : last }
    return this.#position
  }
}
