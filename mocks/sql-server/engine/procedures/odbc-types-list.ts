/** sp_datatype_info and sp_server_info. */
import type { Cell } from '../../tds/data-type.ts'
import { productVersion } from '../../tds/tokens/login-ack.ts'
import type { ProcedureCall, SystemProcedure } from './procedure-call.ts'

interface TypeRow {
  readonly name: string
  readonly type: number
  readonly precision: number
  readonly quotes?: readonly [string, string]
  readonly create?: string
  readonly nullable?: 0
  readonly caseSensitive?: 1
  readonly searchable?: number
  readonly unsigned?: 0 | 1
  readonly money?: 1
  readonly increment?: 0 | 1
  readonly scale?: readonly [number, number]
  readonly sqlType?: number
  readonly sub?: number
  readonly radix?: number
  readonly userType: number
}

const text = ["'", "'"] as const
const wide = ["N'", "'"] as const
const binary = ['0x', ''] as const
const whole = { scale: [0, 0], radix: 10, searchable: 2 } as const

/** Sorted by ODBC's number; `old` and `recent` have the types that only one age of drivers is told of. */
const shared: readonly TypeRow[] = [
  { name: 'sql_variant', type: -150, precision: 8000, searchable: 2, scale: [0, 0], radix: 10, userType: 39 },
  { name: 'uniqueidentifier', type: -11, precision: 36, quotes: text, searchable: 2, userType: 37 },
  { name: 'ntext', type: -10, precision: 1_073_741_823, quotes: wide, searchable: 1, userType: 0 },
  { name: 'nvarchar', type: -9, precision: 4000, quotes: wide, create: 'max length', userType: 0 },
  { name: 'sysname', type: -9, precision: 128, quotes: wide, nullable: 0, userType: 18 },
  { name: 'nchar', type: -8, precision: 4000, quotes: wide, create: 'length', userType: 0 },
  { name: 'bit', type: -7, precision: 1, searchable: 2, scale: [0, 0], userType: 16 },
  { name: 'tinyint', type: -6, precision: 3, ...whole, unsigned: 1, increment: 0, userType: 5 },
  { name: 'tinyint identity', type: -6, precision: 3, ...whole, unsigned: 1, increment: 1, nullable: 0, userType: 5 },
  { name: 'bigint', type: -5, precision: 19, ...whole, unsigned: 0, increment: 0, userType: 0 },
  { name: 'bigint identity', type: -5, precision: 19, ...whole, unsigned: 0, increment: 1, nullable: 0, userType: 0 },
  { name: 'image', type: -4, precision: 2_147_483_647, quotes: binary, searchable: 0, userType: 20 },
  { name: 'varbinary', type: -3, precision: 8000, quotes: binary, create: 'max length', searchable: 2, userType: 4 },
  { name: 'binary', type: -2, precision: 8000, quotes: binary, create: 'length', searchable: 2, userType: 3 },
  { name: 'timestamp', type: -2, precision: 8, quotes: binary, nullable: 0, searchable: 2, userType: 80 },
  { name: 'text', type: -1, precision: 2_147_483_647, quotes: text, searchable: 1, userType: 19 },
  { name: 'char', type: 1, precision: 8000, quotes: text, create: 'length', userType: 1 },
  {
    name: 'numeric',
    type: 2,
    precision: 38,
    create: 'precision,scale',
    searchable: 2,
    unsigned: 0,
    increment: 0,
    scale: [0, 38],
    radix: 10,
    userType: 10,
  },
  {
    name: 'numeric() identity',
    type: 2,
    precision: 38,
    create: 'precision',
    searchable: 2,
    unsigned: 0,
    increment: 1,
    nullable: 0,
    scale: [0, 0],
    radix: 10,
    userType: 10,
  },
  {
    name: 'decimal',
    type: 3,
    precision: 38,
    create: 'precision,scale',
    searchable: 2,
    unsigned: 0,
    increment: 0,
    scale: [0, 38],
    radix: 10,
    userType: 24,
  },
  {
    name: 'money',
    type: 3,
    precision: 19,
    quotes: ['$', ''],
    searchable: 2,
    unsigned: 0,
    money: 1,
    increment: 0,
    scale: [4, 4],
    radix: 10,
    userType: 11,
  },
  {
    name: 'smallmoney',
    type: 3,
    precision: 10,
    quotes: ['$', ''],
    searchable: 2,
    unsigned: 0,
    money: 1,
    increment: 0,
    scale: [4, 4],
    radix: 10,
    userType: 21,
  },
  {
    name: 'decimal() identity',
    type: 3,
    precision: 38,
    create: 'precision',
    searchable: 2,
    unsigned: 0,
    increment: 1,
    nullable: 0,
    scale: [0, 0],
    radix: 10,
    userType: 24,
  },
  { name: 'int', type: 4, precision: 10, ...whole, unsigned: 0, increment: 0, userType: 7 },
  { name: 'int identity', type: 4, precision: 10, ...whole, unsigned: 0, increment: 1, nullable: 0, userType: 7 },
  { name: 'smallint', type: 5, precision: 5, ...whole, unsigned: 0, increment: 0, userType: 6 },
  { name: 'smallint identity', type: 5, precision: 5, ...whole, unsigned: 0, increment: 1, nullable: 0, userType: 6 },
  { name: 'float', type: 6, precision: 53, searchable: 2, unsigned: 0, increment: 0, radix: 2, userType: 8 },
  { name: 'real', type: 7, precision: 24, searchable: 2, unsigned: 0, increment: 0, radix: 2, userType: 23 },
  { name: 'varchar', type: 12, precision: 8000, quotes: text, create: 'max length', userType: 2 },
  { name: 'datetime', type: 93, precision: 23, quotes: text, scale: [3, 3], sqlType: 9, sub: 3, userType: 12 },
  { name: 'smalldatetime', type: 93, precision: 16, quotes: text, scale: [0, 0], sqlType: 9, sub: 3, userType: 22 },
]
const recent: readonly TypeRow[] = [
  {
    name: 'datetimeoffset',
    type: -155,
    precision: 34,
    quotes: text,
    create: 'scale',
    scale: [0, 7],
    sub: 0,
    userType: 0,
  },
  { name: 'time', type: -154, precision: 16, quotes: text, create: 'scale', scale: [0, 7], sub: 0, userType: 0 },
  { name: 'xml', type: -152, precision: 0, quotes: wide, caseSensitive: 1, searchable: 0, userType: 0 },
  { name: 'date', type: 91, precision: 10, quotes: text, sqlType: 9, sub: 1, userType: 0 },
  {
    name: 'datetime2',
    type: 93,
    precision: 27,
    quotes: text,
    create: 'scale',
    scale: [0, 7],
    sqlType: 9,
    sub: 3,
    userType: 0,
  },
]
/** As older drivers are told of them: texts. */
const old: readonly TypeRow[] = [
  { name: 'date', type: -9, precision: 10, quotes: text, userType: 0 },
  { name: 'time', type: -9, precision: 16, quotes: text, create: 'scale', userType: 0 },
  { name: 'datetime2', type: -9, precision: 27, quotes: text, create: 'scale', userType: 0 },
  { name: 'datetimeoffset', type: -9, precision: 34, quotes: text, create: 'scale', userType: 0 },
]
const xmlOf2005 = recent.filter((row) => row.name === 'xml')

