/** fn_listextendedproperty: the properties of one thing, or of all things of a kind below another. */
import type { Cell } from '../../tds/data-type.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { ObjectDef, PropertyDef, TableDef } from '../catalog/definitions.ts'
import { columnsOfObject, signatureOf } from '../catalog/module-shape.ts'
import { livingProperties } from '../catalog/property-views.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'

type Level = readonly [type: string, name: string]

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const placeOfObject = (object: ObjectDef): readonly Level[] => [
  ['SCHEMA', object.schema],
  [object.kind.toUpperCase(), object.name],
]

const nameless = (items: readonly { readonly id: number; readonly name: string }[], id: number): string | undefined =>
  items.find((item) => item.id === id)?.name

function constraintName(table: TableDef, id: number): string | undefined {
  const defaults = table.columns.flatMap((column) => (column.default ? [column.default] : []))
  return nameless([...table.keys, ...table.checks, ...table.foreignKeys, ...defaults], id)
}

/** Constraints and triggers lie below their table. */
function placeBelowTable(catalog: Catalog, id: number): readonly Level[] | undefined {
  for (const table of catalog.objects()) {
    if (table.kind !== 'table') continue
    const constraint = constraintName(table, id)
    if (constraint !== undefined) return [...placeOfObject(table), ['CONSTRAINT', constraint]]
    const trigger = nameless(catalog.triggersOn(table.id), id)
    if (trigger !== undefined) return [...placeOfObject(table), ['TRIGGER', trigger]]
  }
  return undefined
}

function placeOf(s: SqlSession, catalog: Catalog, property: PropertyDef): readonly Level[] | undefined {
  const { major, minor } = property
  switch (property.class) {
    case 0:
      return []
    case 3: {
      const schema = [...catalog.schemas()].find((candidate) => candidate.id === major)
      return schema && [['SCHEMA', schema.name]]
    }
    case 4: {
      const principal = [...catalog.principals()].find((candidate) => candidate.id === major)
      return principal && [['USER', principal.name]]
    }
    case 6: {
      const type = [...catalog.types()].find((candidate) => candidate.id === major)
      return (
        type && [
          ['SCHEMA', type.schema],
          ['TYPE', type.name],
        ]
      )
    }
    default: {
      const object = [...catalog.objects()].find((candidate) => candidate.id === major)
      if (!object || (object.kind === 'trigger' && minor === 0)) return placeBelowTable(catalog, major)
      const above = placeOfObject(object)
      if (property.class === 7) {
        const key =
          object.kind === 'table' ? object.keys.find((candidate) => candidate.id === property.place) : undefined
        return key && [...above, ['INDEX', key.name]]
      }
      if (property.class === 2) {
        const signature =
          object.kind === 'procedure' || object.kind === 'function' ? signatureOf(s.database, object) : undefined
        const parameter = signature?.parameters[minor - 1]
        return parameter && [...above, ['PARAMETER', parameter.name]]
      }
      if (minor === 0) return above
      const column = columnsOfObject(s, s.database, object).find((candidate) => candidate.id === minor)
      return column && [...above, ['COLUMN', column.name]]
    }
  }
}

/** Rows of type, name, property's name and value. A type of NULL ends the levels; a name of NULL is any. */
export function listExtendedProperties(s: SqlSession, property: Cell, given: readonly Cell[]): readonly Cell[][] {
  const levels: { type: string; name: string | undefined }[] = []
  for (let at = 0; at < given.length; at += 2) {
    const type = given[at] ?? null
    if (type === null) break
    const name = given[at + 1] ?? null
    levels.push({ type: String(type), name: name === null ? undefined : String(name) })
  }
  const catalog = catalogOf(s, s.database)
  const rows: Cell[][] = []
  for (const one of livingProperties(s, s.database)) {
    if (property !== null && !same(one.name, String(property))) continue
    const place = placeOf(s, catalog, one)
    if (place?.length !== levels.length) continue
    const matches = levels.every(({ type, name }, i) => {
      const [ownType = '', ownName = ''] = place[i] ?? []
      // USER was the word for a schema once.
      const sameType = same(type, ownType) || (i === 0 && levels.length > 1 && same(type, 'USER'))
      return sameType && (name === undefined || same(name, ownName))
    })
    if (!matches) continue
    const [type = null, name = null] = place.at(-1) ?? []
    rows.push([type, name, one.name, one.value])
  }
  return rows
}
