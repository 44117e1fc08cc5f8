import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import { splitName } from './object-functions.ts'
import { typeIds } from './type-ids.ts'

/** TYPE_ID: the number of a type of the server or of one that a user has made. */
export function typeId(session: SqlSession, name: string): number | null {
  const [last = '', schema = ''] = splitName(name).reverse()
  const catalog = catalogOf(session, session.database)
  const made = catalog.type(schema || session.defaultSchema(session.database), last) ?? catalog.type('dbo', last)
  const known = schema === '' || schema.toLowerCase() === 'sys' ? typeIds.get(last.toLowerCase()) : undefined
  return known ?? made?.userTypeId ?? null
}

/** TYPE_NAME: the inverse. */
export function typeNameOf(session: SqlSession, id: number): string | null {
  for (const [name, number] of typeIds) if (number === id) return name
  for (const type of catalogOf(session, session.database).types()) if (type.userTypeId === id) return type.name
  return null
}

/** ODBCSCALE, which ORMs use as INFORMATION_SCHEMA's own views do: the scale of a type of the server by its number. */
export function odbcScale(id: number, scale: number): number | null {
  switch ([...typeIds].find(([, number]) => number === id)?.[0]) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'date':
    case 'smalldatetime':
      return 0
    case 'datetime':
      return 3
    case 'money':
    case 'smallmoney':
      return 4
    case 'decimal':
    case 'numeric':
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return scale
    default:
      return null
  }
}
