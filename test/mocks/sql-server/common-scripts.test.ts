/** Statements as migration tools, administrators and textbooks write them. */
import type sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  const first = await server.connect()
  await first.batch('CREATE DATABASE app')
  await first.close()
  pool = await server.connect({ database: 'app' })
  await pool.batch(`CREATE SCHEMA hr`)
  await pool.batch(`CREATE TABLE goods(id int IDENTITY PRIMARY KEY, name nvarchar(20) NOT NULL, price money DEFAULT 3, kind int);
    CREATE TABLE kinds(id int PRIMARY KEY, name varchar(9)); CREATE INDEX ix_kind ON goods(kind); CREATE UNIQUE INDEX ix_name ON goods(name);
    INSERT goods(name, kind) VALUES ('a', 1), ('b', 1), ('c', 2); INSERT kinds VALUES (1, 'one'), (2, 'two')`)
})
afterAll(() => server[Symbol.asyncDispose]())

const rows = async (text: string): Promise<unknown[]> => [...((await pool.batch(text)).recordset ?? [])]

describe('run', () => {
  test.each([
    "CREATE DATABASE made CONTAINMENT = NONE ON PRIMARY (NAME = N'made', FILENAME = N'C:\\d\\made.mdf', SIZE = 8192KB, FILEGROWTH = 64MB) LOG ON (NAME = N'made_log', FILENAME = N'C:\\d\\made.ldf', MAXSIZE = 2048GB) COLLATE Latin1_General_CI_AS WITH CATALOG_COLLATION = DATABASE_DEFAULT, LEDGER = OFF",
    'ALTER DATABASE made SET AUTO_CLOSE OFF, AUTO_SHRINK OFF, PAGE_VERIFY CHECKSUM; ALTER DATABASE made SET RECOVERY SIMPLE, ALLOW_SNAPSHOT_ISOLATION ON WITH ROLLBACK IMMEDIATE',
    "ALTER DATABASE made MODIFY FILE (NAME = N'made_log', SIZE = 100MB)",
    'ALTER DATABASE SCOPED CONFIGURATION SET MAXDOP = 4; ALTER DATABASE SCOPED CONFIGURATION CLEAR PROCEDURE_CACHE',
    'DROP DATABASE made',
    'ALTER INDEX ALL ON goods REBUILD WITH (ONLINE = OFF); ALTER INDEX ix_kind ON dbo.goods REORGANIZE; ALTER INDEX ix_kind ON goods SET (ALLOW_ROW_LOCKS = ON)',
    'UPDATE STATISTICS goods; UPDATE STATISTICS dbo.goods ix_kind WITH FULLSCAN, NORECOMPUTE; UPDATE STATISTICS goods (ix_kind) WITH SAMPLE 50 PERCENT',
    'CREATE TABLE packed(id int, v varchar(100) INDEX ix_v, INDEX ix_i NONCLUSTERED (id)) ON [PRIMARY] WITH (DATA_COMPRESSION = PAGE)',
    'ALTER TABLE packed REBUILD PARTITION = ALL WITH (DATA_COMPRESSION = ROW); ALTER TABLE packed SET (LOCK_ESCALATION = TABLE)',
    "SELECT {d '2024-01-02'}, {ts '2024-01-02 03:04:05'}, {fn NOW()}, {fn CONCAT('a', {fn UCASE('b')})} FROM {oj goods g LEFT OUTER JOIN kinds k ON k.id = g.kind}",
    "SELECT 'a' COLLATE DATABASE_DEFAULT; CREATE TABLE #c(v varchar(9) COLLATE DATABASE_DEFAULT)",
  ])('%s', async (text) => void (await pool.batch(text)))
})

describe('OUTPUT tells of other tables too', () => {
  test('of the source of a MERGE, as Entity Framework asks for', async () => {
    expect(
      await rows(
        "MERGE goods USING (VALUES (N'm2', 1), (N'm1', 0)) AS i (name, _Position) ON 1 = 0 WHEN NOT MATCHED THEN INSERT (name) VALUES (i.name) OUTPUT INSERTED.id, i._Position;",
      ),
    ).toEqual([
      { id: 4, _Position: 1 },
      { id: 5, _Position: 0 },
    ])
    expect(
      await rows(
        "MERGE goods AS g USING kinds AS k ON k.id = g.kind WHEN MATCHED AND g.name = 'c' THEN UPDATE SET kind = 9 WHEN NOT MATCHED BY SOURCE THEN DELETE OUTPUT $action AS act, deleted.name, k.name AS other;",
      ),
    ).toEqual([
      { act: 'DELETE', name: 'm2', other: null },
      { act: 'DELETE', name: 'm1', other: null },
      { act: 'UPDATE', name: 'c', other: 'two' },
    ])
  })

  test('of FROM in UPDATE and DELETE', async () => {
    expect(
      await rows(
        "UPDATE g SET kind = 2 OUTPUT inserted.id, deleted.kind AS was, k.name FROM goods g JOIN kinds k ON k.id = g.kind WHERE g.name = 'a'",
      ),
    ).toEqual([{ id: 1, was: 1, name: 'one' }])
    expect(
      await rows(
        "BEGIN TRAN; DELETE g OUTPUT deleted.name, k.name AS kind FROM goods g JOIN kinds k ON k.id <= g.kind WHERE g.name = 'a'; ROLLBACK",
      ),
    ).toEqual([{ name: 'a', kind: 'one' }])
  })
})

