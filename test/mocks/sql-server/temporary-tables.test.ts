import type sql from 'mssql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
  await pool.batch('CREATE DATABASE app; CREATE DATABASE side')
  await pool.close()
  pool = await server.connect({ database: 'app' })
  await pool.batch('CREATE TABLE side.dbo.goods(id int IDENTITY PRIMARY KEY, name varchar(9) UNIQUE, n int DEFAULT 5)')
})
afterAll(() => server[Symbol.asyncDispose]())

const rows = async (text: string): Promise<unknown[]> => [...(await pool.batch(text)).recordset]

test('temporary tables and table variables go along to another database', async () => {
  await pool.batch("CREATE TABLE #t(id int IDENTITY PRIMARY KEY, v varchar(9)); INSERT #t(v) VALUES ('a')")
  expect(
    await rows(
      "DECLARE @v TABLE(n int); INSERT @v VALUES (1); USE side; INSERT #t(v) VALUES ('b'); INSERT @v VALUES (2); USE app; SELECT t.id, t.v, v.n FROM #t t JOIN @v v ON v.n = t.id",
    ),
  ).toEqual([
    { id: 1, v: 'a', n: 1 },
    { id: 2, v: 'b', n: 2 },
  ])
  await pool.batch('DROP TABLE #t')
})

test('table variables do not roll back; temporary tables do', async () => {
  expect(
    await rows(
      `DECLARE @v TABLE(n int PRIMARY KEY); CREATE TABLE #r(n int)
       BEGIN TRAN; INSERT @v VALUES (1); INSERT #r VALUES (1); SAVE TRAN s; INSERT @v VALUES (2); ROLLBACK TRAN s; INSERT @v VALUES (3); ROLLBACK
       SELECT n, (SELECT COUNT(*) FROM #r) AS r FROM @v ORDER BY n`,
    ),
  ).toEqual([
    { n: 1, r: 0 },
    { n: 2, r: 0 },
    { n: 3, r: 0 },
  ])
  await pool.batch('BEGIN TRAN; CREATE TABLE #gone(a int); ROLLBACK')
  expect(await failure(rows('SELECT * FROM #gone'))).toMatchObject({ number: 208 })
})

test('a procedure takes its temporary tables with it, and may hide those outside', async () => {
  await pool.batch('CREATE PROCEDURE hides AS CREATE TABLE #p(a int); INSERT #p VALUES (7); SELECT a FROM #p')
  await pool.batch('CREATE TABLE #p(a int); INSERT #p VALUES (1)')
  expect(await rows('EXEC hides')).toEqual([{ a: 7 }])
  expect(await rows('EXEC hides')).toEqual([{ a: 7 }])
  expect(await rows('SELECT a FROM #p')).toEqual([{ a: 1 }])
  await pool.batch("EXEC('SELECT 1 AS a INTO #inner')")
  expect(await failure(rows('SELECT * FROM #inner'))).toMatchObject({ number: 208 })
})

test("another database's tables are changed by their three-part names", async () => {
  await pool.batch(
    "CREATE TABLE own(name varchar(9)); INSERT own VALUES ('x'), ('y'); SELECT name INTO #names FROM own",
  )
  expect(await rows('INSERT side.dbo.goods(name) OUTPUT inserted.id, inserted.n SELECT name FROM #names')).toEqual([
    { id: 1, n: 5 },
    { id: 2, n: 5 },
  ])
  await pool.batch("UPDATE g SET n = 6 FROM side.dbo.goods g JOIN own o ON o.name = g.name WHERE o.name = 'x'")
  await pool.batch("DELETE side..goods WHERE name = 'y'")
  await pool.batch(
    'MERGE side.dbo.goods AS t USING own AS s ON s.name = t.name WHEN NOT MATCHED THEN INSERT(name, n) VALUES (s.name, 9);',
  )
  expect(await rows('SELECT name, n, DB_NAME() AS db FROM side.dbo.goods ORDER BY name')).toEqual([
    { name: 'x', n: 6, db: 'app' },
    { name: 'y', n: 9, db: 'app' },
  ])
  expect(await failure(pool.batch("INSERT side.dbo.goods(name) VALUES ('x')"))).toMatchObject({ number: 2627 })
  await pool.batch("BEGIN TRAN; UPDATE side.dbo.goods SET n = 0; INSERT own VALUES ('z'); ROLLBACK")
  expect(await rows('SELECT (SELECT MAX(n) FROM side.dbo.goods) AS n, (SELECT COUNT(*) FROM own) AS c')).toEqual([
    { n: 9, c: 2 },
  ])
  await pool.batch('BEGIN TRAN; UPDATE side.dbo.goods SET n = 0; UPDATE own SET name = name')
  expect(await failure(rows('SELECT g.n FROM side.dbo.goods g JOIN app.dbo.own o ON o.name = g.name'))).toMatchObject({
    number: 50900,
  })
  await pool.batch('IF @@TRANCOUNT > 0 ROLLBACK; TRUNCATE TABLE side.dbo.goods')
  expect(await rows('SELECT COUNT(*) AS n FROM side.dbo.goods')).toEqual([{ n: 0 }])
})
