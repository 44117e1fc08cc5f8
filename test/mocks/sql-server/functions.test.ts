import sql from 'mssql'
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
  await pool.batch(
    'CREATE TABLE item(id int PRIMARY KEY, grp int NOT NULL, price decimal(9,2) NOT NULL); INSERT item VALUES (1, 1, 1.50), (2, 1, 2.25), (3, 2, 10)',
  )
})
afterAll(() => server[Symbol.asyncDispose]())

const rows = async (text: string): Promise<unknown[]> => [...(await pool.batch(text)).recordset]

test('a scalar function computes, reads, loops and recurses', async () => {
  await pool.batch(
    'CREATE FUNCTION dbo.total(@grp int, @factor decimal(5,2) = 2) RETURNS decimal(18,2) AS BEGIN DECLARE @sum decimal(18,2); SELECT @sum = SUM(price) FROM dbo.item WHERE grp = @grp; RETURN @sum * @factor END',
  )
  expect(await rows('SELECT dbo.total(1, 1) AS a, dbo.total(grp, DEFAULT) AS b FROM item ORDER BY id')).toEqual([
    { a: 3.75, b: 7.5 },
    { a: 3.75, b: 7.5 },
    { a: 3.75, b: 20 },
  ])
  await pool.batch(
    'CREATE FUNCTION dbo.fact(@n int) RETURNS bigint AS BEGIN IF @n <= 1 RETURN 1; RETURN @n * dbo.fact(@n - 1) END',
  )
  expect(await rows('SELECT dbo.fact(10) AS n')).toEqual([{ n: '3628800' }])
  expect(await failure(rows('SELECT dbo.fact(40) AS n'))).toMatchObject({ number: 217, class: 16, state: 1 })
  await pool.batch(
    "CREATE FUNCTION dbo.digits(@from int, @to int) RETURNS varchar(100) AS BEGIN DECLARE @s varchar(100) = ''; WHILE @from <= @to BEGIN SET @s += CAST(@from AS varchar(10)); SET @from += 1; IF @from > 6 BREAK END RETURN @s END",
  )
  expect(await rows('SELECT dbo.digits(1, 4) AS s, dbo.digits(3, 99) AS t')).toEqual([{ s: '1234', t: '3456' }])
})

test('functions stand in computed columns, constraints, defaults, WHERE and SET', async () => {
  await pool.batch('CREATE FUNCTION dbo.twice(@n int) RETURNS int AS BEGIN RETURN @n * 2 END')
  await pool.batch(
    'CREATE TABLE calc(a int CHECK (dbo.twice(a) < 100), b AS dbo.twice(a), c int DEFAULT dbo.twice(21))',
  )
  await pool.batch('INSERT calc(a) VALUES (4)')
  expect(await rows('SELECT a, b, c FROM calc WHERE dbo.twice(a) = 8')).toEqual([{ a: 4, b: 8, c: 42 }])
  expect(await failure(pool.batch('INSERT calc(a) VALUES (60)'))).toMatchObject({ number: 547 })
  expect(await rows('DECLARE @r int; SET @r = dbo.twice(5); EXEC @r = dbo.twice @n = @r; SELECT @r AS r')).toEqual([
    { r: 20 },
  ])
})

test('inline and multi-statement functions are sources of rows', async () => {
  await pool.batch(
    'CREATE FUNCTION dbo.items_of(@grp int) RETURNS TABLE AS RETURN (SELECT id, price AS amount FROM dbo.item WHERE grp = @grp)',
  )
  expect(await rows('SELECT * FROM dbo.items_of(1) ORDER BY id')).toEqual([
    { id: 1, amount: 1.5 },
    { id: 2, amount: 2.25 },
  ])
  expect(await rows('DECLARE @g int = 2; SELECT f.id FROM dbo.items_of(@g) AS f')).toEqual([{ id: 3 }])
  expect(
    await rows(
      'SELECT g.grp, f.id FROM (SELECT DISTINCT grp FROM item) AS g CROSS APPLY dbo.items_of(g.grp) AS f ORDER BY f.id',
    ),
  ).toEqual([
    { grp: 1, id: 1 },
    { grp: 1, id: 2 },
    { grp: 2, id: 3 },
  ])
  await pool.batch(
    "CREATE FUNCTION dbo.split(@text nvarchar(100)) RETURNS @parts TABLE (n int IDENTITY(1,1) PRIMARY KEY, part nvarchar(20) NOT NULL, raw varbinary(4) NULL) AS BEGIN DECLARE @at int; WHILE LEN(@text) > 0 BEGIN SET @at = CHARINDEX(N',', @text + N','); INSERT @parts(part, raw) VALUES (LEFT(@text, @at - 1), 0x0102); SET @text = SUBSTRING(@text, @at + 1, 100) END; UPDATE @parts SET part = UPPER(part) WHERE n = 1; DELETE FROM @parts WHERE part = N'x'; RETURN END",
  )
  expect(await rows("SELECT * FROM dbo.split(N'a,x,b')")).toEqual([
    { n: 1, part: 'A', raw: Buffer.from([1, 2]) },
    { n: 3, part: 'b', raw: Buffer.from([1, 2]) },
  ])
  expect(
    await rows("SELECT t.v, s.part FROM (VALUES (N'a,b'), (N'c')) AS t(v) OUTER APPLY dbo.split(t.v) AS s"),
  ).toEqual([
    { v: 'a,b', part: 'A' },
    { v: 'a,b', part: 'b' },
    { v: 'c', part: 'C' },
  ])
})

