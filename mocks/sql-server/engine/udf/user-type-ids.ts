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
