/** What tools and drivers send at connection and for browsing, and the columns that they read. */
import type sql from 'mssql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { librarySchema } from './library-schema.ts'
import { startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let db: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  await (await server.connect()).query('CREATE DATABASE library')
  db = await server.connect({ database: 'library' })
  for (const statement of librarySchema) await db.query(statement)
})
afterAll(() => server[Symbol.asyncDispose]())

const statements: readonly (readonly [client: string, text: string, columns: string])[] = [
  [
    'SMO, at connection',
    `DECLARE @edition sysname; SET @edition = cast(SERVERPROPERTY(N'EDITION') as sysname);
     select case when @edition = N'SQL Azure' then 2 else 1 end as 'DatabaseEngineType',
       SERVERPROPERTY('EngineEdition') AS DatabaseEngineEdition, SERVERPROPERTY('ProductVersion') AS ProductVersion,
       @@MICROSOFTVERSION AS MicrosoftVersion;
     select host_platform from sys.dm_os_host_info`,
    'DatabaseEngineType DatabaseEngineEdition ProductVersion MicrosoftVersion | host_platform',
  ],
  [
    'SMO, at connection',
    `SELECT CAST(serverproperty(N'Servername') AS sysname) AS [Server_Name],
       CAST(serverproperty('IsHadrEnabled') AS bit) AS [IsHadrEnabled],
       'Server[@Name=' + quotename(CAST(serverproperty(N'Servername') AS sysname), '''') + ']' AS [Urn],
       CAST(0x0001 AS int) AS [ServerType]`,
    'Server_Name IsHadrEnabled Urn ServerType',
  ],
  [
    'SMO, session',
    `SELECT dec.encrypt_option, dec.auth_scheme, des.login_name, des.nt_domain, des.nt_user_name, des.date_first,
       des.language, des.lock_timeout, des.text_size, des.transaction_isolation_level
     FROM sys.dm_exec_connections dec JOIN sys.dm_exec_sessions des ON des.session_id = dec.session_id
     WHERE dec.session_id = @@SPID`,
    'encrypt_option auth_scheme login_name nt_domain nt_user_name date_first language lock_timeout text_size transaction_isolation_level',
  ],
  [
    'SMO, databases',
    `SELECT dtb.name AS [Name], dtb.database_id AS [ID], CAST(has_dbaccess(dtb.name) AS bit) AS [IsAccessible],
       dtb.state AS [State], dtb.is_read_only AS [ReadOnly], dtb.recovery_model AS [RecoveryModel],
       dtb.compatibility_level AS [CompatibilityLevel]
     FROM master.sys.databases AS dtb ORDER BY [Name] ASC`,
    'Name ID IsAccessible State ReadOnly RecoveryModel CompatibilityLevel',
  ],
  [
    'SMO, tables',
    `SELECT SCHEMA_NAME(tbl.schema_id) AS [Schema], tbl.name AS [Name], tbl.object_id AS [ID],
       CAST(case when tbl.is_ms_shipped = 1 then 1 when (select major_id from sys.extended_properties
         where major_id = tbl.object_id and minor_id = 0 and class = 1 and name = N'microsoft_database_tools_support')
         is not null then 1 else 0 end AS bit) AS [IsSystemObject],
       tbl.is_memory_optimized AS [IsMemoryOptimized], tbl.temporal_type AS [TemporalType], tbl.is_node AS [IsNode],
       tbl.is_edge AS [IsEdge], tbl.is_external AS [IsExternal]
     FROM sys.tables AS tbl ORDER BY [Schema] ASC, [Name] ASC`,
    'Schema Name ID IsSystemObject IsMemoryOptimized TemporalType IsNode IsEdge IsExternal',
  ],
  [
    'SMO, columns',
    `SELECT clmns.column_id AS [ID], clmns.name AS [Name], clmns.is_nullable AS [Nullable],
       CAST(ISNULL(cik.index_column_id, 0) AS bit) AS [InPrimaryKey], usrt.name AS [DataType],
       ISNULL(baset.name, N'') AS [SystemType],
       CAST(CASE WHEN baset.name IN (N'nchar', N'nvarchar') AND clmns.max_length <> -1 THEN clmns.max_length/2
         ELSE clmns.max_length END AS int) AS [Length],
       CAST(clmns.precision AS int) AS [NumericPrecision], clmns.is_computed AS [Computed],
       clmns.generated_always_type AS [GeneratedAlwaysType], clmns.graph_type AS [GraphType]
     FROM sys.tables AS tbl INNER JOIN sys.all_columns AS clmns ON clmns.object_id = tbl.object_id
     LEFT OUTER JOIN sys.indexes AS ik ON ik.object_id = clmns.object_id and 1 = ik.is_primary_key
     LEFT OUTER JOIN sys.index_columns AS cik ON cik.index_id = ik.index_id and cik.column_id = clmns.column_id
       and cik.object_id = clmns.object_id and 0 = cik.is_included_column
     LEFT OUTER JOIN sys.types AS usrt ON usrt.user_type_id = clmns.user_type_id
     LEFT OUTER JOIN sys.types AS baset ON baset.user_type_id = clmns.system_type_id
       and baset.user_type_id = baset.system_type_id
     WHERE tbl.name = N'book' and SCHEMA_NAME(tbl.schema_id) = N'dbo' ORDER BY [ID] ASC`,
    'ID Name Nullable InPrimaryKey DataType SystemType Length NumericPrecision Computed GeneratedAlwaysType GraphType',
  ],
  [
    'Entity Framework Core, scaffolding',
    `SELECT SCHEMA_NAME([t].[schema_id]) AS [schema], [t].[name], [t].[object_id], 'U' AS [type],
       CAST([e].[value] AS nvarchar(MAX)) AS [comment], [t].[temporal_type]
     FROM [sys].[tables] AS [t]
     LEFT JOIN [sys].[extended_properties] AS [e] ON [e].[major_id] = [t].[object_id] AND [e].[minor_id] = 0
       AND [e].[class] = 1 AND [e].[name] = 'MS_Description'
     WHERE [t].[is_ms_shipped] = 0 AND [t].[object_id] NOT IN (SELECT [ep].[major_id]
       FROM [sys].[extended_properties] AS [ep] WHERE [ep].[minor_id] = 0 AND [ep].[class] = 1
       AND [ep].[name] = N'microsoft_database_tools_support') AND [t].[name] <> '__EFMigrationsHistory'`,
    'schema name object_id type comment temporal_type',
  ],
  [
    'Entity Framework Core, indexes',
    `SELECT SCHEMA_NAME([t].[schema_id]) AS [table_schema], [t].[name] AS [table_name], [i].[name] AS [index_name],
       [i].[is_primary_key], [i].[is_unique_constraint], [i].[is_unique], [i].[has_filter], [i].[filter_definition],
       [i].[fill_factor], COL_NAME([ic].[object_id], [ic].[column_id]) AS [column_name], [ic].[is_descending_key],
       [ic].[is_included_column]
     FROM [sys].[indexes] AS [i] JOIN [sys].[tables] AS [t] ON [i].[object_id] = [t].[object_id]
     JOIN [sys].[index_columns] AS [ic] ON [i].[object_id] = [ic].[object_id] AND [i].[index_id] = [ic].[index_id]
     WHERE [i].[is_hypothetical] = 0 ORDER BY [table_schema], [table_name], [index_name], [ic].[key_ordinal]`,
    'table_schema table_name index_name is_primary_key is_unique_constraint is_unique has_filter filter_definition fill_factor column_name is_descending_key is_included_column',
  ],
  [
    'Entity Framework Core, migrations',
    `SELECT OBJECT_ID(N'[__EFMigrationsHistory]') AS id; SELECT SERVERPROPERTY('EngineEdition') AS edition;
     IF EXISTS (SELECT * FROM [sys].[objects] o WHERE [o].[type] = 'U' AND [o].[is_ms_shipped] = 0
       AND NOT EXISTS (SELECT * FROM [sys].[extended_properties] AS [ep] WHERE [ep].[major_id] = [o].[object_id]
       AND [ep].[minor_id] = 0 AND [ep].[class] = 1 AND [ep].[name] = N'microsoft_database_tools_support'))
       SELECT 1 AS found ELSE SELECT 0 AS found`,
    'id | edition | found',
  ],
  [
    'SqlClient, GetSchema',
    `select TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE from INFORMATION_SCHEMA.TABLES;
     select name as database_name, database_id as dbid, create_date from master.sys.databases;
     select SPECIFIC_CATALOG, SPECIFIC_SCHEMA, SPECIFIC_NAME, ROUTINE_TYPE, CREATED from INFORMATION_SCHEMA.ROUTINES;
     select uid, name as user_name, createdate, updatedate from sysusers`,
    'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_TYPE | database_name dbid create_date | SPECIFIC_CATALOG SPECIFIC_SCHEMA SPECIFIC_NAME ROUTINE_TYPE CREATED | uid user_name createdate updatedate',
  ],
  [
    'the JDBC driver, metadata',
    "EXEC sp_columns_100 N'book', N'dbo', NULL, N'%', @ODBCVer = 3; EXEC sp_pkeys N'book', N'dbo'",
    'TABLE_QUALIFIER TABLE_OWNER TABLE_NAME COLUMN_NAME DATA_TYPE TYPE_NAME PRECISION LENGTH SCALE RADIX NULLABLE REMARKS COLUMN_DEF SQL_DATA_TYPE SQL_DATETIME_SUB CHAR_OCTET_LENGTH ORDINAL_POSITION IS_NULLABLE SS_IS_SPARSE SS_IS_COLUMN_SET SS_IS_COMPUTED SS_IS_IDENTITY SS_UDT_CATALOG_NAME SS_UDT_SCHEMA_NAME SS_UDT_ASSEMBLY_TYPE_NAME SS_XML_SCHEMACOLLECTION_CATALOG_NAME SS_XML_SCHEMACOLLECTION_SCHEMA_NAME SS_XML_SCHEMACOLLECTION_NAME SS_DATA_TYPE | TABLE_QUALIFIER TABLE_OWNER TABLE_NAME COLUMN_NAME KEY_SEQ PK_NAME',
  ],
  [
    'go-sqlcmd',
    "select name, state_desc from sys.databases; select SERVERPROPERTY('ServerName') as s, @@SERVERNAME as n",
    'name state_desc | s n',
  ],
]

