import { type Cell, familyOf } from '../../tds/data-type.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { typeIds } from '../udf/type-ids.ts'
import { objectLength } from '../values/object-length.ts'
import type { TableDef, TypeDef } from './definitions.ts'

type Row = Readonly<Record<string, Cell | undefined>>

const tableTypeId = 243

/** The tables behind table types: sys.columns shows their columns, sys.objects does not show them. */
export const tableTypesOf = (session: SqlSession, database: SqlDatabase): TableDef[] =>
  [...catalogOf(session, database).types()].flatMap((type) => (type.table ? [type.table] : []))

/** The rows of sys.types, and with the table's id those of sys.table_types. */
export function userTypeRows(session: SqlSession, database: SqlDatabase): Row[] {
  const catalog = catalogOf(session, database)
  return [...catalog.types()].map((type) => ({
    name: type.name,
    schema_id: catalog.schema(type.schema)?.id ?? 1,
    user_type_id: type.userTypeId,
    principal_id: null,
    is_user_defined: 1,
    is_assembly_type: 0,
    default_object_id: 0,
    rule_object_id: 0,
    is_table_type: type.table ? 1 : 0,
    type_table_object_id: type.id,
    is_memory_optimized: 0,
    ...shapeRow(type),
  }))
}

function shapeRow({ alias }: TypeDef): Row {
  if (!alias)
    return { system_type_id: tableTypeId, max_length: -1, precision: 0, scale: 0, collation_name: null, is_nullable: 0 }
  const { type, nullable } = alias
  return {
    system_type_id: typeIds.get(type.name) ?? 0,
    max_length: objectLength(type),
    precision: type.precision,
    scale: type.scale,
    collation_name: familyOf(type) === 'text' ? (type.collation?.name ?? null) : null,
    is_nullable: nullable ? 1 : 0,
  }
}
