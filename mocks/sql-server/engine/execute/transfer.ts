/** ALTER SCHEMA … TRANSFER: an object with all that hangs on it goes to another schema, without what was granted on it. */
import { allows } from '../../security/permissions.ts'
import { schemaSecurable } from '../../security/securable.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { CatalogEntry } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { catalogOf, type Execution } from './execution.ts'

export async function runTransfer(x: Execution, s: Extract<Statement, { kind: 'transfer' }>): Promise<void> {
  const { session } = x
  const { database } = session
  const catalog = catalogOf(session, database)
  const schema = catalog.schema(s.schema)
  if (!schema || !allows(session, schemaSecurable(schema), 'ALTER'))
    throw errors.cannotFind('schema', s.schema, 'alter')
  const [name = '', from = ''] = [...s.name].reverse()
  const entry =
    s.class === 'TYPE'
      ? catalog.type(from || session.defaultSchema(database), name)
      : (catalog.object(from || session.defaultSchema(database), name) ??
        (from === '' ? catalog.object('dbo', name) : undefined))
  if (!entry) throw errors.cannotFind(s.class === 'TYPE' ? 'type' : 'object', s.name.join('.'))
  if (entry.schema.toLowerCase() === schema.name.toLowerCase()) {
    x.sink.done({ kind: x.frame.done, command: 0 })
    return
  }
  if (s.class === 'OBJECT' ? catalog.nameTaken(schema.name, name) : catalog.type(schema.name, name))
    throw new SqlError(
      15530,
      16,
      1,
      `The ${s.class === 'TYPE' ? 'type' : 'object'} with name "${name}" already exists.`,
    )
  if (entry.kind === 'trigger')
    throw new SqlError(15347, 16, 1, 'Cannot transfer an object that is owned by a parent object.')
  const moved: CatalogEntry[] = [{ ...entry, schema: schema.name }]
  if (s.class === 'OBJECT')
    for (const trigger of catalog.triggersOn(entry.id)) moved.push({ ...trigger, schema: schema.name })
  const granted = catalog.permissions.filter(
    ({ major, class: kind }) => major === entry.id && kind === (s.class === 'TYPE' ? 6 : 1),
  )
  await changeCatalog(x, database, entry.kind === 'table' ? [entry] : [], (store) =>
    putEntries(
      x,
      database,
      store,
      moved,
      granted.map(({ id }) => id),
    ),
  )
  x.sink.done({ kind: x.frame.done, command: 0 })
}
