import type { Cell } from '../../tds/data-type.ts'
import { familyOf, isUnicode, maxLength } from '../../tds/data-type.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { principalId } from '../udf/principal-functions.ts'
import { columnsIn, definitionText } from './definition-text.ts'
import type { ColumnInfo, ForeignKeyInfo, ObjectDef, TableDef } from './definitions.ts'
import { objectKind } from './object-kinds.ts'
import { programmableViews } from './programmable-views.ts'
import type { ViewDeclaration } from './system-view.ts'
import { userTypeRows } from './user-type-rows.ts'

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
  lock_on_bulk_load: 0,
  has_replication_filter: 0,
  is_merge_published: 0,
  is_sync_tran_subscribed: 0,
  has_unchecked_assembly_data: 0,
  has_opaque_metadata: 0,
  large_value_types_out_of_row: 0,
  is_tracked_by_cdc: 0,
  lock_escalation: 0,
  lock_escalation_desc: 'TABLE',
  is_remote_data_archive_enabled: 0,
  ledger_type: 0,
  ledger_type_desc: 'NON_LEDGER_TABLE',
  is_dropped_ledger_table: 0,
  ledger_view_type: 0,
  ledger_view_type_desc: 'NON_LEDGER_VIEW',
  is_dropped_ledger_view: 0,
  is_execution_replicated: 0,
  is_repl_serializable_only: 0,
  skips_repl_constraints: 0,
})

export const objectColumns =
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
      is_not_for_replication: 0,
    }
    const rows: Record<string, Cell | undefined>[] = []
    table.keys.forEach((key, i) => {
      if (key.kind !== 'index')
        rows.push({
          ...base,
          name: key.name,
          object_id: key.id,
          type: key.kind === 'primary' ? 'PK' : 'UQ',
          type_desc: key.kind === 'primary' ? 'PRIMARY_KEY_CONSTRAINT' : 'UNIQUE_CONSTRAINT',
          unique_index_id: indexId(table, i),
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
        parent_column_id: columnOfCheck(table, check.text),
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
        key_index_id: referencedIndex(session, database, key),
        is_disabled: key.enabled ? 0 : 1,
        delete_referential_action: actions.indexOf(key.onDelete),
        delete_referential_action_desc: key.onDelete.replace(' ', '_'),
        update_referential_action: actions.indexOf(key.onUpdate),
        update_referential_action_desc: key.onUpdate.replace(' ', '_'),
      })
    }
    for (const row of rows) row.is_system_named = madeUp.test(String(row.name)) ? 1 : 0
    return rows.filter((row) => kinds.includes(String(row.type).trim()))
  })
}

/** Names that the server makes where none is given. */
const madeUp = /^(?:PK|UQ|CK|DF|FK)__.{1,9}__.*[0-9A-F]{8}$/

/** A check on one column belongs to it; 0 is the table. */
function columnOfCheck(table: TableDef, text: string): number {
  const used = columnsIn(text)
  const columns = table.columns.filter((column) => used.has(column.name.toLowerCase()))
  return columns.length === 1 ? (columns[0]?.id ?? 0) : 0
}

function referencedIndex(session: SqlSession, database: SqlDatabase, key: ForeignKeyInfo): number {
  const parent = catalogOf(session, database).table(key.table)
  const at = parent?.keys.findIndex(
    (candidate) =>
      candidate.unique &&
      candidate.columns.length === key.referenced.length &&
      candidate.columns.every(({ id }) => key.referenced.includes(id)),
  )
  return parent && at !== undefined && at >= 0 ? indexId(parent, at) : 1
}

const actions = ['NO ACTION', 'CASCADE', 'SET NULL', 'SET DEFAULT']
const constraintColumns = objectColumns

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
        is_disabled: key.disabled ? 1 : 0,
        is_hypothetical: 0,
        allow_row_locks: 1,
        allow_page_locks: 1,
        has_filter: key.where ? 1 : 0,
        filter_definition: key.where ? definitionText(key.where) : null,
        auto_created: 0,
        is_ignored_in_optimization: 0,
        suppress_dup_key_messages: 0,
        optimize_for_sequential_key: 0,
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
      is_ignored_in_optimization: 0,
      suppress_dup_key_messages: 0,
      optimize_for_sequential_key: 0,
    }
    return heap ? [heapRow, ...rows] : rows
  })
}

/** A clustered index is number 1; the others follow. */
export const indexId = (table: TableDef, at: number): number => {
  if (table.keys[at]?.clustered) return 1
  return 2 + table.keys.slice(0, at).filter((key) => !key.clustered).length
}

/** All that sys.objects has: the objects themselves and the constraints of tables. */
export const objectRows = (s: SqlSession, d: SqlDatabase): Row[] => [
  ...objectsOf(s, d).map((object) => objectRow(s, d, object)),
  ...constraintRows(s, d, ['PK', 'UQ', 'C', 'D', 'F']),
]

/** What sys.sql_modules has. */
export const moduleRows = (s: SqlSession, d: SqlDatabase): Row[] =>
  objectsOf(s, d).flatMap((object) => {
    if (!('text' in object)) return []
    const { executeAs } = object
    const principal = executeAs && 'user' in executeAs ? catalogOf(s, d).principal(executeAs.user) : undefined
    return [
      {
        object_id: object.id,
        definition: object.text || null,
        uses_ansi_nulls: 1,
        uses_quoted_identifier: object.quotedIdentifier ? 1 : 0,
        is_schema_bound: object.schemaBinding ? 1 : 0,
        uses_database_collation: 0,
        is_recompiled: 0,
        null_on_null_input: 0,
        execute_as_principal_id: principal ? principalId(principal.id) : executeAs && 'owner' in executeAs ? -2 : null,
        uses_native_compilation: 0,
        inline_type: object.kind === 'function' && object.functionType === 'FN' ? 1 : 0,
        is_inlineable: 0,
      },
    ]
  })

