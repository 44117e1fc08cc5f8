/** WITH SCHEMABINDING: what a module refers to stays as it is, as long as the module is there. */
import type { ColumnInfo, ModuleDef, ObjectDef, TableDef } from '../catalog/definitions.ts'
import { binderOf, referencesOf } from '../catalog/module-references.ts'
import { SqlError } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { catalogOf, type Execution } from './execution.ts'

/** Names of two parts, each column by its name. */
export function requireBindable(module: ModuleDef): void {
  const { names, star } = referencesOf(module)
  const what = module.kind
  const wrong = names.find(
    (name) => name.length !== 2 || name.join('.').toLowerCase() === `${module.schema}.${module.name}`.toLowerCase(),
  )
  if (wrong)
    throw new SqlError(
      4512,
      16,
      3,
      `Cannot schema bind ${what} '${module.schema}.${module.name}' because name '${wrong.join('.')}' is invalid for schema binding. Names must be in two-part format and an object cannot reference itself.`,
    )
  if (star) throw new SqlError(1054, 15, 6, "Syntax '*' is not allowed in schema-bound objects.")
}

/** Error 3729 where something bound to the schema refers to an object that is to be dropped or altered. */
export function requireUnbound(
  x: Execution,
  database: SqlDatabase,
  object: ObjectDef,
  verb: string,
  name: readonly string[] = [object.schema, object.name],
): void {
  const binder = binderOf(catalogOf(x.session, database), object)
  if (binder)
    throw new SqlError(
      3729,
      16,
      verb === 'ALTER' ? 3 : 1,
      `Cannot ${verb} '${name.join('.')}' because it is being referenced by object '${binder.name}'.`,
    )
}

/** Error 5074 for a column that something bound to the schema uses. */
export function boundUser(x: Execution, database: SqlDatabase, table: TableDef, column: ColumnInfo): string[] {
  const binder = table.temporary ? undefined : binderOf(catalogOf(x.session, database), table, column.name)
  return binder ? [`The object '${binder.name}'`] : []
}
