import type { Cell } from '../../tds/data-type.ts'
import { familyOf, isUnicode, maxLength } from '../../tds/data-type.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { principalId } from '../udf/principal-functions.ts'
import { typeIds } from '../udf/type-ids.ts'
import { objectLength } from '../values/object-length.ts'
import { definitionText } from './definition-text.ts'
import type { ColumnInfo, ObjectDef, TableDef } from './definitions.ts'
import { objectKind } from './object-kinds.ts'
import { programmableViews } from './programmable-views.ts'
import type { ViewDeclaration } from './system-view.ts'
import { tableTypesOf, userTypeRows } from './user-type-rows.ts'

type Row = Readonly<Record<string, Cell | undefined>>

const objectsOf = (session: SqlSession, database: SqlDatabase): ObjectDef[] => [
  ...catalogOf(session, database).objects(),
]
const tablesOf = (session: SqlSession, database: SqlDatabase): TableDef[] =>
  objectsOf(session, database).filter((object) => object.kind === 'table')
const schemaId = (session: SqlSession, database: SqlDatabase, name: string): number =>
  catalogOf(session, database).schema(name)?.id ?? 1

const objectRow = (session: SqlSession, database: SqlDatabase, object: ObjectDef): Row => ({
  name: object.name,
  object_id: object.id,
  principal_id: null,
  schema_id: schemaId(session, database, object.schema),
  parent_object_id: object.kind === 'trigger' ? (object.trigger?.parent ?? 0) : 0,
  type: objectKind(object)[0],
  type_desc: objectKind(object)[1],
  create_date: object.created,
  modify_date: object.modified,
  is_ms_shipped: 0,
  is_published: 0,
  is_schema_published: 0,
  is_replicated: 0,
  temporal_type: 0,
  temporal_type_desc: 'NON_TEMPORAL_TABLE',
  is_memory_optimized: 0,
  is_filetable: 0,
  lob_data_space_id: 0,
  max_column_id_used: object.kind === 'table' ? object.nextColumnId - 1 : 0,
  durability: 0,
  durability_desc: 'SCHEMA_AND_DATA',
  is_external: 0,
  is_node: 0,
  is_edge: 0,
  text_in_row_limit: 0,
  history_table_id: null,
  uses_ansi_nulls: 1,
  is_auto_executed: 0,
  is_date_correlation_view: 0,
  with_check_option: 0,
})

const objectColumns =
  'name:name object_id principal_id:int? schema_id parent_object_id type:c2 type_desc:n60 create_date:datetime modify_date:datetime is_ms_shipped:bit is_published:bit is_schema_published:bit'

function constraintRows(session: SqlSession, database: SqlDatabase, kinds: readonly string[]): Row[] {
  return tablesOf(session, database).flatMap((table) => {
    const base = {
      schema_id: schemaId(session, database, table.schema),
      parent_object_id: table.id,
      create_date: table.created,
      modify_date: table.modified,
      is_ms_shipped: 0,
      is_published: 0,
      is_schema_published: 0,
      is_disabled: 0,
      is_not_trusted: 0,
      is_system_named: 0,
      is_not_for_replication: 0,
    }
    const rows: Row[] = []
    table.keys.forEach((key, i) => {
      if (key.kind !== 'index')
        rows.push({
          ...base,
          name: key.name,
          object_id: key.id,
          type: key.kind === 'primary' ? 'PK' : 'UQ',
          type_desc: key.kind === 'primary' ? 'PRIMARY_KEY_CONSTRAINT' : 'UNIQUE_CONSTRAINT',
          unique_index_id: i + 1,
          is_enforced: 1,
        })
    })
    for (const check of table.checks)
      rows.push({
        ...base,
        name: check.name,
        object_id: check.id,
        type: 'C ',
        type_desc: 'CHECK_CONSTRAINT',
        definition: definitionText(check.text),
        parent_column_id: 0,
        is_disabled: check.enabled ? 0 : 1,
        uses_database_collation: 1,
      })
    for (const column of table.columns) {
      if (column.default)
        rows.push({
          ...base,
          name: column.default.name,
          object_id: column.default.id,
          type: 'D ',
          type_desc: 'DEFAULT_CONSTRAINT',
          parent_column_id: column.id,
          definition: definitionText(column.default.text),
        })
    }
    for (const key of table.foreignKeys) {
      rows.push({
        ...base,
        name: key.name,
        object_id: key.id,
        type: 'F ',
        type_desc: 'FOREIGN_KEY_CONSTRAINT',
        referenced_object_id: key.table,
        key_index_id: 1,
        is_disabled: key.enabled ? 0 : 1,
        delete_referential_action: actions.indexOf(key.onDelete),
        delete_referential_action_desc: key.onDelete.replace(' ', '_'),
        update_referential_action: actions.indexOf(key.onUpdate),
        update_referential_action_desc: key.onUpdate.replace(' ', '_'),
      })
    }
    return rows.filter((row) => kinds.includes(String(row.type).trim()))
  })
}

