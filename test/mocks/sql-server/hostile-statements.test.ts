import type sql from 'mssql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
})
afterAll(() => server[Symbol.asyncDispose]())

const broken = () => server.journal.filter(({ type }) => type === 'internal-error')
const rows = async (text: string) => (await pool.batch(text)).recordset

test('patterns with many % and sets take no longer than others', async () => {
  const hostile = `'%${'a%'.repeat(30)}b'`
  expect(await rows(`SELECT 1 AS hit WHERE REPLICATE('a', 8000) LIKE ${hostile}`)).toEqual([])
  expect(await rows(`SELECT PATINDEX('%[a-z]%[a-z]%[a-z]%[0-9]%', REPLICATE('a', 8000)) AS at`)).toEqual([{ at: 0 }])
  expect(
    await rows(`SELECT v FROM (VALUES ('abc'), ('aXbYc'), ('ab'), ('cab'), ('a-c'), ('a]c'), ('ac')) t(v)
      WHERE v LIKE 'a%b%c' OR v LIKE '_[-]_' OR v LIKE 'a[]]c' ORDER BY v`),
  ).toEqual([{ v: 'a-c' }, { v: 'abc' }, { v: 'aXbYc' }])
  expect(
    await rows(`SELECT PATINDEX('%b%c%', 'aabbcc') AS a, PATINDEX('ab%', 'xab') AS b, PATINDEX('%ab', 'abxab') AS c,
      PATINDEX('%[^a]%', 'aab') AS d, PATINDEX('%', '') AS e, PATINDEX('%[z-a]%', 'abc') AS f`),
  ).toEqual([{ a: 3, b: 0, c: 4, d: 3, e: 1, f: 0 }])
})

test.each([
  ['doubled without end', "DECLARE @s nvarchar(max) = N'x'; WHILE 1 = 1 SET @s = @s + @s"],
  ['repeated', "SELECT REPLICATE(CAST('x' AS varchar(max)), 2000000000)"],
  [
    'of many rows',
    "SELECT STRING_AGG(REPLICATE(CAST('x' AS varchar(max)), 3000000), ',') FROM GENERATE_SERIES(1, 200)",
  ],
])('a text %s runs out of memory (701), and the session goes on', async (_, statement) => {
  await pool.batch("IF OBJECT_ID(N'tempdb..#alive') IS NULL CREATE TABLE #alive (id int)")
  expect(await failure(pool.batch(statement))).toMatchObject({ number: 701, class: 17 })
  expect(await rows('SELECT COUNT(*) AS n FROM #alive')).toEqual([{ n: 0 }])
  expect(broken()).toEqual([])
})

test('a recursion that grows without end is refused', async () => {
  const grow = 'WITH r AS (SELECT 1 AS n UNION ALL SELECT 1 FROM r CROSS JOIN (VALUES (1), (2), (3), (4)) t(x))'
  expect(await failure(pool.batch(`${grow} SELECT COUNT(*) FROM r`))).toMatchObject({ number: 50900 })
})

test('long numbers, long widths and long texts in errors', async () => {
  const nines = "REPLICATE(CAST('9' AS varchar(max)), 3000000)"
  const overflow = await failure(pool.batch(`SELECT CAST(${nines} AS int)`))
  expect(overflow).toMatchObject({ number: 248 })
  expect(overflow.text).toHaveLength(2047)
  expect(await failure(pool.batch(`SELECT CAST(${nines} AS decimal(38, 0))`))).toMatchObject({ number: 8115 })
  expect(await rows("SELECT CAST(' -00012 ' AS int) AS i, CAST('0' AS decimal(5, 2)) AS d")).toEqual([{ i: -12, d: 0 }])
  expect(
    await rows("SELECT STR(1, 2000000000, 2) AS s, LEN(REPLICATE(CAST(N' ' AS nvarchar(max)), 500000) + N'x') AS n"),
  ).toEqual([{ s: null, n: '500001' }])
  expect(await failure(pool.batch("RAISERROR('%2000000000d', 16, 1, 1)"))).toMatchObject({ number: 50000 })
  expect(broken()).toEqual([])
})

test('names of things that every JavaScript object has are no properties', async () => {
  expect(
    await rows("SELECT SERVERPROPERTY('constructor') AS a, DATABASEPROPERTYEX('master', '__proto__') AS b"),
  ).toEqual([{ a: null, b: null }])
  expect(broken()).toEqual([])
})

test('databases and backups may be called anything', async () => {
  const half = '\ud800'
  const long = 'é'.repeat(128)
  for (const name of ['../../up', 'a\u0000b', half, `${half}x`, '\ufffd', long]) {
    await pool.batch(`CREATE DATABASE [${name}]`)
    await pool.batch(`USE [${name}]; CREATE TABLE t(a int); USE master`)
  }
  for (const name of ['../../up', 'a\u0000b', half, `${half}x`, '\ufffd', long])
    await pool.batch(`DROP DATABASE [${name}]`)
  for (const file of ['a\u0000b', 'x'.repeat(300), '.', '', '../x', 'a/../../x', '/tmp/x', '\\\\host\\x'])
    expect(await failure(pool.batch(`BACKUP DATABASE model TO DISK = N'${file}'`)), file).toMatchObject({
      number: 3013,
    })
  expect(broken()).toEqual([])
})

test('sums and counts beyond what an integer holds, and names beyond 128 characters', async () => {
  const most = '9223372036854775807'
  expect(await failure(pool.batch(`SELECT SUM(CAST(${most} AS bigint)) FROM (VALUES (1), (2)) t(a)`))).toMatchObject({
    number: 8115,
    text: 'Arithmetic overflow error converting expression to data type bigint.',
  })
  await failure(pool.batch(`SELECT 1 ORDER BY 1 OFFSET ${most} ROWS FETCH NEXT ${most} ROWS ONLY`))
  expect((await failure(pool.batch('SELECT TOP (-1) 1'))).number).toBeDefined()
  for (const text of [`SELECT 1 AS [${'x'.repeat(129)}]`, `EXEC ${'x'.repeat(70_000)}`])
    expect(await failure(pool.batch(text))).toMatchObject({ number: 103, class: 15 })
  expect(broken()).toEqual([])
})

test('the journal has nothing of a statement with a password that is cut off', async () => {
  const password = 'Half-0f-a-Secret!'
  const { text } = await failure(pool.batch(`CREATE LOGIN half WITH PASSWORD = '${password}`))
  expect(text).toContain(password)
  expect(JSON.stringify(server.journal)).not.toContain(password)
})
