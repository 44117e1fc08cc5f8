/** sp_tables, sp_stored_procedures, sp_databases, sp_table_privileges, sp_column_privileges. */
import type { ObjectDef, PermissionDef } from '../catalog/definitions.ts'
import { columnsOfObject } from '../catalog/module-shape.ts'
import { systemViews } from '../catalog/system-view.ts'
import { catalogOf } from '../execute/execution.ts'
import { databaseKilobytes } from '../storage/database-size.ts'
import type { ListedRow, ProcedureCall, SystemProcedure } from './procedure-call.ts'
import { systemProcedureNames } from './system-procedure-names.ts'
import { compareText, matcher, requireQualifier, visibleObjects } from './visible-objects.ts'

const tableColumns = 'TABLE_QUALIFIER:name? TABLE_OWNER:name? TABLE_NAME:name? TABLE_TYPE:v32? REMARKS:v254?'
const kinds = ['SYSTEM TABLE', 'TABLE', 'VIEW']

/** ODBC's ways to ask for the databases, the owners, the kinds. */
function listing(call: ProcedureCall): ListedRow[] | undefined {
  const { session } = call.x
  const [name, owner, qualifier] = [call.text('table_name'), call.text('table_owner'), call.text('table_qualifier')]
  if (qualifier === '%' && owner === '' && name === '')
    return session.instance
      .databases()
      .map((database): ListedRow => [database.name, null, null, null, null])
      .sort(byFirst)
  if (owner === '%' && qualifier === '' && name === '') {
    const schemas = [...catalogOf(session, session.database).schemas()].map((schema) => schema.name)
    return [...schemas, 'INFORMATION_SCHEMA', 'sys']
      .sort(compareText)
      .map((schema): ListedRow => [null, schema, null, null, null])
  }
  if (call.text('table_type') === '%' && qualifier === '' && owner === '' && name === '')
    return kinds.map((kind): ListedRow => [null, null, null, kind, null])
  return undefined
}

function tables(call: ProcedureCall): void {
  const { session } = call.x
  const listed = listing(call)
  if (listed) {
    call.send(tableColumns, listed)
    return
  }
  const name = call.text('table_name')
  const owner = call.text('table_owner')
  const qualifier = call.text('table_qualifier')
  const wanted = call.text('table_type')
  requireQualifier(session, qualifier === '%' || qualifier === '' ? undefined : qualifier)
  const patterns = call.number('fUsePattern') !== 0
  // Kinds count in their quotes, whatever stands around them.
  const asked = wanted?.toUpperCase() ?? '%'
  const wants = (kind: string): boolean => asked === '%' || asked === '' || asked.includes(`'${kind}'`)
  const rows: ListedRow[] = []
  const add = (schema: string, object: string, kind: string): void => {
    if (wants(kind)) rows.push([session.database.name, schema, object, kind, null])
  }
  for (const object of visibleObjects(session, owner, name, patterns)) {
    if (object.kind === 'table') add(object.schema, object.name, 'TABLE')
    else if (object.kind === 'view') add(object.schema, object.name, 'VIEW')
  }
  const named = matcher(name, patterns)
  const owns = matcher(owner, patterns)
  for (const view of systemViews()) if (owns(view.schema) && named(view.name)) add(view.schema, view.name, 'VIEW')
  const text = (row: ListedRow, at: number): string => String(row[at] ?? '')
  rows.sort((a, b) => {
    for (const at of [3, 1, 2]) {
      const order = compareText(text(a, at), text(b, at))
      if (order !== 0) return order
    }
    return 0
  })
  call.send(tableColumns, rows)
}

const byFirst = (a: ListedRow, b: ListedRow): number => compareText(String(a[0] ?? ''), String(b[0] ?? ''))

function storedProcedures(call: ProcedureCall): void {
  const { session } = call.x
  requireQualifier(session, call.text('sp_qualifier'))
  const patterns = call.number('fUsePattern') !== 0
  const rows = visibleObjects(session, call.text('sp_owner'), call.text('sp_name'), patterns).flatMap(
    (object): ListedRow[] => {
      if (object.kind !== 'procedure' && (object.kind as string) !== 'function') return []
      const number = object.kind === 'procedure' ? 1 : 0
      return [[session.database.name, object.schema, `${object.name};${number}`, -1, -1, -1, null, 2]]
    },
  )
  const named = matcher(call.text('sp_name'), patterns)
  const owns = matcher(call.text('sp_owner'), patterns)
  if (owns('sys'))
    for (const name of systemProcedureNames())
      if (named(name)) rows.push([session.database.name, 'sys', `${name};1`, -1, -1, -1, null, 2])
  call.send(
    'PROCEDURE_QUALIFIER:name? PROCEDURE_OWNER:name? PROCEDURE_NAME:n134 NUM_INPUT_PARAMS:int? NUM_OUTPUT_PARAMS:int? NUM_RESULT_SETS:int? REMARKS:v254? PROCEDURE_TYPE:smallint',
    rows,
  )
}