export const objectViews: Readonly<Record<string, ViewDeclaration>> = {
  'sys.objects': [objectColumns, objectRows],
  'sys.tables': [
    `${objectColumns} lob_data_space_id filestream_data_space_id:int? max_column_id_used lock_on_bulk_load:bit uses_ansi_nulls:bit? is_replicated:bit? has_replication_filter:bit? is_merge_published:bit? is_sync_tran_subscribed:bit? has_unchecked_assembly_data:bit text_in_row_limit:int? large_value_types_out_of_row:bit? is_tracked_by_cdc:bit? lock_escalation:tinyint? lock_escalation_desc:n60? is_filetable:bit? is_memory_optimized:bit? durability:tinyint? durability_desc:n60? temporal_type:tinyint? temporal_type_desc:n60? history_table_id:int? is_remote_data_archive_enabled:bit? is_external:bit history_retention_period:int? history_retention_period_unit:int? history_retention_period_unit_desc:n10? is_node:bit? is_edge:bit? data_retention_period:int? data_retention_period_unit:int? data_retention_period_unit_desc:n10? ledger_type:tinyint? ledger_type_desc:n60? ledger_view_id:int? is_dropped_ledger_table:bit?`,
    (s, d) => tablesOf(s, d).map((table) => objectRow(s, d, table)),
  ],
  'sys.views': [
    `${objectColumns} is_replicated:bit? has_replication_filter:bit? has_opaque_metadata:bit has_unchecked_assembly_data:bit with_check_option:bit is_date_correlation_view:bit is_tracked_by_cdc:bit? has_snapshot:bit? ledger_view_type:tinyint? ledger_view_type_desc:n60? is_dropped_ledger_view:bit?`,
    (s, d) =>
      objectsOf(s, d)
        .filter((object) => object.kind === 'view')
        .map((object) => objectRow(s, d, object)),
  ],
  'sys.procedures': [
    `${objectColumns} is_auto_executed:bit is_execution_replicated:bit? is_repl_serializable_only:bit? skips_repl_constraints:bit?`,
    (s, d) =>
      objectsOf(s, d)
        .filter((object) => object.kind === 'procedure')
        .map((object) => objectRow(s, d, object)),
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
      ...[...catalogOf(s, d).principals()]
        .filter((principal) => principal.fixed && principal.role && principal.name !== 'public')
        .map((role) => ({
          name: role.name,
          schema_id: principalId(role.id),
          principal_id: principalId(role.id),
        })),
    ],
  ],
  'sys.indexes': [
    'object_id name:name? index_id type:tinyint type_desc:n60? is_unique:bit? data_space_id:int? ignore_dup_key:bit? is_primary_key:bit? is_unique_constraint:bit? fill_factor:tinyint is_padded:bit? is_disabled:bit? is_hypothetical:bit? is_ignored_in_optimization:bit? allow_row_locks:bit? allow_page_locks:bit? has_filter:bit? filter_definition:text? compression_delay:int? suppress_dup_key_messages:bit? auto_created:bit? optimize_for_sequential_key:bit?',
    indexRows,
  ],
  'sys.index_columns': [
    'object_id index_id index_column_id column_id key_ordinal:tinyint partition_ordinal:tinyint is_descending_key:bit? is_included_column:bit? column_store_order_ordinal:tinyint data_clustering_ordinal:tinyint',
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
              column_store_order_ordinal: 0,
              data_clustering_ordinal: 0,
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
              column_store_order_ordinal: 0,
              data_clustering_ordinal: 0,
            }),
          ),
        ]),
      ),
  ],
  'sys.key_constraints': [
    `${constraintColumns} unique_index_id:int? is_system_named:bit is_enforced:bit?`,
    (s, d) => constraintRows(s, d, ['PK', 'UQ']),
  ],
  'sys.check_constraints': [
    `${constraintColumns} is_disabled:bit is_not_for_replication:bit is_not_trusted:bit parent_column_id definition:text? uses_database_collation:bit? is_system_named:bit`,
    (s, d) => constraintRows(s, d, ['C']),
  ],
  'sys.default_constraints': [
    `${constraintColumns} parent_column_id definition:text? is_system_named:bit`,
    (s, d) => constraintRows(s, d, ['D']),
  ],
  'sys.foreign_keys': [
    `${constraintColumns} referenced_object_id:int? key_index_id:int? is_disabled:bit is_not_for_replication:bit is_not_trusted:bit delete_referential_action:tinyint? delete_referential_action_desc:n60? update_referential_action:tinyint? update_referential_action_desc:n60? is_system_named:bit`,
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
  'sys.table_types': [
    'name:name system_type_id:tinyint user_type_id schema_id principal_id:int? max_length:smallint precision:tinyint scale:tinyint collation_name:name? is_nullable:bit? is_user_defined:bit is_assembly_type:bit default_object_id rule_object_id is_table_type:bit type_table_object_id is_memory_optimized:bit?',
    (s, d) => userTypeRows(s, d).filter((row) => row.is_table_type === 1),
  ],
  ...programmableViews(objectColumns, objectRow),
}

export const lengthInCharacters = (column: Pick<ColumnInfo, 'type'>): number | null => {
  const family = familyOf(column.type)
  if (family === 'binary' || family === 'text')
    return column.type.length === maxLength || column.type.length === 0 ? -1 : column.type.length
  return null
}
export const octets = (column: Pick<ColumnInfo, 'type'>): number | null => {
  const length = lengthInCharacters(column)
  return length === null || length === -1 ? length : length * (isUnicode(column.type) ? 2 : 1)
}