test('what a function must not do is refused when it is made', async () => {
  const body = (text: string) => failure(pool.batch(`CREATE FUNCTION dbo.bad(@a int) RETURNS int AS BEGIN ${text} END`))
  expect(await body('INSERT item VALUES (9, 9, 9); RETURN 1')).toMatchObject({
    number: 443,
    class: 16,
    state: 15,
    text: "Invalid use of a side-effecting operator 'INSERT' within a function.",
  })
  expect(await body('PRINT 1; RETURN 1')).toMatchObject({ number: 443, state: 14 })
  expect(await body('RETURN RAND()')).toMatchObject({ number: 443, state: 1 })
  expect(await body('SELECT 1; RETURN 1')).toMatchObject({ number: 444 })
  expect(await body('SET @a = 2')).toMatchObject({ number: 455, class: 16, state: 2 })
  expect(await body('RETURN (SELECT TOP 1 id FROM #t)')).toMatchObject({ number: 2772 })
  expect(await body('RETURN @b')).toMatchObject({ number: 137 })
  expect(await failure(pool.batch('ALTER FUNCTION dbo.nowhere() RETURNS int AS BEGIN RETURN 1 END'))).toMatchObject({
    number: 208,
  })
})

test('wrong calls fail as SQL Server has it', async () => {
  expect(await failure(rows('SELECT dbo.twice()'))).toMatchObject({ number: 313, class: 16, state: 2 })
  expect(await failure(rows('SELECT dbo.twice(1, 2)'))).toMatchObject({ number: 8144, class: 16, state: 2 })
  expect(await failure(rows('SELECT * FROM dbo.items_of()'))).toMatchObject({ number: 313, state: 3 })
  expect(await failure(rows('SELECT twice(1)'))).toMatchObject({ number: 195 })
  expect(await failure(rows('SELECT dbo.items_of(1)'))).toMatchObject({ number: 4121 })
  expect(await failure(rows('SELECT * FROM dbo.twice(1)'))).toMatchObject({ number: 208 })
  await pool.batch('CREATE FUNCTION dbo.div(@n int) RETURNS int AS\nBEGIN\n  RETURN 1 / @n\nEND')
  expect(await failure(rows('SELECT dbo.div(0)'))).toMatchObject({ number: 8134 })
})

test('the catalogue tells of functions', async () => {
  expect(
    await rows(
      "SELECT name, RTRIM(type) AS type FROM sys.objects WHERE name IN ('twice', 'items_of', 'split') ORDER BY name",
    ),
  ).toEqual([
    { name: 'items_of', type: 'IF' },
    { name: 'split', type: 'TF' },
    { name: 'twice', type: 'FN' },
  ])
  expect(
    await rows(
      "SELECT OBJECT_DEFINITION(OBJECT_ID('dbo.twice')) AS d, OBJECT_ID('dbo.twice', 'FN') - OBJECT_ID('twice') AS z",
    ),
  ).toEqual([{ d: 'CREATE FUNCTION dbo.twice(@n int) RETURNS int AS BEGIN RETURN @n * 2 END', z: 0 }])
  expect(await rows("SELECT ROUTINE_TYPE AS t FROM INFORMATION_SCHEMA.ROUTINES WHERE ROUTINE_NAME = 'split'")).toEqual([
    { t: 'FUNCTION' },
  ])
  await pool.batch('CREATE OR ALTER FUNCTION dbo.fresh() RETURNS int AS BEGIN RETURN 1 END')
  await pool.batch('ALTER FUNCTION dbo.fresh() RETURNS int AS BEGIN RETURN 2 END')
  expect(await rows('SELECT dbo.fresh() AS n')).toEqual([{ n: 2 }])
  await pool.batch('DROP FUNCTION dbo.fresh; DROP FUNCTION IF EXISTS dbo.fresh')
  expect(await failure(rows('SELECT dbo.fresh() AS n'))).toMatchObject({ number: 4121 })
})

test('a function called by RPC gives its value', async () => {
  const { output } = await pool.request().input('n', sql.Int, 7).execute('dbo.twice')
  expect(Object.values(output)).toEqual([14])
})