const actions = ['NO ACTION', 'CASCADE', 'SET NULL', 'SET DEFAULT']
const constraintColumns =
  'name:name object_id schema_id parent_object_id type:c2 type_desc:n60 create_date:datetime modify_date:datetime is_ms_shipped:bit'

function columnRow(table: TableDef, column: ColumnInfo): Row {
  const { type } = column
  const id = typeIds.get(type.name) ?? 0
  return {
    object_id: table.id,
    name: column.name,
    column_id: column.id,
    system_type_id: id,
    user_type_id: id,
    max_length: objectLength(type),
    precision:
      familyOf(type) === 'text' || familyOf(type) === 'binary'
        ? 0
        : type.name === 'datetime2'
          ? 20 + type.scale
          : type.precision,
    scale: type.scale,
    collation_name: type.collation && type.name !== 'xml' ? type.collation.name : null,
    is_nullable: column.nullable ? 1 : 0,
    is_ansi_padded: 1,
    is_rowguidcol: 0,
    is_identity: column.identity ? 1 : 0,
    is_computed: column.computed ? 1 : 0,
    is_filestream: 0,
    is_replicated: 0,
    is_xml_document: 0,
    xml_collection_id: 0,
    default_object_id: column.default?.id ?? 0,
    rule_object_id: 0,
    is_sparse: 0,
    is_column_set: 0,
    generated_always_type: 0,
    generated_always_type_desc: 'NOT_APPLICABLE',
    is_hidden: 0,
    is_masked: 0,
    encryption_type: null,
    graph_type: null,
    definition: column.computed ? definitionText(column.computed.text) : null,
    is_persisted: column.computed?.persisted ? 1 : 0,
    uses_database_collation: 1,
    seed_value: column.identity ? column.identity.seed : null,
    increment_value: column.identity ? column.identity.increment : null,
    last_value: null,
    is_not_for_replication: 0,
  }
}

const columnColumns =
  'object_id name:name? column_id system_type_id:tinyint user_type_id max_length:smallint precision:tinyint scale:tinyint collation_name:name? is_nullable:bit is_ansi_padded:bit is_rowguidcol:bit is_identity:bit is_computed:bit is_filestream:bit is_replicated:bit is_xml_document:bit xml_collection_id default_object_id rule_object_id is_sparse:bit is_column_set:bit generated_always_type:tinyint generated_always_type_desc:n60 is_hidden:bit is_masked:bit encryption_type:int? graph_type:int?'
const allColumns = (session: SqlSession, database: SqlDatabase): Row[] =>
  [...tablesOf(session, database), ...tableTypesOf(session, database)].flatMap((table) =>
    table.columns.map((column) => columnRow(table, column)),
  )

