/** Transactions of one session: nesting, savepoints, the SQLite transactions below, and the locks that live as long. */
import type { EnvChange } from '../../tds/tokens/env-change.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { errors } from '../errors.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { LockManager, LockMode, LockOwner, LockWait } from '../storage/locks.ts'
import type { Store } from '../storage/store.ts'
import { continues, type OpenWrite } from './open-write.ts'

let descriptors = 0n

export class Transaction {
  readonly #owner: LockOwner
  readonly #locks: LockManager
  readonly #writes = new Map<number, OpenWrite>()
  readonly #snapshots = new Map<number, { readonly store: Store; readonly stamp: number }>()
  readonly #savepoints: string[] = []
  /** What was locked for changes, in this order. */
  readonly #taken: string[] = []
  readonly #afterwards: (() => void)[] = []
  count = 0
  doomed = false
  name = ''
  descriptor = 0n
  /** Wraps every undoing of work that goes back behind the running statement: to a savepoint, by its place, or wholly. */
  aroundUndo: (undo: () => void, savepoint: number | undefined) => void = (undo) => undo()
  /** Called when a transaction has ended, either way. */
  onEnd: () => void = () => {}
  #savepointNumber = 0
  #hidden = false

  constructor(owner: LockOwner, locks: LockManager) {
    this.#owner = owner
    this.#locks = locks
  }

  get active(): boolean {
    return this.count > 0
  }

  /** How many savepoints there are. */
  get savepoints(): number {
    return this.#savepoints.length
  }

  begin(name = ''): EnvChange | undefined {
    this.count += 1
    if (this.count > 1) return undefined
    this.name = name
    this.descriptor = ++descriptors
    return { type: 'beginTransaction', descriptor: this.descriptor }
  }

  /** A transaction that only a statement with triggers sees: the client is not told of it. */
  beginHidden(): void {
    this.begin()
    this.#hidden = true
  }

