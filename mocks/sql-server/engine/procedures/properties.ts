/** sp_addextendedproperty, sp_updateextendedproperty, sp_dropextendedproperty. */
import { hasPermission } from '../../security/permissions.ts'
import type { PropertyDef, TableDef } from '../catalog/definitions.ts'
import { columnsOfObject, signatureOf } from '../catalog/module-shape.ts'
import { indexId } from '../catalog/object-views.ts'
import { livingProperties } from '../catalog/property-views.ts'
import { changeCatalog, putEntries } from '../execute/catalog-change.ts'
import { catalogOf } from '../execute/execution.ts'
import { SqlError } from '../sql-error.ts'
import type { ProcedureCall, SystemProcedure } from './procedure-call.ts'

export interface PropertyPlace {
  readonly class: PropertyDef['class']
  readonly major: number
  readonly minor: number
  /** The index by its own id, which stays when its number changes. */
  readonly place?: number
  /** As messages write it: `dbo.book.title`. */
  readonly path: string
}

const kinds: Readonly<Record<string, readonly string[]>> = {
  TABLE: ['table'],
  VIEW: ['view'],
  PROCEDURE: ['procedure'],
  FUNCTION: ['function'],
  SEQUENCE: ['sequence'],
  SYNONYM: ['synonym'],
}
const same = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase()

const invalid = (path: string): SqlError =>
  new SqlError(
    15135,
    16,
    8,
    `Object is invalid. Extended properties are not permitted on '${path}', or the object does not exist.`,
  )
const badParameter = (procedure: string): SqlError =>
  new SqlError(15600, 15, 1, `An invalid parameter or option was specified for procedure '${procedure}'.`)

function constraintId(table: TableDef, name: string | undefined): number | undefined {
  return [
    ...table.keys.filter((key) => key.kind !== 'index'),
    ...table.checks,
    ...table.foreignKeys,
    ...table.columns.flatMap((column) => (column.default ? [column.default] : [])),
  ].find((item) => same(item.name, name))?.id
}

/** What the three levels point at. */
export function placeOf(call: ProcedureCall): PropertyPlace {
  const { session } = call.x
  const { database } = session
  const catalog = catalogOf(session, database)
  const level = (n: number): { type: string | undefined; name: string | undefined } => ({
    type: call.text(`level${n}type`)?.toUpperCase(),
    name: call.text(`level${n}name`),
  })
  const [zero, one, two] = [level(0), level(1), level(2)]
  const path = [zero.name, one.name, two.name].filter((name) => name !== undefined).join('.')
  if (zero.type === undefined) {
    if (one.type !== undefined || two.type !== undefined) throw badParameter(`sys.${call.name}`)
    return { class: 0, major: 0, minor: 0, path: 'object specified' }
  }
  if (zero.type === 'USER' && one.type === undefined) {
    const principal = catalog.principal(zero.name ?? '')
    if (!principal) throw invalid(path)
    return { class: 4, major: principal.id, minor: 0, path }
  }
  if (zero.type !== 'SCHEMA' && zero.type !== 'USER') throw badParameter(`sys.${call.name}`)
  const schema = catalog.schema(zero.name ?? '')
  if (!schema) throw invalid(path)
  if (one.type === undefined) return { class: 3, major: schema.id, minor: 0, path }
  if (one.type === 'TYPE') {
    const type = catalog.type(schema.name, one.name ?? '')
    if (!type) throw invalid(path)
    return { class: 6, major: type.id, minor: 0, path }
  }
  const object = catalog.object(schema.name, one.name ?? '')
  if (!kinds[one.type]) throw badParameter(`sys.${call.name}`)
  if (!object || !kinds[one.type]?.includes(object.kind)) throw invalid(path)
  if (two.type === undefined) return { class: 1, major: object.id, minor: 0, path }
  if (two.type === 'COLUMN') {
    const column = columnsOfObject(session, database, object).find((candidate) => same(candidate.name, two.name))
    if (!column) throw invalid(path)
    return { class: 1, major: object.id, minor: column.id, path }
  }
  if (two.type === 'PARAMETER' && (object.kind === 'procedure' || object.kind === 'function')) {
    const at = signatureOf(database, object).parameters.findIndex((parameter) => same(parameter.name, two.name))
    if (at === -1) throw invalid(path)
    return { class: 2, major: object.id, minor: at + 1, path }
  }
  if (object.kind !== 'table') throw invalid(path)
  if (two.type === 'INDEX') {
    const at = object.keys.findIndex((key) => same(key.name, two.name))
    const key = object.keys[at]
    if (!key) throw invalid(path)
    return { class: 7, major: object.id, minor: indexId(object, at), place: key.id, path }
  }
  if (two.type === 'CONSTRAINT') {
    const id = constraintId(object, two.name)
    if (id === undefined) throw invalid(path)
    return { class: 1, major: id, minor: 0, path }
  }
  if (two.type === 'TRIGGER') {
    const trigger = catalog.triggersOn(object.id).find((candidate) => same(candidate.name, two.name))
    if (!trigger) throw invalid(path)
    return { class: 1, major: trigger.id, minor: 0, path }
  }
  throw badParameter(`sys.${call.name}`)
}

const maxValueBytes = 7500

async function change(call: ProcedureCall, verb: 'add' | 'update' | 'drop'): Promise<number> {
  const { session } = call.x
  const { database } = session
  const name = call.text('name')
  if (name === undefined || name === '') throw badParameter(`sys.${call.name}`)
  const place = placeOf(call)
  if (!hasPermission(session, database, 'ALTER')) throw invalid(place.path)
  const known = livingProperties(session, database).find(
    (property) =>
      property.class === place.class &&
      property.major === place.major &&
      property.minor === place.minor &&
      same(property.name, name),
  )
  if (verb === 'add' && known)
    throw new SqlError(15233, 16, 1, `Property cannot be added. Property '${name}' already exists for '${place.path}'.`)
  if (verb !== 'add' && !known)
    throw new SqlError(
      15217,
      16,
      verb === 'drop' ? 1 : 2,
      `Property cannot be updated or deleted. Property '${name}' does not exist for '${place.path}'.`,
    )
  const value = call.argument('value')?.value ?? null
  if (typeof value === 'string' && value.length * 2 > maxValueBytes)
    throw new SqlError(15097, 16, 1, 'The size associated with an extended property cannot be more than 7,500 bytes.')
  await changeCatalog(call.x, database, [], (store) => {
    if (verb === 'drop') return putEntries(call.x, database, store, [], known ? [known.id] : [])
    const property: PropertyDef = {
      kind: 'property',
      id: known?.id ?? database.newObjectId(),
      class: place.class,
      major: place.major,
      minor: place.minor,
      ...(place.place === undefined ? {} : { place: place.place }),
      name: known?.name ?? name,
      value:
        value instanceof Uint8Array
          ? `0x${Buffer.from(value).toString('hex').toUpperCase()}`
          : typeof value === 'bigint'
            ? String(value)
            : value,
    }
    return putEntries(call.x, database, store, [property])
  })
  return 0
}

const levels = 'level0type:v128? level0name:name? level1type:v128? level1name:name? level2type:v128? level2name:name?'

export const propertyProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_addextendedproperty: { parameters: `name:name value:variant? ${levels}`, run: (call) => change(call, 'add') },
  sp_updateextendedproperty: {
    parameters: `name:name value:variant? ${levels}`,
    run: (call) => change(call, 'update'),
  },
  sp_dropextendedproperty: { parameters: `name:name ${levels}`, run: (call) => change(call, 'drop') },
}
