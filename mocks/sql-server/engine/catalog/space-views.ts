/** Where data lies: partitions, allocation, files, filegroups, statistics, the old sysindexes. */
import type { Cell } from '../../tds/data-type.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { dataPages, logPages } from '../storage/database-size.ts'
import { objectLength } from '../values/object-length.ts'
import type { KeyInfo, TableDef } from './definitions.ts'
import { indexId } from './object-views.ts'
import type { ViewDeclaration } from './system-view.ts'

type Row = Readonly<Record<string, Cell | undefined>>

interface Piece {
  readonly table: TableDef
  readonly key: KeyInfo | undefined
  readonly index: number
}

/** A heap or clustered index first, then the others. */
function piecesOf(s: SqlSession, d: SqlDatabase): Piece[] {
  return [...catalogOf(s, d).objects()]
    .sort((a, b) => a.id - b.id)
    .flatMap((table): Piece[] => {
      if (table.kind !== 'table') return []
      const keys = table.keys.map((key, i): Piece => ({ table, key, index: indexId(table, i) }))
      const heap: Piece[] = table.keys.some((key) => key.clustered) ? [] : [{ table, key: undefined, index: 0 }]
      return [...heap, ...keys.sort((a, b) => a.index - b.index)]
    })
}

const partitionId = (piece: Piece): number => 72_057_594_000_000_000 + piece.table.id * 16 + piece.index
const pagesOf = (table: TableDef, rows: number): number =>
  rows === 0
    ? 0
    : Math.ceil(
        (rows * (11 + table.columns.reduce((sum, { type }) => sum + Math.max(objectLength(type), 8), 0))) / 8096,
      )

function eachPiece(s: SqlSession, d: SqlDatabase, make: (piece: Piece, rows: number, pages: number) => Row): Row[] {
  const counts = new Map<number, number>()
  return piecesOf(s, d).map((piece) => {
    const rows = counts.get(piece.table.id) ?? s.countRows(d, piece.table)
    counts.set(piece.table.id, rows)
    return make(piece, rows, pagesOf(piece.table, rows))
  })
}

/** Those of indexes, with the index's id, and behind them those that CREATE STATISTICS has made. */
function statisticsOf(s: SqlSession, d: SqlDatabase) {
  return piecesOf(s, d).flatMap(({ table, key, index }, at, all) => {
    const ofIndex = key
      ? [
          {
            object_id: table.id,
            name: key.name,
            stats_id: index,
            where: key.where,
            own: false,
            columns: key.columns.map(({ id }) => id),
          },
        ]
      : []
    if (all[at + 1]?.table === table) return ofIndex
    const made = (table.statistics ?? []).map(({ name, columns }, i) => ({
      object_id: table.id,
      name,
      stats_id: Math.max(1, table.keys.length + 1) + i + 1,
      where: undefined,
      own: true,
      columns: [...columns],
    }))
    return [...ofIndex, ...made]
  })
}

const files = (s: SqlSession, d: SqlDatabase): Row[] => {
  const row = (id: number, name: string, log: boolean, size: number): Row => ({
    database_id: d.id,
    file_id: id,
    file_guid: null,
    type: log ? 1 : 0,
    type_desc: log ? 'LOG' : 'ROWS',
    data_space_id: log ? 0 : 1,
    name,
    physical_name: `/var/opt/mssql/data/${name}.${log ? 'ldf' : 'mdf'}`,
    state: 0,
    state_desc: 'ONLINE',
    size,
    max_size: log ? 268_435_456 : -1,
    growth: 8192,
    is_media_read_only: 0,
    is_read_only: d.readOnly ? 1 : 0,
    is_sparse: 0,
    is_percent_growth: 0,
    is_name_reserved: 0,
    is_persistent_log_buffer: 0,
  })
  const base = d.name.toLowerCase() === 'master' ? ['master', 'mastlog'] : [d.name, `${d.name}_log`]
  return [row(1, base[0] ?? d.name, false, dataPages(s, d)), row(2, base[1] ?? d.name, true, logPages)]
}
const fileColumns =
  'file_id file_guid:guid? type:tinyint type_desc:n60? data_space_id name:name physical_name:n260 state:tinyint? state_desc:n60? size max_size growth is_media_read_only:bit is_read_only:bit is_sparse:bit is_percent_growth:bit is_name_reserved:bit is_persistent_log_buffer:bit'

const primary: Row = {
  name: 'PRIMARY',
  data_space_id: 1,
  type: 'FG',
  type_desc: 'ROWS_FILEGROUP',
  is_default: 1,
  is_system: 0,
  filegroup_guid: null,
  log_filegroup_id: null,
  is_read_only: 0,
  is_autogrow_all_files: 0,
}
const space = 'name:name data_space_id type:c2 type_desc:n60? is_default:bit? is_system:bit?'

