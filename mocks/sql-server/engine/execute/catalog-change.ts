import type { CatalogEntry, TableDef } from '../catalog/definitions.ts'
import { needWritable } from '../database-access.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { Store } from '../storage/store.ts'
import { atomically, catalogOf, type Execution, lockWait, tableResource } from './execution.ts'

/** Puts entries into the catalogue and its file, and takes others out: part of the running transaction. */
export function putEntries(
  x: Execution,
  database: SqlDatabase,
  store: Store,
  put: readonly CatalogEntry[],
  removed: readonly number[] = [],
): void {
  for (const entry of put) store.run('INSERT OR REPLACE INTO lab_object VALUES(?,?)', [entry.id, JSON.stringify(entry)])
  for (const id of removed) store.run('DELETE FROM lab_object WHERE id=?', [id])
  x.session.transaction.setCatalog(database, catalogOf(x.session, database).changed(put, removed))
}

/** A change of the catalogue as one statement. Nobody may be reading the tables that it touches. */
export async function changeCatalog(
  x: Execution,
  database: SqlDatabase,
  tables: readonly TableDef[],
  work: (store: Store) => void,
): Promise<void> {
  if (!tables.some(({ temporary }) => temporary)) needWritable(database)
  for (const table of tables) {
    if (table.temporary) continue
    const waited = x.session.transaction.lock(tableResource(database.name, table.id), 'X', lockWait(x))
    if (waited) await waited
  }
  await atomically(x, database, work)
}