function indexRows(session: SqlSession, database: SqlDatabase): Row[] {
  return tablesOf(session, database).flatMap((table) => {
    const heap = table.keys.every((key) => !key.clustered)
    const rows = table.keys.map(
      (key, i): Row => ({
        object_id: table.id,
        name: key.name,
        index_id: indexId(table, i),
        type: key.clustered ? 1 : 2,
        type_desc: key.clustered ? 'CLUSTERED' : 'NONCLUSTERED',
        is_unique: key.unique ? 1 : 0,
        data_space_id: 1,
        ignore_dup_key: 0,
        is_primary_key: key.kind === 'primary' ? 1 : 0,
        is_unique_constraint: key.kind === 'unique' ? 1 : 0,
        fill_factor: 0,
        is_padded: 0,
        is_disabled: 0,
        is_hypothetical: 0,
        allow_row_locks: 1,
        allow_page_locks: 1,
        has_filter: key.where ? 1 : 0,
        filter_definition: key.where ? definitionText(key.where) : null,
        auto_created: 0,
      }),
    )
    const heapRow: Row = {
      object_id: table.id,
      name: null,
      index_id: 0,
      type: 0,
      type_desc: 'HEAP',
      is_unique: 0,
      data_space_id: 1,
      ignore_dup_key: 0,
      is_primary_key: 0,
      is_unique_constraint: 0,
      fill_factor: 0,
      is_padded: 0,
      is_disabled: 0,
      is_hypothetical: 0,
      allow_row_locks: 1,
      allow_page_locks: 1,
      has_filter: 0,
      filter_definition: null,
      auto_created: 0,
    }
    return heap ? [heapRow, ...rows] : rows
  })
}

/** A clustered index is number 1; the others follow. */
export const indexId = (table: TableDef, at: number): number => {
  if (table.keys[at]?.clustered) return 1
  return 2 + table.keys.slice(0, at).filter((key) => !key.clustered).length
}