function databases(call: ProcedureCall): void {
  const rows = call.x.session.instance
    .databases()
    .filter((database) => database.state === 'ONLINE')
    .map((database): ListedRow => [database.name, databaseKilobytes(call.x.session, database), null])
  call.send('DATABASE_NAME:name? DATABASE_SIZE:int? REMARKS:v254?', rows.sort(byFirst))
}

interface Privilege {
  readonly grantor: string
  readonly grantee: string
  readonly name: string
  readonly grantable: boolean
}

/** What the owner has, and what has been granted. */
function privileges(call: ProcedureCall, object: ObjectDef, names: readonly string[]): Privilege[] {
  const catalog = catalogOf(call.x.session, call.x.session.database)
  const schema = catalog.schema(object.schema)
  const owner = schema?.owner ?? 'dbo'
  const owned = names.map((name): Privilege => ({ grantor: owner, grantee: owner, name, grantable: true }))
  const granted = catalog.permissions
    .filter(
      (entry: PermissionDef) =>
        entry.state !== 'DENY' &&
        !entry.minor &&
        entry.class === 1 &&
        entry.major === object.id &&
        names.includes(entry.permission),
    )
    .map(
      (entry): Privilege => ({
        grantor: entry.grantor ?? owner,
        grantee: entry.grantee,
        name: entry.permission,
        grantable: entry.state === 'GRANT_WITH_GRANT_OPTION',
      }),
    )
  return [...owned, ...granted].sort((a, b) => compareText(a.name, b.name) || compareText(a.grantee, b.grantee))
}

function tablePrivileges(call: ProcedureCall): void {
  const { session } = call.x
  requireQualifier(session, call.text('table_qualifier'))
  const patterns = call.number('fUsePattern') !== 0
  const rows = visibleObjects(session, call.text('table_owner'), call.text('table_name'), patterns).flatMap((object) =>
    object.kind === 'table' || object.kind === 'view'
      ? privileges(call, object, ['DELETE', 'INSERT', 'REFERENCES', 'SELECT', 'UPDATE']).map(
          (right): ListedRow => [
            session.database.name,
            object.schema,
            object.name,
            right.grantor,
            right.grantee,
            right.name,
            right.grantable ? 'YES' : 'NO',
          ],
        )
      : [],
  )
  call.send(
    'TABLE_QUALIFIER:name? TABLE_OWNER:name? TABLE_NAME:name GRANTOR:name? GRANTEE:name? PRIVILEGE:v32 IS_GRANTABLE:v3?',
    rows,
  )
}

function columnPrivileges(call: ProcedureCall): void {
  const { session } = call.x
  requireQualifier(session, call.text('table_qualifier'))
  const named = matcher(call.text('column_name'))
  const rows = visibleObjects(session, call.text('table_owner'), call.text('table_name'), false).flatMap((object) =>
    object.kind === 'table' || object.kind === 'view'
      ? [...columnsOfObject(session, session.database, object)]
          .filter((column) => named(column.name))
          .sort((a, b) => compareText(a.name, b.name))
          .flatMap((column) =>
            privileges(call, object, ['INSERT', 'REFERENCES', 'SELECT', 'UPDATE']).map(
              (right): ListedRow => [
                session.database.name,
                object.schema,
                object.name,
                column.name,
                right.grantor,
                right.grantee,
                right.name,
                right.grantable ? 'YES' : 'NO',
              ],
            ),
          )
      : [],
  )
  call.send(
    'TABLE_QUALIFIER:name? TABLE_OWNER:name? TABLE_NAME:name COLUMN_NAME:name GRANTOR:name? GRANTEE:name? PRIVILEGE:v32 IS_GRANTABLE:v3?',
    rows,
  )
}

const of = (parameters: string, work: (call: ProcedureCall) => void): SystemProcedure => ({
  parameters,
  run: (call) => {
    work(call)
    return 0
  },
})

export const tableProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_tables: of('table_name:n384? table_owner:n384? table_qualifier:name? table_type:v100? fUsePattern:bit?', tables),
  sp_stored_procedures: of('sp_name:n390? sp_owner:n384? sp_qualifier:name? fUsePattern:bit?', storedProcedures),
  sp_databases: of('', databases),
  sp_table_privileges: of('table_name:n384 table_owner:n384? table_qualifier:name? fUsePattern:bit?', tablePrivileges),
  sp_column_privileges: of(
    'table_name:name table_owner:name? table_qualifier:name? column_name:n384?',
    columnPrivileges,
  ),
}
