/** What sp_help tells of types. */
import { typeRows } from '../catalog/column-views.ts'
import { splitName } from '../udf/object-functions.ts'
import { systemTypeId, typeIds } from '../udf/type-ids.ts'
import type { ListedRow, ProcedureCall } from './procedure-call.ts'

const columns =
  'Storage_type:name? Length:smallint Prec:int? Scale:int? Nullable:v35? Default_name:name? Rule_name:name? Collation:name?'

const nameOfId = (id: unknown): string | null =>
  [...typeIds].find(([, own]) => own === id && systemTypeId(own) === own)?.[0] ?? null

function rowsOf(call: ProcedureCall, of: (row: ReturnType<typeof typeRows>[number]) => boolean): ListedRow[] {
  const { session } = call.x
  return typeRows(session, session.database)
    .filter(of)
    .map((row) => [
      row.name ?? null,
      nameOfId(row.system_type_id),
      row.max_length ?? null,
      row.precision ?? null,
      row.scale ?? null,
      row.is_nullable === 1 ? 'yes' : 'no',
      'none',
      'none',
      row.collation_name ?? null,
    ])
}

/** The types of the database's own. */
export function helpUserTypes(call: ProcedureCall): void {
  call.send(
    `User_type:name ${columns}`,
    rowsOf(call, (row) => row.is_user_defined === 1),
  )
}

/** False when there is no type of that name. */
export function helpType(call: ProcedureCall, name: string): boolean {
  const wanted = splitName(name).at(-1)?.toLowerCase()
  const rows = rowsOf(call, (row) => String(row.name).toLowerCase() === wanted)
  if (rows.length === 0) return false
  call.send(`Type_name:name ${columns}`, rows)
  return true
}
