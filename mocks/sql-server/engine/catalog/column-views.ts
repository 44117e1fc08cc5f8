/** sys.columns and what is like it: parameters, types, and the old syscolumns and systypes. */

import type { Cell } from '../../tds/data-type.ts'
import { type DataType, familyOf } from '../../tds/data-type.ts'
import { qualifiedClass } from '../../tds/types/clr-type.ts'
import { isClrType } from '../clr/clr-methods.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { systemTypeId, typeIds } from '../udf/type-ids.ts'
import { objectLength, timePrecision } from '../values/object-length.ts'
import { definitionText } from './definition-text.ts'
import type { ColumnInfo, ModuleDef } from './definitions.ts'
import { columnsOfObject, signatureOf } from './module-shape.ts'
import { systemViews, type ViewDeclaration } from './system-view.ts'
import { tableTypesOf, userTypeRows } from './user-type-rows.ts'

type Row = Readonly<Record<string, Cell | undefined>>

const moments = new Set(['date', 'time', 'datetime2', 'datetimeoffset'])

/** What sys.columns, sys.parameters and sys.types say of a type's size. */
export function typeCells(type: DataType): { max_length: number; precision: number; scale: number } {
  const family = familyOf(type)
  if (moments.has(type.name))
    return {
      max_length: objectLength(type),
      precision: timePrecision(type),
      scale: type.name === 'date' ? 0 : type.scale,
    }
  const sized = family === 'integer' || family === 'exact' || family === 'approximate' || family === 'temporal'
  return {
    max_length: objectLength(type),
    precision: sized ? type.precision : 0,
    scale: family === 'exact' || family === 'temporal' ? type.scale : 0,
  }
}

const nothing = {
  is_filestream: 0,
  is_replicated: 0,
  is_non_sql_subscribed: 0,
  is_merge_published: 0,
  is_dts_replicated: 0,
  is_xml_document: 0,
  xml_collection_id: 0,
  rule_object_id: 0,
  is_sparse: 0,
  is_column_set: 0,
  generated_always_type: 0,
  generated_always_type_desc: 'NOT_APPLICABLE',
  is_hidden: 0,
  is_masked: 0,
  is_data_deletion_filter_column: 0,
  is_dropped_ledger_column: 0,
  is_rowguidcol: 0,
  is_not_for_replication: 0,
} as const

function columnRow(object: number, column: ColumnInfo, last: Cell = null): Row {
  const { type } = column
  const id = typeIds.get(type.name) ?? 0
  return {
    ...nothing,
    ...typeCells(type),
    object_id: object,
    name: column.name,
    column_id: column.id,
    system_type_id: systemTypeId(id),
    user_type_id: id,
    collation_name: type.collation && type.name !== 'xml' ? type.collation.name : null,
    is_nullable: column.nullable ? 1 : 0,
    is_ansi_padded: /char|binary|variant/.test(type.name) ? 1 : 0,
    is_identity: column.identity ? 1 : 0,
    is_computed: column.computed ? 1 : 0,
    default_object_id: column.default?.id ?? 0,
    definition: column.computed ? definitionText(column.computed.text) : null,
    is_persisted: column.computed?.persisted ? 1 : 0,
    uses_database_collation: 1,
    seed_value: column.identity ? column.identity.seed : null,
    increment_value: column.identity ? column.identity.increment : null,
    last_value: last,
  }
}

const head =
  'object_id name:name? column_id system_type_id:tinyint user_type_id max_length:smallint precision:tinyint scale:tinyint collation_name:name? is_nullable:bit? is_ansi_padded:bit is_rowguidcol:bit is_identity:bit'
const replicated =
  'is_filestream:bit is_replicated:bit? is_non_sql_subscribed:bit? is_merge_published:bit? is_dts_replicated:bit? is_xml_document:bit xml_collection_id default_object_id rule_object_id'
const tail =
  'is_sparse:bit? is_column_set:bit? generated_always_type:tinyint? generated_always_type_desc:n60? encryption_type:int? encryption_type_desc:n64? encryption_algorithm_name:name? column_encryption_key_id:int? column_encryption_key_database_name:name? is_hidden:bit? is_masked:bit graph_type:int? graph_type_desc:n60? is_data_deletion_filter_column:bit? ledger_view_column_type:int? ledger_view_column_type_desc:n60? is_dropped_ledger_column:bit?'
const columnColumns = `${head} is_computed:bit ${replicated} ${tail}`

const ofUser = (s: SqlSession, d: SqlDatabase): Row[] =>
  [...catalogOf(s, d).objects(), ...tableTypesOf(s, d)]
    .sort((a, b) => a.id - b.id)
    .flatMap((object) => {
      const last = object.kind === 'table' ? s.identitiesOf(object).get(object.id) : undefined
      return columnsOfObject(s, d, object).map((column) =>
        columnRow(object.id, column, column.identity && last !== undefined ? Number(last) : null),
      )
    })