test.each(statements)('%s: %#', async (_client, text, columns) => {
  const { recordsets } = await db.query(text)
  const sets = recordsets as unknown as readonly { columns: object }[] // typed as rows alone, though mssql adds the columns
  expect(sets.map((set) => Object.keys(set.columns).join(' ')).join(' | ')).toBe(columns)
})

test('extended properties are added, changed, listed and go with what they describe', async () => {
  const place = "'SCHEMA', 'dbo', 'TABLE', 'book', 'COLUMN', 'd'"
  const list = () =>
    db.query(
      "SELECT class_desc, COL_NAME(major_id, minor_id) AS name, CAST(value AS nvarchar(100)) AS value FROM sys.extended_properties WHERE name = 'MS_Description'",
    )
  await db.query(`EXEC sp_addextendedproperty N'MS_Description', N'the day', ${place}`)
  await expect(db.query(`EXEC sp_addextendedproperty N'MS_Description', N'again', ${place}`)).rejects.toMatchObject({
    number: 15233,
  })
  await db.query(`EXEC sys.sp_updateextendedproperty N'MS_Description', N'a day', ${place}`)
  expect((await list()).recordset).toEqual([{ class_desc: 'OBJECT_OR_COLUMN', name: 'd', value: 'a day' }])
  await db.query(`EXEC sp_dropextendedproperty N'MS_Description', ${place}`)
  expect((await list()).recordset).toEqual([])
  await expect(db.query(`EXEC sp_dropextendedproperty N'MS_Description', ${place}`)).rejects.toMatchObject({
    number: 15217,
  })
})

