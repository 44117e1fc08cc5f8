/** Names as system procedures take them: `t`, `dbo.t`, `[db].[dbo].[t]`, and what hangs on a table. */
import { rightsOf } from '../../security/rights.ts'
import type { ObjectDef, TableDef } from '../catalog/definitions.ts'
import { catalogOf } from '../execute/execution.ts'
import { isLocalTemporary } from '../session/temporary-name.ts'
import type { SqlSession } from '../session.ts'
import { SqlError } from '../sql-error.ts'
import { splitName } from '../udf/object-functions.ts'

/** True for a name of at most three parts whose database, if it has one, is the current one. */
export function isHere(session: SqlSession, name: string): boolean {
  const parts = splitName(name)
  return parts.length < 3 || (parts.length === 3 && parts[0]?.toLowerCase() === session.database.name.toLowerCase())
}

/** The parts of a name, the database checked against the current one. */
export function localName(session: SqlSession, name: string): { object: string; schema: string } {
  const [object = '', schema = '', database = ''] = splitName(name).reverse()
  if (database !== '' && database.toLowerCase() !== session.database.name.toLowerCase())
    throw new SqlError(
      15250,
      16,
      1,
      'The database name component of the object qualifier must be the name of the current database.',
    )
  return { object, schema }
}

/** What the caller may not see is not there. */
export function localObject(session: SqlSession, object: string, schema: string): ObjectDef | undefined {
  if (isLocalTemporary(object)) return session.temporary(object) ?? session.temporaryProcedures.get(object)
  const catalog = catalogOf(session, session.database)
  const found =
    schema === ''
      ? (catalog.object(session.defaultSchema(session.database), object) ?? catalog.object('dbo', object))
      : catalog.object(schema, object)
  return found && rightsOf(session).sees(found) ? found : undefined
}

export function localTable(session: SqlSession, object: string, schema: string): TableDef | undefined {
  const found = localObject(session, object, schema)
  return found?.kind === 'table' ? found : undefined
}

export const noObjectHere = (session: SqlSession, name: string): SqlError =>
  new SqlError(
    15009,
    16,
    1,
    `The object '${name}' does not exist in database '${session.database.name}' or is invalid for this operation.`,
  )
