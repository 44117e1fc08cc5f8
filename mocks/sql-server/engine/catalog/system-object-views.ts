/** The system's own objects beside the user's: sys.all_objects, sys.system_views, the old sysobjects. */
import type { Cell } from '../../tds/data-type.ts'
import { systemProcedureNames } from '../procedures/system-procedure-names.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { moduleRows, objectColumns, objectRows } from './object-views.ts'
import { systemViews, type ViewDeclaration } from './system-view.ts'

type Row = Readonly<Record<string, Cell | undefined>>

const shipped = '2022-10-08 06:29:45.540'
const firstProcedure = -100_000

function systemObjects(): Row[] {
  const base = {
    principal_id: null,
    parent_object_id: 0,
    create_date: shipped,
    modify_date: shipped,
    is_ms_shipped: 1,
    is_published: 0,
    is_schema_published: 0,
    is_replicated: 0,
    with_check_option: 0,
    is_date_correlation_view: 0,
    is_tracked_by_cdc: 0,
    has_opaque_metadata: 0,
    has_replication_filter: 0,
    has_unchecked_assembly_data: 0,
    ledger_view_type: 0,
    is_dropped_ledger_view: 0,
  }
  return [
    ...[...systemViews()].map(
      (view): Row => ({
        ...base,
        name: view.name,
        object_id: view.id,
        schema_id: view.schema === 'sys' ? 4 : 3,
        type: 'V ',
        type_desc: 'VIEW',
      }),
    ),
    ...systemProcedureNames().map(
      (name, i): Row => ({
        ...base,
        name,
        object_id: firstProcedure - i,
        schema_id: 4,
        type: 'P ',
        type_desc: 'SQL_STORED_PROCEDURE',
      }),
    ),
  ]
}

const isView = (row: Row): boolean => row.type === 'V '
const viewColumns = `${objectColumns} is_replicated:bit? has_replication_filter:bit? has_opaque_metadata:bit has_unchecked_assembly_data:bit with_check_option:bit is_date_correlation_view:bit is_tracked_by_cdc:bit? has_snapshot:bit? ledger_view_type:tinyint? ledger_view_type_desc:n60? is_dropped_ledger_view:bit?`
const modules =
  'object_id definition:text? uses_ansi_nulls:bit? uses_quoted_identifier:bit? is_schema_bound:bit? uses_database_collation:bit? is_recompiled:bit? null_on_null_input:bit? execute_as_principal_id:int? uses_native_compilation:bit? inline_type:bit? is_inlineable:bit?'
const systemModules = (): Row[] =>
  systemObjects().map((row) => ({
    object_id: row.object_id,
    definition: null,
    uses_ansi_nulls: 1,
    uses_quoted_identifier: 1,
    is_schema_bound: 0,
    uses_database_collation: 0,
    is_recompiled: 0,
    null_on_null_input: 0,
    execute_as_principal_id: null,
    uses_native_compilation: 0,
    inline_type: 0,
    is_inlineable: 0,
  }))

/** `S ` for what the old view calls a system table, the constraint's letter for K and so on. */
const oldType = (row: Row): Cell => (row.type === 'PK' || row.type === 'UQ' ? 'K ' : (row.type ?? null))

const oldObjects = (s: SqlSession, d: SqlDatabase): Row[] =>
  [...objectRows(s, d), ...systemObjects()].map((row) => ({
    name: row.name,
    id: row.object_id,
    xtype: row.type,
    uid: row.schema_id,
    info: 0,
    status: 0,
    base_schema_ver: 0,
    replinfo: 0,
    parent_obj: row.parent_object_id,
    crdate: row.create_date,
    ftcatid: 0,
    schema_ver: 0,
    stats_schema_ver: 0,
    type: oldType(row),
    userstat: 1,
    sysstat: 0,
    indexdel: 0,
    refdate: row.create_date,
    version: 0,
    deltrig: 0,
    instrig: 0,
    updtrig: 0,
    seltrig: 0,
    category: 0,
    cache: 0,
  }))

export const systemObjectViews: Readonly<Record<string, ViewDeclaration>> = {
  'sys.all_objects': [objectColumns, (s, d) => [...systemObjects(), ...objectRows(s, d)]],
  'sys.system_objects': [objectColumns, () => systemObjects()],
  'sys.all_views': [
    viewColumns,
    (s, d) =>
      [...systemObjects(), ...objectRows(s, d).map((row) => ({ ...row, has_opaque_metadata: 0 }))].filter(isView),
  ],
  'sys.system_views': [viewColumns, () => systemObjects().filter(isView)],
  'sys.sql_modules': [modules, moduleRows],
  'sys.all_sql_modules': [modules, (s, d) => [...systemModules(), ...moduleRows(s, d)]],
  'sys.system_sql_modules': [modules, systemModules],
  'sys.sysobjects': [
    'name:name id xtype:c2 uid:smallint? info:smallint? status:int? base_schema_ver:int? replinfo:int? parent_obj crdate:datetime ftcatid:smallint? schema_ver:int? stats_schema_ver:int? type:c2? userstat:smallint? sysstat:smallint? indexdel:smallint? refdate:datetime version:int? deltrig:int? instrig:int? updtrig:int? seltrig:int? category:int? cache:smallint?',
    oldObjects,
  ],
  'sys.syscomments': [
    'id number:smallint? colid:smallint status:smallint ctext:b8000? texttype:smallint? language:smallint? encrypted:bit compressed:bit text:n4000?',
    (s, d) =>
      moduleRows(s, d).flatMap((row) =>
        (String(row.definition ?? '').match(/.{1,4000}/gs) ?? []).map(
          (text, i): Row => ({
            id: row.object_id,
            number: 1,
            colid: i + 1,
            status: 0,
            texttype: 2,
            language: 0,
            encrypted: 0,
            compressed: 0,
            text,
          }),
        ),
      ),
  ],
  'sys.sysreferences': [
    'constid fkeyid rkeyid rkeyindid:smallint? keycnt:smallint?',
    (s, d) =>
      objectRows(s, d)
        .filter((row) => row.type === 'F ')
        .map(
          (row): Row => ({
            constid: row.object_id,
            fkeyid: row.parent_object_id,
            rkeyid: row.referenced_object_id,
            rkeyindid: 1,
            keycnt: 1,
          }),
        ),
  ],
}
