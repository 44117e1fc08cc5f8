/** sp_columns, sp_special_columns, sp_sproc_columns, in the forms of three ages of drivers. */
import type { Cell } from '../../tds/data-type.ts'
import { types } from '../../tds/data-type.ts'
import { definitionText } from '../catalog/definition-text.ts'
import type { ColumnInfo, ModuleDef } from '../catalog/definitions.ts'
import { columnsOfObject, parametersOf } from '../catalog/module-shape.ts'
import { type DriverAge, odbcType } from './odbc-type.ts'
import type { ListedRow, ProcedureCall, SystemProcedure } from './procedure-call.ts'
import { matcher, oneObject, requireQualifier, visibleObjects } from './visible-objects.ts'

const described =
  'DATA_TYPE:smallint TYPE_NAME:name PRECISION:int? LENGTH:int? SCALE:smallint? RADIX:smallint? NULLABLE:smallint REMARKS:v254? COLUMN_DEF:n4000? SQL_DATA_TYPE:smallint SQL_DATETIME_SUB:smallint? CHAR_OCTET_LENGTH:int? ORDINAL_POSITION:int IS_NULLABLE:v254'
const xml =
  'SS_XML_SCHEMACOLLECTION_CATALOG_NAME:name? SS_XML_SCHEMACOLLECTION_SCHEMA_NAME:name? SS_XML_SCHEMACOLLECTION_NAME:name?'
const udt = 'SS_UDT_CATALOG_NAME:name? SS_UDT_SCHEMA_NAME:name? SS_UDT_ASSEMBLY_TYPE_NAME:n4000?'
const ofColumn: Readonly<Record<DriverAge, string>> = {
  '28': '',
  '90': `${xml} ${udt}`,
  '100': `SS_IS_SPARSE:smallint SS_IS_COLUMN_SET:smallint SS_IS_COMPUTED:smallint SS_IS_IDENTITY:smallint ${udt} ${xml}`,
}
const ofParameter: Readonly<Record<DriverAge, string>> = {
  '28': '',
  '90': `${xml} ${udt}`,
  '100': `SS_TYPE_CATALOG_NAME:name? SS_TYPE_SCHEMA_NAME:name? ${udt} ${xml}`,
}
const owner = 'TABLE_QUALIFIER:name? TABLE_OWNER:name? TABLE_NAME:name COLUMN_NAME:name'

interface Described {
  readonly type: ColumnInfo['type']
  readonly nullable: boolean
  readonly identity?: unknown
  readonly definition: string | null
  readonly ordinal: number
}

function describe(column: Described, age: DriverAge, version: number): { cells: Cell[]; stored: number } {
  const odbc = odbcType(column.type, column.nullable, age, version)
  const name = column.identity
    ? odbc.name === 'numeric' || odbc.name === 'decimal'
      ? `${odbc.name}() identity`
      : `${odbc.name} identity`
    : odbc.name
  return {
    cells: [
      odbc.dataType,
      name,
      odbc.precision,
      odbc.length,
      odbc.scale,
      odbc.radix,
      column.nullable ? 1 : 0,
      null,
      column.definition,
      odbc.sqlType,
      odbc.dateTimeSub,
      odbc.octets,
      column.ordinal,
      column.nullable ? 'YES' : 'NO',
    ],
    stored: odbc.stored,
  }
}

const versionOf = (call: ProcedureCall): number => (call.number('ODBCVer') === 3 ? 3 : 2)

function columns(call: ProcedureCall, age: DriverAge): void {
  const { session } = call.x
  requireQualifier(session, call.text('table_qualifier'))
  const patterns = call.number('fUsePattern') !== 0
  const named = matcher(call.text('column_name'), patterns)
  const rows: ListedRow[] = []
  for (const object of visibleObjects(session, call.text('table_owner'), call.text('table_name'), patterns)) {
    columnsOfObject(session, session.database, object).forEach((column, i) => {
      if (!named(column.name)) return
      const definition = column.default ? definitionText(column.default.text) : null
      const { cells, stored } = describe({ ...column, definition, ordinal: i + 1 }, age, versionOf(call))
      const extra: Readonly<Record<DriverAge, readonly Cell[]>> = {
        '28': [],
        '90': [null, null, null, null, null, null],
        '100': [0, 0, column.computed ? 1 : 0, column.identity ? 1 : 0, null, null, null, null, null, null],
      }
      rows.push([session.database.name, object.schema, object.name, column.name, ...cells, ...extra[age], stored])
    })
  }
  call.send(`${owner} ${described} ${ofColumn[age]} SS_DATA_TYPE:tinyint`, rows)
}

