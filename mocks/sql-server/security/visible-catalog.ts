/** The catalogue as the caller may see it: what its functions and views are asked of. */
import type { Catalog } from '../engine/catalog/catalog.ts'
import type { CatalogEntry } from '../engine/catalog/definitions.ts'
import type { SqlSession } from '../engine/session.ts'
import type { SqlDatabase } from '../engine/storage/database.ts'
import { type Rights, rightsOf } from './rights.ts'
import { objectSecurable } from './securable.ts'

const seen = new WeakMap<Rights, Catalog>()

/** Without the objects on which the caller has no right, and without the texts of modules that it may only use. */
export function visibleCatalog(session: SqlSession, database: SqlDatabase): Catalog {
  const catalog = session.transaction.catalogOf(database)
  const rights = rightsOf(session, database)
  if (rights.unlimited) return catalog
  const known = seen.get(rights)
  if (known) return known
  const removed: number[] = []
  const blank: CatalogEntry[] = []
  for (const object of catalog.objects()) {
    if (!rights.sees(object)) removed.push(object.id)
    else if (
      'text' in object &&
      !rights.allows(objectSecurable(object, catalog.schema(object.schema)), 'VIEW DEFINITION')
    )
      blank.push({ ...object, text: '' })
  }
  const visible = removed.length + blank.length === 0 ? catalog : catalog.changed(blank, removed)
  seen.set(rights, visible)
  return visible
}