test('options are set by sp_configure, and run after RECONFIGURE', async () => {
  const option = async () =>
    (await db.query("SELECT value, value_in_use FROM sys.configurations WHERE name = 'show advanced options'"))
      .recordset
  await expect(db.query("EXEC sp_configure 'max degree of parallelism', 2")).rejects.toMatchObject({ number: 15123 })
  await db.query("EXEC sp_configure 'show advanced options', 1")
  expect(await option()).toEqual([{ value: 1, value_in_use: 0 }])
  await db.query('RECONFIGURE WITH OVERRIDE')
  expect(await option()).toEqual([{ value: 1, value_in_use: 1 }])
  const { recordset } = await db.query("EXEC sp_configure 'max degree'")
  expect(recordset).toEqual([
    { name: 'max degree of parallelism', minimum: 0, maximum: 32_767, config_value: 0, run_value: 0 },
  ])
})

test('definitions come back as the catalogue writes them', async () => {
  const { recordset } = await db.query(
    'SELECT name, definition FROM sys.check_constraints UNION ALL SELECT name, definition FROM sys.default_constraints UNION ALL SELECT name, definition FROM sys.computed_columns ORDER BY name',
  )
  expect(recordset).toEqual([
    { name: 'book_now', definition: '(sysdatetime())' },
    { name: 'book_price', definition: "([price]>(0) AND [title]<>'')" },
    { name: 'book_title_x', definition: "('x')" },
    { name: 'twice', definition: '([price]*(2))' },
  ])
})