const columns =
  'TYPE_NAME:name DATA_TYPE:smallint PRECISION:int? LITERAL_PREFIX:v32? LITERAL_SUFFIX:v32? CREATE_PARAMS:v32? NULLABLE:smallint CASE_SENSITIVE:smallint SEARCHABLE:smallint UNSIGNED_ATTRIBUTE:smallint? MONEY:smallint AUTO_INCREMENT:smallint? LOCAL_TYPE_NAME:name? MINIMUM_SCALE:smallint? MAXIMUM_SCALE:smallint? SQL_DATA_TYPE:smallint SQL_DATETIME_SUB:smallint? NUM_PREC_RADIX:int? INTERVAL_PRECISION:smallint? USERTYPE:smallint?'

function typeInfo(call: ProcedureCall, rows: readonly TypeRow[]): void {
  const version = call.number('ODBCVer') === 3 ? 3 : 2
  const wanted = call.number('data_type') ?? 0
  const numberOf = (row: TypeRow): number =>
    version === 3 ? row.type : row.type === 93 ? 11 : row.type === 91 ? 9 : row.type
  const caseSensitive = /_C[S]|_BIN/.test(call.x.session.database.collation.name) ? 1 : 0
  const listed = rows
    .filter((row) => wanted === 0 || numberOf(row) === wanted)
    .sort(
      (a, b) =>
        numberOf(a) - numberOf(b) ||
        (a.increment ?? -1) - (b.increment ?? -1) ||
        (a.money ?? 0) - (b.money ?? 0) ||
        a.userType - b.userType,
    )
    .map((row): Cell[] => [
      row.name,
      numberOf(row),
      row.precision,
      row.quotes?.[0] ?? null,
      row.quotes ? row.quotes[1] || null : null,
      row.create ?? null,
      row.nullable ?? 1,
      row.caseSensitive ?? (row.quotes === text || row.quotes === wide ? caseSensitive : 0),
      row.searchable ?? 3,
      row.unsigned ?? null,
      row.money ?? 0,
      row.increment ?? null,
      row.name,
      row.scale?.[0] ?? null,
      row.scale?.[1] ?? null,
      row.sqlType ?? row.type,
      row.sub ?? null,
      row.radix ?? null,
      null,
      row.userType,
    ])
  call.send(columns, listed)
}