  commit(): EnvChange | undefined {
    if (this.count === 0) throw errors.noCommit()
    if (this.doomed) throw errors.doomed()
    this.count -= 1
    if (this.count > 0) return undefined
    this.#finish('COMMIT')
    this.onEnd()
    if (this.#takeHidden()) return undefined
    return { type: 'commit', descriptor: this.descriptor }
  }

  /** Rolls everything back. */
  rollback(): EnvChange | undefined {
    this.count = 0
    this.aroundUndo(() => this.#finish('ROLLBACK'), undefined)
    this.onEnd()
    if (this.#takeHidden()) return undefined
    return { type: 'rollback', descriptor: this.descriptor }
  }

  #takeHidden(): boolean {
    const hidden = this.#hidden
    this.#hidden = false
    return hidden
  }

  save(name: string): void {
    if (this.count === 0) throw errors.noSave()
    this.#savepoints.push(name.toLowerCase())
    for (const write of this.#writes.values()) this.#savepoint(write, name.toLowerCase())
  }

  #savepoint(write: OpenWrite, name: string): void {
    this.#savepointNumber += 1
    const sql = `"p${this.#savepointNumber}"`
    write.store.exec(`SAVEPOINT ${sql}`)
    write.savepoints.push({ name, sql, catalog: write.catalog })
  }

  /** True when there was a savepoint of that name to go back to. */
  rollbackTo(name: string): boolean {
    const at = this.#savepoints.lastIndexOf(name.toLowerCase())
    if (at === -1) return false
    this.aroundUndo(() => this.#undoTo(name, at), at)
    this.#savepoints.length = at + 1
    return true
  }

  #undoTo(name: string, at: number): void {
    for (const write of this.#writes.values()) {
      const own = write.savepoints.findLastIndex((savepoint) => savepoint.name === name.toLowerCase())
      const savepoint = write.savepoints[own]
      if (savepoint) {
        write.store.exec(`ROLLBACK TO ${savepoint.sql}`)
        write.catalog = savepoint.catalog
        write.savepoints.length = own + 1
      } else if (write.openedAt > at) {
        // It joined after the savepoint: nothing of it stays.
        write.store.exec('ROLLBACK; BEGIN IMMEDIATE')
        write.catalog = undefined
      }
    }
  }

  lock(resource: string, mode: LockMode, wait: LockWait): Promise<void> | undefined {
    if (mode === 'X' && !this.#locks.holds(this.#owner, resource)) this.#taken.push(resource)
    return this.#locks.acquire(this.#owner, resource, mode, wait)
  }

  unlock(resource: string): void {
    this.#locks.release(this.#owner, resource)
  }

  /** The point before a statement to which `giveBack` goes when the statement has failed. */
  mark(): { readonly taken: number; readonly writes: ReadonlySet<number> } {
    return { taken: this.#taken.length, writes: new Set(this.#writes.keys()) }
  }

  /**
   * A failed statement has changed nothing, so others need not wait for the rows that it did not keep: what it alone has
   * opened and locked for its changes is free again.
   */
  giveBack(mark: { readonly taken: number; readonly writes: ReadonlySet<number> }): void {
    if (!this.active || this.doomed) return
    for (const [id, write] of this.#writes) {
      if (mark.writes.has(id)) continue
      if (write.continued || write.savepoints.length > 0) return
      if (write.store.inTransaction) write.store.exec('ROLLBACK')
      this.#writes.delete(id)
    }
    for (const resource of this.#taken.splice(mark.taken)) this.#locks.release(this.#owner, resource)
  }

  /** From the first read on, a SNAPSHOT transaction sees the database as it was then. */
  snapshot(database: SqlDatabase, store: Store): void {
    if (this.#writes.has(database.id)) return
    const known = this.#snapshots.get(database.id)
    if (known) {
      if (known.stamp !== database.catalog.stamp) throw errors.snapshotChanged(database.name)
      return
    }
    store.exec('BEGIN')
    store.all("SELECT v FROM lab_meta WHERE k = 'name'")
    this.#snapshots.set(database.id, { store, stamp: database.catalog.stamp })
  }

  /**
   * Begins the SQLite transaction of a database whose writer lock is held. False when this transaction reads a snapshot
   * that others have gone on from.
   */
  open(database: SqlDatabase, store: Store): boolean {
    if (this.#writes.has(database.id)) return true
    const continued = this.#snapshots.has(database.id)
    if (continued) {
      if (!continues(store)) return false
      this.#snapshots.delete(database.id)
    } else if (store.hasAttached) {
      // BEGIN IMMEDIATE would take every attached file as well.
      store.exec('BEGIN')
      store.run("UPDATE lab_meta SET v = v WHERE k = 'name'")
    } else store.exec('BEGIN IMMEDIATE')
    this.#writes.set(database.id, {
      database,
      store,
      catalog: undefined,
      continued,
      savepoints: [],
      openedAt: this.#savepoints.length,
    })
    return true
  }

  writes(database: SqlDatabase): boolean {
    return this.#writes.has(database.id)
  }

  get storesInUse(): ReadonlySet<Store> {
    return new Set([...this.#writes.values()].map((write) => write.store))
  }

  catalogOf(database: SqlDatabase): Catalog {
    return this.#writes.get(database.id)?.catalog ?? database.catalog
  }

  setCatalog(database: SqlDatabase, catalog: Catalog): void {
    const write = this.#writes.get(database.id)
    if (write) write.catalog = catalog
    else database.catalog = catalog
  }

  /** Ends what one statement outside any transaction has written. */
  finishStatement(failed: boolean): void {
    if (!this.active) this.#finish(failed ? 'ROLLBACK' : 'COMMIT')
  }

  /** Runs once the transaction has ended, either way. */
  afterwards(work: () => void): void {
    this.#afterwards.push(work)
  }

  #finish(how: 'COMMIT' | 'ROLLBACK'): void {
    for (const { store, database, catalog } of this.#writes.values()) {
      // A full database rolls back by itself.
      if (how === 'COMMIT' || store.inTransaction) store.exec(how)
      if (how === 'COMMIT' && catalog) database.catalog = catalog
    }
    for (const { store } of this.#snapshots.values()) if (store.inTransaction) store.exec(how)
    this.#snapshots.clear()
    this.#writes.clear()
    this.#savepoints.length = 0
    this.#taken.length = 0
    this.doomed = false
    this.#locks.releaseAll(this.#owner)
    for (const work of this.#afterwards.splice(0)) work()
  }
}