test('properties of objects, columns, indexes and types', async () => {
  const { recordset } = await db.query(`SELECT
    OBJECTPROPERTY(OBJECT_ID('book'), 'TableHasPrimaryKey') AS a, OBJECTPROPERTY(OBJECT_ID('books'), 'IsView') AS b,
    OBJECTPROPERTY(OBJECT_ID('pk_book'), 'IsPrimaryKey') AS c, OBJECTPROPERTYEX(OBJECT_ID('book'), 'Cardinality') AS d,
    COLUMNPROPERTY(OBJECT_ID('book'), 'at', 'Precision') AS e, COLUMNPROPERTY(OBJECT_ID('book'), 'twice', 'IsComputed') AS f,
    INDEXPROPERTY(OBJECT_ID('book'), 'pk_book', 'IsClustered') AS g, INDEX_COL('dbo.book', 2, 1) AS h,
    INDEXKEY_PROPERTY(OBJECT_ID('book'), 2, 1, 'IsDescending') AS i, TYPEPROPERTY('sysname', 'AllowsNull') AS j,
    FILE_NAME(2) AS k, FILEGROUP_NAME(1) AS l, OBJECTPROPERTY(OBJECT_ID('book'), 'Nonsense') AS m`)
  expect(recordset).toEqual([
    {
      ...{ a: 1, b: 1, c: 1, d: 1, e: 23, f: 1, g: 1, h: 'title', i: 1, j: 0 },
      ...{ k: 'library_log', l: 'PRIMARY', m: null },
    },
  ])
})

test('a query is described without being run', async () => {
  const { recordset } = await db.query(
    "EXEC sp_describe_first_result_set N'DECLARE @x int; SELECT id, title, price * 2 AS twice FROM book WHERE id = @id', N'@id int'",
  )
  const told = recordset.map((row) => [row.column_ordinal, row.name, row.system_type_name, row.is_nullable])
  expect(told).toEqual([
    [1, 'id', 'bigint', false],
    [2, 'title', 'varchar(100)', false],
    [3, 'twice', 'numeric(12,2)', true],
  ])
  await expect(db.query("EXEC sp_describe_first_result_set N'SELECT nothing FROM book'")).rejects.toMatchObject({
    number: 207,
  })
})
