import type sql from 'mssql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
  await pool.batch('CREATE DATABASE app')
  await pool.close()
  pool = await server.connect({ database: 'app' })
})
afterAll(() => server[Symbol.asyncDispose]())

const rows = async (text: string): Promise<unknown[]> => [...(await pool.batch(text)).recordset]

test('sequences count, cycle, restart and end', async () => {
  await pool.batch('CREATE SEQUENCE dbo.seq AS int START WITH 5 INCREMENT BY 5 MAXVALUE 20')
  await pool.batch('CREATE TABLE numbered(id int DEFAULT NEXT VALUE FOR dbo.seq, what varchar(9))')
  await pool.batch("INSERT numbered(what) VALUES ('a'), ('b')")
  expect(await rows('SELECT id, what FROM numbered')).toEqual([
    { id: 5, what: 'a' },
    { id: 10, what: 'b' },
  ])
  expect(await rows('DECLARE @n int = NEXT VALUE FOR seq; SELECT @n AS n, NEXT VALUE FOR dbo.seq AS m')).toEqual([
    { n: 15, m: 20 },
  ])
  expect(await failure(rows('SELECT NEXT VALUE FOR dbo.seq AS n'))).toMatchObject({
    number: 11728,
    class: 16,
    state: 1,
  })
  await pool.batch('ALTER SEQUENCE dbo.seq RESTART WITH 10 CYCLE MINVALUE 1')
  expect(await rows('SELECT NEXT VALUE FOR seq AS a')).toEqual([{ a: 10 }])
  expect(
    await rows(
      "DECLARE @first sql_variant; EXEC sp_sequence_get_range @sequence_name = N'dbo.seq', @range_size = 2, @range_first_value = @first OUTPUT; SELECT CAST(@first AS int) AS f, (SELECT CAST(current_value AS int) FROM sys.sequences WHERE name = 'seq') AS c",
    ),
  ).toEqual([{ f: 15, c: 20 }])
  await pool.batch('BEGIN TRAN; SELECT NEXT VALUE FOR seq; ROLLBACK')
  expect(await rows('SELECT NEXT VALUE FOR seq AS a')).toEqual([{ a: 6 }])
  await pool.batch('CREATE SEQUENCE big')
  expect(await rows('SELECT NEXT VALUE FOR big AS a')).toEqual([{ a: '-9223372036854775808' }])
  expect(await failure(rows('SELECT NEXT VALUE FOR nowhere AS a'))).toMatchObject({ number: 208 })
  expect(await failure(pool.batch('CREATE SEQUENCE zero INCREMENT BY 0'))).toMatchObject({ number: 11700 })
  await pool.batch('DROP SEQUENCE big')
})

test('INSERT … EXEC takes the rows of procedures and strings', async () => {
  await pool.batch("CREATE TABLE got(n int IDENTITY, a int, b varchar(9) NULL DEFAULT 'none')")
  await pool.batch("CREATE PROCEDURE give @n int AS SELECT @n AS x, 'p' AS y; SELECT @n + 1, 'q'; RETURN 3")
  await pool.batch("INSERT got(a, b) EXEC give 5; INSERT got(a) EXEC('SELECT 9')")
  await pool.batch("INSERT INTO got(a) EXEC sp_executesql N'SELECT @v', N'@v int', @v = 12")
  expect(await rows('SELECT a, b FROM got ORDER BY n')).toEqual([
    { a: 5, b: 'p' },
    { a: 6, b: 'q' },
    { a: 9, b: 'none' },
    { a: 12, b: 'none' },
  ])
  expect(await failure(pool.batch('INSERT got(a) EXEC give 1'))).toMatchObject({ number: 213 })
  await pool.batch('CREATE PROCEDURE fill AS INSERT got(a, b) EXEC give 1; SELECT a, b FROM got')
  expect(await failure(pool.batch('INSERT got(a, b) EXEC fill'))).toMatchObject({ number: 8164, class: 16, state: 1 })
  expect(await rows('DECLARE @t TABLE(x int, y varchar(9)); INSERT @t EXEC give 7; SELECT * FROM @t')).toEqual([
    { x: 7, y: 'p' },
    { x: 8, y: 'q' },
  ])
})

test('synonyms stand for tables, procedures and functions', async () => {
  await pool.batch('CREATE TABLE base(a int); CREATE SYNONYM dbo.other FOR dbo.base')
  await pool.batch('INSERT other VALUES (1); UPDATE dbo.other SET a = 2')
  expect(await rows('SELECT a FROM other')).toEqual([{ a: 2 }])
  await pool.batch('CREATE PROCEDURE answer AS SELECT 42 AS a')
  await pool.batch('CREATE SYNONYM ask FOR answer')
  expect(await rows('EXEC ask')).toEqual([{ a: 42 }])
  expect(await rows("SELECT base_object_name AS b FROM sys.synonyms WHERE name = 'other'")).toEqual([
    { b: '[dbo].[base]' },
  ])
  await pool.batch('DROP SYNONYM other')
  expect(await failure(rows('SELECT a FROM other'))).toMatchObject({ number: 208 })
})

test('GOTO and labels', async () => {
  expect(
    await rows(
      'DECLARE @i int = 0; again: SET @i += 1; IF @i < 5 GOTO again; GOTO done; SET @i = 99; done: SELECT @i AS i',
    ),
  ).toEqual([{ i: 5 }])
  expect(await failure(pool.batch('GOTO nowhere'))).toMatchObject({ number: 133, class: 15 })
})

test('DBCC', async () => {
  await pool.batch(
    "CREATE TABLE ident(id int IDENTITY(1,1), a int); INSERT ident VALUES (1), (2); DBCC CHECKIDENT ('ident', RESEED, 10)",
  )
  expect(await rows('INSERT ident OUTPUT inserted.id VALUES (3)')).toEqual([{ id: 11 }])
  expect(await rows("SELECT IDENT_CURRENT('ident') AS n")).toEqual([{ n: 11 }])
  await pool.batch('DELETE ident; DBCC CHECKIDENT (ident, RESEED, 0) WITH NO_INFOMSGS')
  expect(await rows('INSERT ident OUTPUT inserted.id VALUES (3)')).toEqual([{ id: 1 }])
  expect(await failure(pool.batch("DBCC CHECKIDENT ('nope')"))).toMatchObject({ number: 2501 })
  expect(await failure(pool.batch("DBCC CHECKIDENT ('base')"))).toMatchObject({ number: 7997 })
  await pool.batch('DBCC FREEPROCCACHE; DBCC CHECKDB')
  expect((await rows('DBCC USEROPTIONS')).length).toBeGreaterThan(4)
})

test('application locks', async () => {
  const other = await server.connect({ database: 'app' })
  const take =
    "DECLARE @r int; EXEC @r = sp_getapplock @Resource = 'migration', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0; SELECT @r AS r"
  expect(await rows(take)).toEqual([{ r: 0 }])
  expect([...(await other.batch(take)).recordset]).toEqual([{ r: -1 }])
  expect(await rows("DECLARE @r int; EXEC @r = sp_releaseapplock 'migration', 'Session'; SELECT @r AS r")).toEqual([
    { r: 0 },
  ])
  expect([...(await other.batch(take)).recordset]).toEqual([{ r: 0 }])
  await other.close()
  expect(await rows(take)).toEqual([{ r: 0 }])
  expect(await failure(pool.batch("EXEC sp_releaseapplock 'other', 'Session'"))).toMatchObject({ number: 1223 })
  expect(await failure(pool.batch("EXEC sp_getapplock 'a', 'Exclusive'"))).toMatchObject({ number: 50000 })
})