/** What tells a row apart (the primary key, else a unique index without NULLs), or what changes with every update. */
function specialColumns(call: ProcedureCall, age: DriverAge): void {
  const { session } = call.x
  const table = oneObject(session, call.text('table_name') ?? '', call.text('table_owner'))
  requireQualifier(session, call.text('qualifier'))
  const ofVersion = call.text('col_type')?.toUpperCase() === 'V'
  const rows: ListedRow[] = []
  if (table?.kind === 'table') {
    const find = (id: number) => table.columns.find((column) => column.id === id)
    const mayBeNull = call.text('nullable')?.toUpperCase() !== 'O'
    const key =
      table.keys.find((candidate) => candidate.kind === 'primary') ??
      table.keys.find(
        (candidate) =>
          candidate.unique &&
          !candidate.where &&
          (mayBeNull || candidate.columns.every(({ id }) => !find(id)?.nullable)),
      )
    const chosen = ofVersion
      ? table.columns.filter((column) => column.type.name === 'timestamp')
      : table.columns.filter((column) => key?.columns.some(({ id }) => id === column.id))
    const scope = ofVersion ? null : call.text('scope')?.toUpperCase() === 'C' ? 0 : 1
    for (const column of chosen) {
      const { cells } = describe({ ...column, definition: null, ordinal: 0 }, age, versionOf(call))
      rows.push([scope, column.name, ...cells.slice(0, 5), 1])
    }
  }
  call.send(
    'SCOPE:smallint? COLUMN_NAME:name DATA_TYPE:smallint TYPE_NAME:name PRECISION:int? LENGTH:int? SCALE:smallint? PSEUDO_COLUMN:smallint',
    rows,
  )
}

function parameterRows(call: ProcedureCall, procedure: ModuleDef, age: DriverAge): ListedRow[] {
  const { database } = call.x.session
  const named = matcher(call.text('column_name'), call.number('fUsePattern') !== 0)
  const extra: Readonly<Record<DriverAge, readonly Cell[]>> = {
    '28': [],
    '90': [null, null, null, null, null, null],
    '100': [null, null, null, null, null, null, null, null],
  }
  const row = (name: string, kind: number, column: Described): ListedRow[] => {
    if (!named(name)) return []
    const { cells, stored } = describe(column, age, versionOf(call))
    return [[database.name, procedure.schema, `${procedure.name};1`, name, kind, ...cells, ...extra[age], stored]]
  }
  return [
    ...row('@RETURN_VALUE', 5, { type: types.int, nullable: false, definition: null, ordinal: 0 }),
    ...parametersOf(database, procedure).flatMap((parameter, i) =>
      row(parameter.name, parameter.output ? 2 : 1, {
        type: parameter.type,
        nullable: true,
        definition: null,
        ordinal: i + 1,
      }),
    ),
  ]
}

function procedureColumns(call: ProcedureCall, age: DriverAge): void {
  const { session } = call.x
  requireQualifier(session, call.text('procedure_qualifier'))
  const name = call.text('procedure_name')?.replace(/;\d+$/, '')
  const patterns = call.number('fUsePattern') !== 0
  const rows = visibleObjects(session, call.text('procedure_owner'), name, patterns).flatMap((object) =>
    object.kind === 'procedure' ? parameterRows(call, object, age) : [],
  )
  call.send(
    `PROCEDURE_QUALIFIER:name? PROCEDURE_OWNER:name? PROCEDURE_NAME:n134 COLUMN_NAME:name COLUMN_TYPE:smallint ${described} ${ofParameter[age]} SS_DATA_TYPE:tinyint`,
    rows,
  )
}

const columnsParameters = 'table_name:n384? table_owner:n384? table_qualifier:name? column_name:n384?'
const specialParameters =
  'table_name:name table_owner:name? qualifier:name? col_type:c1? scope:c1? nullable:c1? ODBCVer:int?'
const procedureParameters =
  'procedure_name:n390? procedure_owner:n384? procedure_qualifier:name? column_name:n384? ODBCVer:int? fUsePattern:bit?'
const of = (
  parameters: string,
  run: (call: ProcedureCall, age: DriverAge) => void,
  age: DriverAge,
): SystemProcedure => ({
  parameters,
  run: (call) => {
    run(call, age)
    return 0
  },
})

export const columnProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_columns: of(`${columnsParameters} ODBCVer:int?`, columns, '28'),
  sp_columns_90: of(`${columnsParameters} ODBCVer:int? fUsePattern:bit?`, columns, '90'),
  sp_columns_100: of(`${columnsParameters} NameScope:int? ODBCVer:int? fUsePattern:bit?`, columns, '100'),
  sp_special_columns: of(specialParameters, specialColumns, '28'),
  sp_special_columns_90: of(specialParameters, specialColumns, '90'),
  sp_special_columns_100: of(specialParameters, specialColumns, '100'),
  sp_sproc_columns: of(procedureParameters, procedureColumns, '28'),
  sp_sproc_columns_90: of(procedureParameters, procedureColumns, '90'),
  sp_sproc_columns_100: of(procedureParameters, procedureColumns, '100'),
}
