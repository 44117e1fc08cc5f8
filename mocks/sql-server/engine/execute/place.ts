import { allows } from '../../security/permissions.ts'
import { schemaSecurable } from '../../security/securable.ts'
import type { Name } from '../../tsql/ast.ts'
import { isLocalTemporary } from '../session/temporary-name.ts'
import { SqlError } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { catalogOf, type Execution } from './execution.ts'

export interface Place {
  readonly database: SqlDatabase
  readonly schema: string
  readonly name: string
}

/** What is made in a schema changes it. */
export function requireSchema(x: Execution, place: Place): void {
  const schema = catalogOf(x.session, place.database).schema(place.schema)
  if (schema && !allows(x.session, schemaSecurable(schema), 'ALTER', place.database)) throw noSchema(place.schema)
}

const noSchema = (name: string): SqlError =>
  new SqlError(
    2760,
    16,
    1,
    `The specified schema name "${name}" either does not exist or you do not have permission to use it.`,
  )

/** Where a new object goes. */
export function placeOf(x: Execution, name: Name): Place {
  const [object = '', schema = '', databaseName = ''] = [...name].reverse()
  const database =
    databaseName === '' || isLocalTemporary(object)
      ? x.session.database
      : x.session.openableDatabase(databaseName, name, 0)
  const wanted = schema === '' ? x.session.defaultSchema(database) : schema
  const known = catalogOf(x.session, database).schema(wanted)
  if (!known && !isLocalTemporary(object)) throw noSchema(wanted)
  return { database, schema: known?.name ?? 'dbo', name: object }
}