test('a disabled index holds nothing until it is rebuilt', async () => {
  const disabled = "SELECT is_disabled FROM sys.indexes WHERE name = 'ix_name'"
  await pool.batch("ALTER INDEX ix_name ON goods DISABLE; INSERT goods(name) VALUES ('a')")
  expect(await rows(disabled)).toEqual([{ is_disabled: true }])
  expect(await failure(rows('ALTER INDEX ix_name ON goods REORGANIZE'))).toMatchObject({ number: 1973 })
  expect(await failure(rows('ALTER INDEX ix_name ON goods REBUILD'))).toMatchObject({ number: 1505 })
  await pool.batch("DELETE goods WHERE name = 'a' AND id > 1; ALTER INDEX ix_name ON goods REBUILD")
  expect(await rows(disabled)).toEqual([{ is_disabled: false }])
  expect(await failure(rows("INSERT goods(name) VALUES ('a')"))).toMatchObject({ number: 2601 })
  expect(await failure(rows('ALTER INDEX nothing ON goods REBUILD'))).toMatchObject({
    number: 2727,
    text: "Cannot find index 'nothing'.",
  })
})

test('statistics have names', async () => {
  await pool.batch('CREATE STATISTICS st ON goods(price, kind) WITH FULLSCAN')
  expect(
    await rows(
      "SELECT s.name, s.user_created AS own, c.column_id AS col FROM sys.stats s JOIN sys.stats_columns c ON c.object_id = s.object_id AND c.stats_id = s.stats_id WHERE s.name = 'st' ORDER BY c.stats_column_id",
    ),
  ).toEqual([
    { name: 'st', own: true, col: 3 },
    { name: 'st', own: true, col: 4 },
  ])
  expect(await failure(rows('CREATE STATISTICS st ON goods(kind)'))).toMatchObject({ number: 1927 })
  await pool.batch('DROP STATISTICS goods.st')
  expect(await failure(rows('UPDATE STATISTICS goods st'))).toMatchObject({ number: 2767 })
})

test('ALTER SCHEMA … TRANSFER moves a table, its triggers, and not what was granted', async () => {
  await pool.batch('CREATE TABLE moving(a int); CREATE ROLE readers; GRANT SELECT ON moving TO readers')
  await pool.batch('CREATE TRIGGER seen ON moving AFTER INSERT AS SELECT a + 1 AS a FROM inserted')
  await pool.batch('ALTER SCHEMA hr TRANSFER OBJECT::dbo.moving')
  expect(await rows('INSERT hr.moving VALUES (1)')).toEqual([{ a: 2 }])
  expect(
    await rows("SELECT COUNT(*) AS n FROM sys.database_permissions WHERE major_id = OBJECT_ID('hr.moving')"),
  ).toEqual([{ n: 0 }])
  expect(await failure(rows('SELECT * FROM moving'))).toMatchObject({ number: 208 })
  expect(await failure(rows('ALTER SCHEMA hr TRANSFER dbo.nothing'))).toMatchObject({ number: 15151 })
})

test('windows have names', async () => {
  expect(
    await rows(
      'SELECT id, SUM(id) OVER w AS s, COUNT(*) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS n, MAX(id) OVER p AS m FROM kinds WINDOW p AS (PARTITION BY name), w AS (ORDER BY id) ORDER BY id',
    ),
  ).toEqual([
    { id: 1, s: 1, n: 1, m: 1 },
    { id: 2, s: 3, n: 2, m: 2 },
  ])
})

test.each([
  ['1 IS NOT DISTINCT FROM 1', 1],
  ['NULL IS DISTINCT FROM 1', 1],
  ['NULL IS NOT DISTINCT FROM NULL', 1],
  ["'a' IS DISTINCT FROM 'A'", 0],
])('%s', async (condition, holds) =>
  expect(await rows(`SELECT CASE WHEN ${condition} THEN 1 ELSE 0 END AS h`)).toEqual([{ h: holds }]),
)

describe('EXECUTE', () => {
  test('WITH RESULT SETS gives results other names and types', async () => {
    const { recordset } = await pool.batch(
      "EXEC('SELECT id, name FROM kinds WHERE id = 1') WITH RESULT SETS ((number varchar(5) NOT NULL, called nvarchar(3)))",
    )
    expect([...recordset]).toEqual([{ number: '1', called: 'one' }])
    expect(recordset.columns.number).toMatchObject({ nullable: false, length: 5 })
    expect(await failure(rows("EXEC('SELECT 1; SELECT 2') WITH RESULT SETS ((a int))"))).toMatchObject({
      number: 11535,
    })
    expect(await failure(rows("EXEC sp_executesql N'SELECT 1, 2' WITH RESULT SETS ((a int))"))).toMatchObject({
      number: 11537,
    })
    expect(await failure(rows("EXEC('SELECT NULL') WITH RESULT SETS ((a int NOT NULL))"))).toMatchObject({
      number: 11553,
    })
    expect(await failure(rows("EXEC('SELECT 1') WITH RESULT SETS NONE"))).toMatchObject({ number: 11535 })
  })

  test('AS USER runs the text as somebody else', async () => {
    await pool.batch('CREATE USER nobody WITHOUT LOGIN')
    expect(await rows("EXEC('SELECT USER_NAME() AS u') AS USER = 'nobody'")).toEqual([{ u: 'nobody' }])
    expect(await rows('SELECT USER_NAME() AS u')).toEqual([{ u: 'dbo' }])
  })
})

test('a label stands behind a column too', async () => {
  expect(await rows('GOTO l1\nSELECT 1 AS a\nl1: SELECT 2 AS a')).toEqual([{ a: 2 }])
})

test('$IDENTITY and IDENTITYCOL are the identity column', async () => {
  expect(await rows('SELECT $IDENTITY, g.$IDENTITY AS again FROM goods g WHERE IDENTITYCOL = 1')).toEqual([
    { id: 1, again: 1 },
  ])
})