export const objectViews: Readonly<Record<string, ViewDeclaration>> = {
  'sys.objects': [
    objectColumns,
    (s, d) => [
      ...objectsOf(s, d).map((object) => objectRow(s, d, object)),
      ...constraintRows(s, d, ['PK', 'UQ', 'C', 'D', 'F']),
    ],
  ],
  'sys.all_objects': [
    objectColumns,
    (s, d) => [
      ...objectsOf(s, d).map((object) => objectRow(s, d, object)),
      ...constraintRows(s, d, ['PK', 'UQ', 'C', 'D', 'F']),
    ],
  ],
  'sys.tables': [
    `${objectColumns} lob_data_space_id max_column_id_used text_in_row_limit is_replicated:bit is_memory_optimized:bit durability:tinyint durability_desc:n60 temporal_type:tinyint temporal_type_desc:n60 history_table_id:int? is_external:bit is_filetable:bit is_node:bit is_edge:bit`,
    (s, d) => tablesOf(s, d).map((table) => objectRow(s, d, table)),
  ],
  'sys.views': [
    `${objectColumns} is_replicated:bit with_check_option:bit is_date_correlation_view:bit`,
    (s, d) =>
      objectsOf(s, d)
        .filter((object) => object.kind === 'view')
        .map((object) => objectRow(s, d, object)),
  ],
  'sys.procedures': [
    `${objectColumns} is_auto_executed:bit`,
    (s, d) =>
      objectsOf(s, d)
        .filter((object) => object.kind === 'procedure')
        .map((object) => objectRow(s, d, object)),
  ],
  'sys.columns': [columnColumns, allColumns],
  'sys.all_columns': [columnColumns, allColumns],
  'sys.computed_columns': [
    `${columnColumns} definition:text? is_persisted:bit uses_database_collation:bit`,
    (s, d) => allColumns(s, d).filter((row) => row.is_computed === 1),
  ],
  'sys.identity_columns': [
    `${columnColumns} seed_value:variant increment_value:variant last_value:variant? is_not_for_replication:bit`,
    (s, d) => allColumns(s, d).filter((row) => row.is_identity === 1),
  ],
  'sys.schemas': [
    'name:name schema_id principal_id',
    (s, d) => [
      ...[...catalogOf(s, d).schemas()].map((schema) => ({
        name: schema.name,
        schema_id: schema.id,
        principal_id: principalId(catalogOf(s, d).principal(schema.owner)?.id ?? -2),
      })),
      { name: 'INFORMATION_SCHEMA', schema_id: 3, principal_id: 3 },
      { name: 'sys', schema_id: 4, principal_id: 4 },
    ],
  ],
  'sys.indexes': [
    'object_id name:name? index_id type:tinyint type_desc:n60? is_unique:bit? data_space_id:int? ignore_dup_key:bit? is_primary_key:bit? is_unique_constraint:bit? fill_factor:tinyint is_padded:bit? is_disabled:bit? is_hypothetical:bit? allow_row_locks:bit? allow_page_locks:bit? has_filter:bit? filter_definition:text? auto_created:bit?',
    indexRows,
  ],
  'sys.index_columns': [
    'object_id index_id index_column_id column_id key_ordinal:tinyint partition_ordinal:tinyint is_descending_key:bit? is_included_column:bit?',
    (s, d) =>
      tablesOf(s, d).flatMap((table) =>
        table.keys.flatMap((key, i) => [
          ...key.columns.map(
            (column, at): Row => ({
              object_id: table.id,
              index_id: indexId(table, i),
              index_column_id: at + 1,
              column_id: column.id,
              key_ordinal: at + 1,
              partition_ordinal: 0,
              is_descending_key: column.descending ? 1 : 0,
              is_included_column: 0,
            }),
          ),
          ...key.include.map(
            (id, at): Row => ({
              object_id: table.id,
              index_id: indexId(table, i),
              index_column_id: key.columns.length + at + 1,
              column_id: id,
              key_ordinal: 0,
              partition_ordinal: 0,
              is_descending_key: 0,
              is_included_column: 1,
            }),
          ),
        ]),
      ),
  ],
  'sys.key_constraints': [
    `${constraintColumns} unique_index_id:int? is_system_named:bit is_enforced:bit`,
    (s, d) => constraintRows(s, d, ['PK', 'UQ']),
  ],
  'sys.check_constraints': [
    `${constraintColumns} is_disabled:bit is_not_trusted:bit parent_column_id definition:text? uses_database_collation:bit? is_system_named:bit is_not_for_replication:bit`,
    (s, d) => constraintRows(s, d, ['C']),
  ],
  'sys.default_constraints': [
    `${constraintColumns} parent_column_id definition:text? is_system_named:bit`,
    (s, d) => constraintRows(s, d, ['D']),
  ],
  'sys.foreign_keys': [
    `${constraintColumns} referenced_object_id key_index_id is_disabled:bit is_not_trusted:bit delete_referential_action:tinyint delete_referential_action_desc:n60 update_referential_action:tinyint update_referential_action_desc:n60 is_system_named:bit is_not_for_replication:bit`,
    (s, d) => constraintRows(s, d, ['F']),
  ],
  'sys.foreign_key_columns': [
    'constraint_object_id constraint_column_id parent_object_id parent_column_id referenced_object_id referenced_column_id',
    (s, d) =>
      tablesOf(s, d).flatMap((table) =>
        table.foreignKeys.flatMap((key) =>
          key.columns.map(
            (column, i): Row => ({
              constraint_object_id: key.id,
              constraint_column_id: i + 1,
              parent_object_id: table.id,
              parent_column_id: column,
              referenced_object_id: key.table,
              referenced_column_id: key.referenced[i] ?? 0,
            }),
          ),
        ),
      ),
  ],
  'sys.sql_modules': [
    'object_id definition:text? uses_ansi_nulls:bit uses_quoted_identifier:bit is_schema_bound:bit execute_as_principal_id:int?',
    (s, d) =>
      objectsOf(s, d).flatMap((object) =>
        object.kind === 'table' || object.kind === 'sequence' || object.kind === 'synonym'
          ? []
          : [
              {
                object_id: object.id,
                definition: object.text,
                uses_ansi_nulls: 1,
                uses_quoted_identifier: object.quotedIdentifier ? 1 : 0,
                is_schema_bound: object.schemaBinding ? 1 : 0,
                execute_as_principal_id: null,
              },
            ],
      ),
  ],
  'sys.types': [
    'name:name system_type_id:tinyint user_type_id schema_id principal_id:int? max_length:smallint precision:tinyint scale:tinyint collation_name:name? is_nullable:bit? is_user_defined:bit is_assembly_type:bit default_object_id rule_object_id is_table_type:bit',
    (s, d) => [
      ...[...typeIds].map(
        ([name, id]): Row => ({
          name,
          system_type_id: name === 'sysname' ? 231 : id,
          user_type_id: id,
          schema_id: 4,
          principal_id: null,
          max_length: 8000,
          precision: 0,
          scale: 0,
          collation_name: /char|text|sysname/.test(name) ? d.collation.name : null,
          is_nullable: 1,
          is_user_defined: 0,
          is_assembly_type: 0,
          default_object_id: 0,
          rule_object_id: 0,
          is_table_type: 0,
        }),
      ),
      ...userTypeRows(s, d),
    ],
  ],
  'sys.table_types': [
    'name:name system_type_id:tinyint user_type_id schema_id principal_id:int? max_length:smallint precision:tinyint scale:tinyint collation_name:name? is_nullable:bit? is_user_defined:bit is_assembly_type:bit default_object_id rule_object_id is_table_type:bit type_table_object_id is_memory_optimized:bit?',
    (s, d) => userTypeRows(s, d).filter((row) => row.is_table_type === 1),
  ],
  'sys.extended_properties': ['class:tinyint class_desc:n60? major_id minor_id name:name value:variant?', () => []],
  ...programmableViews(objectColumns, objectRow),
  'sys.parameters': [
    'object_id name:name? parameter_id system_type_id:tinyint user_type_id max_length:smallint precision:tinyint scale:tinyint is_output:bit has_default_value:bit',
    () => [],
  ],
  'sys.partitions': [
    'partition_id:bigint object_id index_id partition_number rows:bigint?',
    (s, d) =>
      tablesOf(s, d).map(
        (table): Row => ({
          partition_id: table.id,
          object_id: table.id,
          index_id: table.keys.some((key) => key.clustered) ? 1 : 0,
          partition_number: 1,
          rows: s.countRows(d, table),
        }),
      ),
  ],
  'sys.database_files': [
    'file_id type:tinyint type_desc:n60? name:name physical_name:n256 state:tinyint? state_desc:n60? size max_size growth',
    (_, d) => [
      {
        file_id: 1,
        type: 0,
        type_desc: 'ROWS',
        name: d.name,
        physical_name: `/var/opt/mssql/data/${d.name}.mdf`,
        state: 0,
        state_desc: 'ONLINE',
        size: 1024,
        max_size: -1,
        growth: 8192,
      },
    ],
  ],
  'sys.sysobjects': [
    'name:name id xtype:c2 uid:smallint type:c2 crdate:datetime parent_obj',
    (s, d) =>
      objectsOf(s, d).map(
        (object): Row => ({
          name: object.name,
          id: object.id,
          xtype: objectKind(object)[0],
          uid: schemaId(s, d, object.schema),
          type: objectKind(object)[0],
          crdate: object.created,
          parent_obj: 0,
        }),
      ),
  ],
  'sys.syscolumns': [
    'name:name id colid:smallint xtype:tinyint length:smallint isnullable:int colorder:smallint',
    (s, d) =>
      tablesOf(s, d).flatMap((table) =>
        table.columns.map(
          (column): Row => ({
            name: column.name,
            id: table.id,
            colid: column.id,
            xtype: typeIds.get(column.type.name) ?? 0,
            length: objectLength(column.type),
            isnullable: column.nullable ? 1 : 0,
            colorder: column.id,
          }),
        ),
      ),
  ],
}

export const lengthInCharacters = (column: ColumnInfo): number | null => {
  const family = familyOf(column.type)
  if (family === 'binary' || family === 'text')
    return column.type.length === maxLength || column.type.length === 0 ? -1 : column.type.length
  return null
}
export const octets = (column: ColumnInfo): number | null => {
  const length = lengthInCharacters(column)
  return length === null || length === -1 ? length : length * (isUnicode(column.type) ? 2 : 1)
}
