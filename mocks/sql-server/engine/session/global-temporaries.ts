/** `##t`: tables of tempdb that go when their maker has gone and nobody uses them. */
import { tableResource } from '../execute/execution.ts'
import type { SqlInstance } from '../instance.ts'

/** The global temporary tables that a session has made. */
export class GlobalTemporaries {
  readonly #instance: SqlInstance
  readonly #names = new Set<string>()

  constructor(instance: SqlInstance) {
    this.#instance = instance
  }

  add(name: string): void {
    this.#names.add(name.toLowerCase())
  }

  /** The maker has gone: what others still use goes once they have done with it. */
  leave(): void {
    if (this.#names.size === 0) return
    for (const name of this.#names) this.#instance.leftTemporaries.add(name)
    this.#names.clear()
    dropLeft(this.#instance)
  }
}

/** Drops what nobody uses any more; called when a session goes, and at the end of requests while something is left. */
export function dropLeft(instance: SqlInstance): void {
  const database = instance.findDatabase('tempdb')
  if (!database || instance.locks.isLocked(`writer of ${database.name}`)) return
  for (const name of instance.leftTemporaries) {
    const table = database.catalog.object('dbo', name)
    if (table?.kind === 'table') {
      if (instance.locks.isLocked(tableResource(database.name, table.id))) continue
      const store = database.open()
      store.exec(`BEGIN IMMEDIATE; DROP TABLE IF EXISTS main."t${table.id}"`)
      store.run('DELETE FROM lab_object WHERE id=?', [table.id])
      store.exec('COMMIT')
      database.giveBack(store)
      database.catalog = database.catalog.changed([], [table.id])
    }
    instance.leftTemporaries.delete(name)
  }
}