export const spaceViews: Readonly<Record<string, ViewDeclaration>> = {
  'sys.partitions': [
    'partition_id:bigint object_id index_id partition_number hobt_id:bigint rows:bigint? filestream_filegroup_id:smallint data_compression:tinyint data_compression_desc:n60? xml_compression:bit? xml_compression_desc:v3?',
    (s, d) =>
      eachPiece(s, d, (piece, rows) => ({
        partition_id: partitionId(piece),
        object_id: piece.table.id,
        index_id: piece.index,
        partition_number: 1,
        hobt_id: partitionId(piece),
        rows,
        filestream_filegroup_id: 0,
        data_compression: 0,
        data_compression_desc: 'NONE',
        xml_compression: 0,
        xml_compression_desc: 'OFF',
      })),
  ],
  'sys.allocation_units': [
    'allocation_unit_id:bigint type:tinyint type_desc:n60? container_id:bigint data_space_id:int? total_pages:bigint used_pages:bigint data_pages:bigint',
    (s, d) =>
      eachPiece(s, d, (piece, _, pages) => ({
        allocation_unit_id: partitionId(piece) + 1,
        type: 1,
        type_desc: 'IN_ROW_DATA',
        container_id: partitionId(piece),
        data_space_id: 1,
        total_pages: pages === 0 ? 0 : pages + 1,
        used_pages: pages === 0 ? 0 : pages + 1,
        data_pages: pages,
      })),
  ],
  'sys.dm_db_partition_stats': [
    'partition_id:bigint? object_id index_id partition_number in_row_data_page_count:bigint? in_row_used_page_count:bigint? in_row_reserved_page_count:bigint? lob_used_page_count:bigint? lob_reserved_page_count:bigint? row_overflow_used_page_count:bigint? row_overflow_reserved_page_count:bigint? used_page_count:bigint? reserved_page_count:bigint? row_count:bigint?',
    (s, d) =>
      eachPiece(s, d, (piece, rows, pages) => ({
        partition_id: partitionId(piece),
        object_id: piece.table.id,
        index_id: piece.index,
        partition_number: 1,
        in_row_data_page_count: pages,
        in_row_used_page_count: pages,
        in_row_reserved_page_count: pages,
        lob_used_page_count: 0,
        lob_reserved_page_count: 0,
        row_overflow_used_page_count: 0,
        row_overflow_reserved_page_count: 0,
        used_page_count: pages,
        reserved_page_count: pages,
        row_count: rows,
      })),
  ],
  'sys.stats': [
    'object_id name:name? stats_id auto_created:bit? user_created:bit? no_recompute:bit? has_filter:bit? filter_definition:text? is_temporary:bit? is_incremental:bit? has_persisted_sample:bit? stats_generation_method stats_generation_method_desc:v80 auto_drop:bit?',
    (s, d) =>
      statisticsOf(s, d).map(({ where, own, columns: _, ...row }) => ({
        ...row,
        auto_created: 0,
        user_created: own ? 1 : 0,
        no_recompute: 0,
        has_filter: where ? 1 : 0,
        filter_definition: where ?? null,
        is_temporary: 0,
        is_incremental: 0,
        has_persisted_sample: 0,
        stats_generation_method: 0,
        stats_generation_method_desc: 'Sort based statistics',
        auto_drop: 0,
      })),
  ],
  'sys.stats_columns': [
    'object_id stats_id stats_column_id column_id:int?',
    (s, d) =>
      statisticsOf(s, d).flatMap(({ object_id, stats_id, columns }): Row[] =>
        columns.map((column_id, i) => ({ object_id, stats_id, stats_column_id: i + 1, column_id })),
      ),
  ],
  'sys.sysindexes': [
    'id status:int? first:fb6? indid:smallint? root:fb6? minlen:smallint? keycnt:smallint? groupid:smallint? dpages:int? reserved:int? used:int? rowcnt:bigint? rowmodctr:int? reserved3:tinyint? reserved4:tinyint? xmaxlen:smallint? maxirow:smallint? OrigFillFactor:tinyint? StatVersion:tinyint? reserved2:int? FirstIAM:fb6? impid:smallint? lockflags:smallint? pgmodctr:int? name:name? rows:int?',
    (s, d) =>
      eachPiece(s, d, ({ table, key, index }, rows, pages) => ({
        id: table.id,
        status:
          (key?.unique ? 2 : 0) +
          (key?.clustered ? 16 : 0) +
          (key?.kind === 'primary' ? 2048 : 0) +
          (key?.kind === 'unique' ? 4096 : 0),
        indid: index,
        keycnt: key?.columns.length ?? 0,
        groupid: 1,
        dpages: pages,
        reserved: pages,
        used: pages,
        rowcnt: rows,
        rowmodctr: 0,
        OrigFillFactor: 0,
        name: key?.name ?? null,
        rows,
      })),
  ],
  'sys.filegroups': [
    `${space} filegroup_guid:guid? log_filegroup_id:int? is_read_only:bit? is_autogrow_all_files:bit?`,
    () => [primary],
  ],
  'sys.data_spaces': [space, () => [primary]],
  'sys.database_files': [fileColumns, files],
  'sys.master_files': [
    `database_id ${fileColumns.replace('is_persistent_log_buffer:bit', 'is_persistent_log_buffer:bit')} credential_id:int?`,
    (s) => s.instance.databases().flatMap((database) => files(s, database)),
  ],
  'sys.sysfiles': [
    'fileid:smallint? groupid:smallint? size maxsize growth status perf name:name filename:n260',
    (s, d) =>
      files(s, d).map(
        (row): Row => ({
          ...row,
          fileid: row.file_id,
          groupid: row.data_space_id,
          maxsize: row.max_size,
          status: row.type === 1 ? 66 : 2,
          perf: 0,
          filename: row.physical_name,
        }),
      ),
  ],
  'sys.sysfilegroups': [
    'groupid:smallint? allocpolicy:smallint? status:int? groupname:name',
    () => [{ groupid: 1, allocpolicy: 0, status: 16, groupname: 'PRIMARY' }],
  ],
}
