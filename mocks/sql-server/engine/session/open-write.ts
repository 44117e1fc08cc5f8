/** A SQLite transaction that a session's transaction writes a database in. */
import type { Catalog } from '../catalog/catalog.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { Store } from '../storage/store.ts'

export interface OpenWrite {
  readonly database: SqlDatabase
  readonly store: Store
  /** The catalogue as this transaction sees it, when it has changed it. */
  catalog: Catalog | undefined
  /** It goes on from what was read as a snapshot. */
  readonly continued: boolean
  /** Savepoints set since this database takes part, with the catalogue of that moment. */
  readonly savepoints: { readonly name: string; readonly sql: string; readonly catalog: Catalog | undefined }[]
  openedAt: number
}

const busySnapshot = 517

/** Makes a writer of a reader, if nobody has written since it began to read. */
export function continues(store: Store): boolean {
  try {
    store.run("UPDATE lab_meta SET v = v WHERE k = 'name'")
    return true
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === busySnapshot) return false
    throw error
  }
}