const attributes = (call: ProcedureCall): readonly (readonly [number, string, string])[] => {
  const { collation } = call.x.session.instance.options
  return [
    [1, 'DBMS_NAME', 'Microsoft SQL Server'],
    [2, 'DBMS_VER', `Microsoft SQL Server 2022 - ${productVersion.text}`],
    [10, 'OWNER_TERM', 'owner'],
    [11, 'TABLE_TERM', 'table'],
    [12, 'MAX_OWNER_NAME_LENGTH', '128'],
    [13, 'TABLE_LENGTH', '128'],
    [14, 'MAX_QUAL_LENGTH', '128'],
    [15, 'COLUMN_LENGTH', '128'],
    [16, 'IDENTIFIER_CASE', /_CS|_BIN/.test(collation) ? 'SENSITIVE' : 'MIXED'],
    [17, 'TX_ISOLATION', '2'],
    [18, 'COLLATION_SEQ', `charset=iso_1 collation=${collation}`],
    [19, 'SAVEPOINT_SUPPORT', 'Y'],
    [20, 'MULTI_RESULT_SETS', 'Y'],
    [22, 'ACCESSIBLE_TABLES', 'Y'],
    [100, 'USERID_LENGTH', '128'],
    [101, 'QUALIFIER_TERM', 'database'],
    [102, 'NAMED_TRANSACTIONS', 'Y'],
    [103, 'SPROC_AS_LANGUAGE', 'Y'],
    [104, 'ACCESSIBLE_SPROC', 'Y'],
    [105, 'MAX_INDEX_COLS', '16'],
    [106, 'RENAME_TABLE', 'Y'],
    [107, 'RENAME_COLUMN', 'Y'],
    [108, 'DROP_COLUMN', 'Y'],
    [109, 'INCREASE_COLUMN_LENGTH', 'Y'],
    [110, 'DDL_IN_TRANSACTION', 'Y'],
    [111, 'DESCENDING_INDEXES', 'Y'],
    [112, 'SP_RENAME', 'Y'],
    [113, 'REMOTE_SPROC', 'Y'],
    [500, 'SYS_SPROC_VERSION', `16.00.${productVersion.build}`],
  ]
}

function serverInfo(call: ProcedureCall): number {
  const wanted = call.number('attribute_id')
  const rows = attributes(call).filter(([id]) => wanted === undefined || id === wanted)
  call.send('attribute_id:int attribute_name:v60 attribute_value:v255?', rows)
  return 0
}

const listing = (rows: readonly TypeRow[]): SystemProcedure => ({
  parameters: 'data_type:int? ODBCVer:tinyint?',
  run: (call) => {
    typeInfo(call, rows)
    return 0
  },
})

export const typeProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_datatype_info: listing([...shared, ...old]),
  sp_datatype_info_90: listing([...shared, ...old, ...xmlOf2005]),
  sp_datatype_info_100: listing([...shared, ...recent]),
  sp_server_info: { parameters: 'attribute_id:int?', run: serverInfo },
}
