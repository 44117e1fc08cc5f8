/** sys.extended_properties. */
import type { Cell } from '../../tds/data-type.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { PropertyDef } from './definitions.ts'
import type { ViewDeclaration } from './system-view.ts'

export const propertyClasses: Readonly<Record<number, string>> = {
  0: 'DATABASE',
  1: 'OBJECT_OR_COLUMN',
  2: 'PARAMETER',
  3: 'SCHEMA',
  4: 'DATABASE_PRINCIPAL',
  6: 'TYPE',
  7: 'INDEX',
}

/** The properties of what is still there: a thing that is dropped takes its own along. */
export function livingProperties(s: SqlSession, d: SqlDatabase): PropertyDef[] {
  const catalog = catalogOf(s, d)
  const constraints = new Set<number>()
  for (const table of catalog.objects()) {
    if (table.kind !== 'table') continue
    for (const item of [...table.keys, ...table.checks, ...table.foreignKeys]) constraints.add(item.id)
    for (const column of table.columns) if (column.default) constraints.add(column.default.id)
  }
  return [...catalog.properties()].filter((property) => {
    if (property.class === 0) return true
    const owner = catalog.entry(property.major)
    if (property.class === 1 && property.minor !== 0)
      return owner?.kind !== 'table' || owner.columns.some((column) => column.id === property.minor)
    if (property.class === 7) return owner?.kind === 'table' && owner.keys.some((key) => key.id === property.place)
    return owner !== undefined || constraints.has(property.major)
  })
}

export const propertyViews: Readonly<Record<string, ViewDeclaration>> = {
  'sys.extended_properties': [
    'class:tinyint class_desc:n60? major_id minor_id name:name value:variant?',
    (s, d) =>
      livingProperties(s, d).map(
        (property): Readonly<Record<string, Cell>> => ({
          class: property.class,
          class_desc: propertyClasses[property.class] ?? '',
          major_id: property.major,
          minor_id: property.minor,
          name: property.name,
          value: property.value,
        }),
      ),
  ],
}
