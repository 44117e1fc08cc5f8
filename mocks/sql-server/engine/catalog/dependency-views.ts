/** sys.sql_expression_dependencies, and the older views of the same. */
import type { Cell } from '../../tds/data-type.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { ModuleDef, ObjectDef } from './definitions.ts'
import { referencesOf, referredObject } from './module-references.ts'
import type { ViewDeclaration } from './system-view.ts'

type Row = Readonly<Record<string, Cell | undefined>>

interface Dependency {
  readonly module: ModuleDef
  readonly name: readonly string[]
  readonly found: ObjectDef | undefined
}

export function dependenciesOf(session: SqlSession, database: SqlDatabase): Dependency[] {
  const catalog = catalogOf(session, database)
  return [...catalog.objects()].flatMap((module): Dependency[] =>
    module.kind === 'view' || module.kind === 'procedure' || module.kind === 'function' || module.kind === 'trigger'
      ? referencesOf(module).names.map((name) => ({ module, name, found: referredObject(catalog, module, name) }))
      : [],
  )
}

export const dependencyViews: Readonly<Record<string, ViewDeclaration>> = {
  'sys.sql_expression_dependencies': [
    'referencing_id referencing_minor_id referencing_class:tinyint? referencing_class_desc:n60? is_schema_bound_reference:bit referenced_class:tinyint? referenced_class_desc:n60? referenced_server_name:name? referenced_database_name:name? referenced_schema_name:name? referenced_entity_name:name? referenced_id:int? referenced_minor_id is_caller_dependent:bit is_ambiguous:bit',
    (s, d) =>
      dependenciesOf(s, d).map(({ module, name, found }): Row => {
        const [object = '', schema = '', database = '', server = ''] = [...name].reverse()
        return {
          referencing_id: module.id,
          referencing_minor_id: 0,
          referencing_class: 1,
          referencing_class_desc: 'OBJECT_OR_COLUMN',
          is_schema_bound_reference: module.schemaBinding ? 1 : 0,
          referenced_class: 1,
          referenced_class_desc: 'OBJECT_OR_COLUMN',
          referenced_server_name: server || null,
          referenced_database_name: database || null,
          referenced_schema_name: schema || null,
          referenced_entity_name: object,
          referenced_id: found?.id ?? null,
          referenced_minor_id: 0,
          is_caller_dependent: schema === '' && module.kind === 'procedure' && !found ? 1 : 0,
          is_ambiguous: 0,
        }
      }),
  ],
}
