/** CREATE TYPE and DROP TYPE: table types and names for types. */
import { hasPermission, requireDatabase } from '../../security/permissions.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Name, Statement } from '../../tsql/ast.ts'
import { typeOfRef } from '../binder/type-of-ref.ts'
import type { TypeDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { unsupported } from '../sql-error.ts'
import { statementsOf } from './batch.ts'
import { buildTable } from './build-table.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { catalogOf, type Execution } from './execution.ts'
import { placeOf } from './place.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

/** Up to 256 the numbers belong to the server's own types. */
const firstUserType = 257

export async function runCreateType(x: Execution, s: Of<'createType'>): Promise<void> {
  const place = placeOf(x, s.name)
  const { database } = place
  requireDatabase(x.session, database, 'CREATE TYPE')
  await changeCatalog(x, database, [], (store) => {
    const catalog = catalogOf(x.session, database)
    if (catalog.type(place.schema, place.name)) throw errors.typeExists([place.schema, place.name].join('.'))
    const created = x.session.instance.nowText()
    const used = [...catalog.types()].map((type) => type.userTypeId)
    const base = {
      kind: 'type',
      id: database.newObjectId(),
      schema: place.schema,
      name: place.name,
      created,
      modified: created,
      userTypeId: Math.max(firstUserType - 1, ...used) + 1,
    } as const
    putEntries(x, database, store, [{ ...base, ...shapeOf(x, s, base.id, place) }])
  })
  x.sink.done({ kind: x.frame.done, command: statementCodes.createType })
}

function shapeOf(
  x: Execution,
  s: Of<'createType'>,
  id: number,
  place: ReturnType<typeof placeOf>,
): Pick<TypeDef, 'alias' | 'table'> {
  if (s.alias) return { alias: { type: typeOfRef(s.alias.type, place.database.collation), nullable: s.alias.nullable } }
  if (!s.table) return {}
  let next = 0
  // Ids inside the type count from 1; each variable of it gets its own.
  const table = buildTable(x, place, s.table, { temporary: 'variable', newId: () => ++next })
  return { table: { ...table, id, typeId: id } }
}

export async function dropType(x: Execution, name: Name, ifExists: boolean): Promise<void> {
  const [object = '', schema = ''] = [...name].reverse()
  const { session } = x
  const { database } = session
  const catalog = catalogOf(session, database)
  const found = schema
    ? catalog.type(schema, object)
    : (catalog.type(session.defaultSchema(database), object) ?? catalog.type('dbo', object))
  if (!found || !hasPermission(session, database, 'ALTER')) {
    if (!found && ifExists) return
    throw errors.noType(name.join('.'))
  }
  const user = userOf(x, found)
  if (user) throw errors.typeInUse(name.join('.'), user)
  await changeCatalog(x, database, [], (store) => putEntries(x, database, store, [], [found.id]))
}

/** A procedure that has a parameter of the type. */
function userOf(x: Execution, type: TypeDef): string | undefined {
  for (const object of catalogOf(x.session, x.session.database).objects()) {
    if (object.kind !== 'procedure') continue
    const [created] = statementsOf(x, object.text, object.quotedIdentifier)
    if (created?.kind !== 'createModule') throw unsupported(`the text of ${object.name}`)
    const uses = created.parameters.some(
      (parameter) =>
        parameter.type.name === type.name.toLowerCase() &&
        (parameter.type.schema ?? 'dbo').toLowerCase() === type.schema.toLowerCase(),
    )
    if (uses) return object.name
  }
  return undefined
}
