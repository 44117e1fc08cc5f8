/** CREATE and ALTER of views and procedures: their text is kept, and parsed again where it is used. */

import { requireDatabase } from '../../security/permissions.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import { Binder } from '../binder/binder.ts'
import { bindQuery } from '../binder/query.ts'
import type { ModuleDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'
import { withSession } from '../udf/running-session.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { catalogOf, type Execution } from './execution.ts'
import { placeOf } from './place.ts'
import { sessionEnvironment } from './session-environment.ts'

export async function runCreateModule(x: Execution, s: Extract<Statement, { kind: 'createModule' }>): Promise<void> {
  const place = placeOf(x, s.name)
  const { session } = x
  if (place.name.startsWith('#'))
    throw new SqlError(50900, 16, 1, 'not supported by the simulator: temporary procedures')
  const kind = s.what === 'VIEW' ? 'view' : 'procedure'
  requireDatabase(session, place.database, s.what === 'VIEW' ? 'CREATE VIEW' : 'CREATE PROCEDURE')
  const existing = catalogOf(session, place.database).object(place.schema, place.name)
  if (s.mode === 'create' && existing) throw errors.exists(place.name)
  if (s.mode === 'alter' && existing?.kind !== kind) throw errors.noObject(s.name.join('.'), s.line)
  if (s.mode === 'createOrAlter' && existing && existing.kind !== kind) throw errors.exists(place.name)
  const { query } = s
  if (query) {
    const bound = withSession(session, () =>
      bindQuery(new Binder(sessionEnvironment(session, x.frame, { catalogs: new Map(), temporary: false })), query),
    )
    const names = s.columns ?? bound.columns.map((column) => column.name)
    const nameless = names.indexOf('')
    if (nameless !== -1)
      throw new SqlError(
        4511,
        16,
        1,
        `Create View or Function failed because no column name was specified for column ${nameless + 1}.`,
      )
  }
  const now = session.instance.nowText()
  const text = s.text.replace(/^\s*(?:ALTER|CREATE\s+OR\s+ALTER)/i, 'CREATE')
  const module: ModuleDef = {
    kind,
    id: existing?.id ?? place.database.newObjectId(),
    schema: place.schema,
    name: existing?.name ?? place.name,
    created: existing?.created ?? now,
    modified: now,
    text,
    quotedIdentifier: x.frame.quotedIdentifier,
  }
  await changeCatalog(x, place.database, [], (store) => putEntries(x, place.database, store, [module]))
  x.sink.done({
    kind: x.frame.done,
    command: kind === 'view' ? statementCodes.createView : statementCodes.createProcedure,
  })
}