const ofSystem = (): Row[] =>
  [...systemViews()].flatMap((view) =>
    view.columns.map((column, i) =>
      columnRow(view.id, { id: i + 1, name: column.name, type: column.type, nullable: column.nullable }),
    ),
  )

function parameterRows(s: SqlSession, d: SqlDatabase): Row[] {
  const row = (module: ModuleDef, name: string, id: number, type: DataType, more: Row): Row => ({
    ...typeCells(type),
    object_id: module.id,
    name,
    parameter_id: id,
    system_type_id: systemTypeId(typeIds.get(type.name) ?? 0),
    user_type_id: typeIds.get(type.name) ?? 0,
    is_output: 0,
    is_cursor_ref: 0,
    has_default_value: 0,
    is_xml_document: 0,
    default_value: null,
    xml_collection_id: 0,
    is_readonly: 0,
    is_nullable: 1,
    ...more,
  })
  return [...catalogOf(s, d).objects()].flatMap((object) => {
    if (object.kind !== 'procedure' && object.kind !== 'function') return []
    const { parameters, returns } = signatureOf(d, object)
    return [
      ...(returns ? [row(object, '', 0, returns, { is_output: 1 })] : []),
      ...parameters.map((parameter, i) =>
        row(object, parameter.name, i + 1, parameter.type, {
          is_output: parameter.output ? 1 : 0,
          ...(parameter.userType === undefined ? {} : { user_type_id: parameter.userType }),
          ...(parameter.table ? { system_type_id: tableTypeId, max_length: -1, is_readonly: 1 } : {}),
        }),
      ),
    ]
  })
}

const tableTypeId = 243
const parameterColumns =
  'object_id name:name? parameter_id system_type_id:tinyint user_type_id max_length:smallint precision:tinyint scale:tinyint is_output:bit is_cursor_ref:bit has_default_value:bit is_xml_document:bit default_value:variant? xml_collection_id is_readonly:bit is_nullable:bit? encryption_type:int? encryption_type_desc:n64? encryption_algorithm_name:name? column_encryption_key_id:int? column_encryption_key_database_name:name?'

/** Size, precision and scale of each type at its largest, as sys.types has them. */
const largest: Readonly<Record<string, readonly [length: number, precision: number, scale: number]>> = {
  image: [16, 0, 0],
  text: [16, 0, 0],
  uniqueidentifier: [16, 0, 0],
  date: [3, 10, 0],
  time: [5, 16, 7],
  datetime2: [8, 27, 7],
  datetimeoffset: [10, 34, 7],
  tinyint: [1, 3, 0],
  smallint: [2, 5, 0],
  int: [4, 10, 0],
  smalldatetime: [4, 16, 0],
  real: [4, 24, 0],
  money: [8, 19, 4],
  datetime: [8, 23, 3],
  float: [8, 53, 0],
  sql_variant: [8016, 0, 0],
  ntext: [16, 0, 0],
  bit: [1, 1, 0],
  decimal: [17, 38, 38],
  numeric: [17, 38, 38],
  smallmoney: [4, 10, 4],
  bigint: [8, 19, 0],
  varbinary: [8000, 0, 0],
  varchar: [8000, 0, 0],
  binary: [8000, 0, 0],
  char: [8000, 0, 0],
  timestamp: [8, 0, 0],
  nvarchar: [8000, 0, 0],
  sysname: [256, 0, 0],
  nchar: [8000, 0, 0],
  xml: [-1, 0, 0],
  hierarchyid: [892, 0, 0],
  geometry: [-1, 0, 0],
  geography: [-1, 0, 0],
}

export const typeRows = (s: SqlSession, d: SqlDatabase): Row[] => [
  ...[...typeIds].map(([name, id]): Row => {
    const [max_length, precision, scale] = largest[name] ?? [0, 0, 0]
    return {
      ...{ name, max_length, precision, scale },
      system_type_id: systemTypeId(id),
      user_type_id: id,
      schema_id: 4,
      principal_id: null,
      collation_name: /char|text|sysname/.test(name) ? d.collation.name : null,
      is_nullable: name === 'sysname' || name === 'timestamp' ? 0 : 1,
      is_user_defined: 0,
      is_assembly_type: isClrType(name) ? 1 : 0,
      default_object_id: 0,
      rule_object_id: 0,
      is_table_type: 0,
    }
  }),
  ...userTypeRows(s, d),
]

/** The status bits of the old views. */
const statusOf = (row: Row): number => (row.is_nullable === 1 ? 8 : 0) | (row.is_identity === 1 ? 0x80 : 0)

