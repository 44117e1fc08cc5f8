import { requireDatabase } from '../../security/permissions.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { SynonymDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { catalogOf, type Execution } from './execution.ts'
import { placeOf } from './place.ts'

/** CREATE SYNONYM. What it stands for need not be there. */
export async function runCreateSynonym(x: Execution, s: Extract<Statement, { kind: 'createSynonym' }>): Promise<void> {
  const { session } = x
  const place = placeOf(x, s.name)
  requireDatabase(session, place.database, 'CREATE SYNONYM')
  if (catalogOf(session, place.database).nameTaken(place.schema, place.name)) throw errors.exists(place.name)
  const now = session.instance.nowText()
  const synonym: SynonymDef = {
    kind: 'synonym',
    id: place.database.newObjectId(),
    schema: place.schema,
    name: place.name,
    created: now,
    modified: now,
    target: s.target,
  }
  await changeCatalog(x, place.database, [], (store) => putEntries(x, place.database, store, [synonym]))
  x.sink.done({ kind: x.frame.done, command: 0 })
}