export const columnViews: Readonly<Record<string, ViewDeclaration>> = {
  'sys.columns': [columnColumns, ofUser],
  'sys.all_columns': [columnColumns, (s, d) => [...ofSystem(), ...ofUser(s, d)]],
  'sys.system_columns': [columnColumns, ofSystem],
  'sys.computed_columns': [
    `${head} ${replicated} definition:text? uses_database_collation:bit is_persisted:bit is_computed:bit ${tail}`,
    (s, d) => ofUser(s, d).filter((row) => row.is_computed === 1),
  ],
  'sys.identity_columns': [
    `${head} ${replicated} seed_value:variant? increment_value:variant? last_value:variant? is_not_for_replication:bit? is_computed:bit ${tail}`,
    (s, d) => ofUser(s, d).filter((row) => row.is_identity === 1),
  ],
  'sys.parameters': [parameterColumns, parameterRows],
  'sys.all_parameters': [parameterColumns, parameterRows],
  'sys.types': [
    'name:name system_type_id:tinyint user_type_id schema_id principal_id:int? max_length:smallint precision:tinyint scale:tinyint collation_name:name? is_nullable:bit? is_user_defined:bit is_assembly_type:bit default_object_id rule_object_id is_table_type:bit',
    typeRows,
  ],
  'sys.assembly_types': [
    'name:name system_type_id:tinyint user_type_id schema_id principal_id:int? max_length:smallint precision:tinyint scale:tinyint collation_name:name? is_nullable:bit? is_user_defined:bit is_assembly_type:bit default_object_id rule_object_id assembly_id assembly_class:name? is_binary_ordered:bit? is_fixed_length:bit? prog_id:n40? assembly_qualified_name:n4000? is_table_type:bit',
    (s, d) =>
      typeRows(s, d)
        .filter((row) => row.is_assembly_type === 1)
        .map((row): Row => {
          const qualified = qualifiedClass(String(row.name))
          return {
            ...row,
            assembly_id: 1,
            assembly_class: qualified.split(',')[0] ?? '',
            is_binary_ordered: row.name === 'hierarchyid' ? 1 : 0,
            is_fixed_length: 0,
            assembly_qualified_name: qualified,
          }
        }),
  ],
  'sys.systypes': [
    'name:name xtype:tinyint status:tinyint xusertype:smallint length:smallint xprec:tinyint xscale:tinyint tdefault domain uid:smallint reserved:smallint collationid:int? usertype:smallint? variable:bit? allownulls:bit? type:tinyint printfmt:v255? prec:smallint? scale:tinyint? collation:name?',
    (s, d) =>
      typeRows(s, d).map((row): Row => {
        const text = /char|binary|sysname/.test(String(row.name))
        return {
          ...row,
          xtype: row.system_type_id,
          status: 0,
          xusertype: row.user_type_id,
          length: row.max_length,
          xprec: row.precision,
          xscale: row.scale,
          tdefault: 0,
          domain: 0,
          uid: row.schema_id,
          reserved: 0,
          usertype: 0,
          variable: /^(n?varchar|varbinary|sysname)$/.test(String(row.name)) ? 1 : 0,
          allownulls: row.is_nullable,
          type: row.system_type_id,
          prec: text ? row.max_length : row.precision,
          collation: row.collation_name,
        }
      }),
  ],
  'sys.syscolumns': [
    'name:name? id xtype:tinyint typestat:tinyint xusertype:smallint? length:smallint xprec:tinyint xscale:tinyint colid:smallint xoffset:smallint bitpos:tinyint reserved:tinyint colstat:smallint cdefault domain number:smallint colorder:smallint autoval:b85? offset:smallint collationid:int? language status:tinyint type:tinyint usertype:smallint? printfmt:v255? prec:smallint? scale:int? iscomputed:int? isoutparam:int? isnullable:int? collation:name?',
    (s, d) =>
      ofUser(s, d).map(
        (row): Row => ({
          ...row,
          id: row.object_id,
          xtype: row.system_type_id,
          typestat: row.is_nullable === 1 ? 0 : 1,
          xusertype: row.user_type_id,
          length: row.max_length,
          xprec: row.precision,
          xscale: row.scale,
          colid: row.column_id,
          xoffset: 0,
          bitpos: 0,
          reserved: 0,
          colstat: row.is_identity === 1 ? 1 : row.is_computed === 1 ? 4 : 0,
          cdefault: row.default_object_id,
          domain: 0,
          number: 0,
          colorder: row.column_id,
          offset: 0,
          language: 0,
          status: statusOf(row),
          type: row.system_type_id,
          usertype: 0,
          prec: row.precision,
          iscomputed: row.is_computed,
          isoutparam: 0,
          isnullable: row.is_nullable,
          collation: row.collation_name,
        }),
      ),
  ],
}
