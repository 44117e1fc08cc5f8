import sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  const first = await server.connect()
  await first.batch('CREATE DATABASE app; CREATE DATABASE side')
  await first.close()
  pool = await server.connect({ database: 'app' })
  await pool.batch("EXEC side..sp_executesql N'CREATE TABLE goods(id int PRIMARY KEY, name varchar(9))'")
  await pool.batch(
    "EXEC side.sys.sp_executesql N'CREATE PROCEDURE dbo.twice @n int, @r int OUTPUT AS SET @r = @n * 2; SELECT DB_NAME() AS place, COUNT(*) AS goods FROM goods; RETURN 3'",
  )
})
afterAll(() => server[Symbol.asyncDispose]())

const rows = async (text: string): Promise<unknown[]> => [...(await pool.batch(text)).recordset]

describe('procedures of another database', () => {
  test('run there, with their output and status here', async () => {
    const { recordsets } = await pool.batch(
      'DECLARE @r int, @s int; EXEC @s = side.dbo.twice 4, @r OUTPUT; SELECT @r AS r, @s AS s, DB_NAME() AS here',
    )
    expect(recordsets).toEqual([[{ place: 'side', goods: 0 }], [{ r: 8, s: 3, here: 'app' }]])
  })

  test('by RPC, and through a synonym', async () => {
    const called = await pool.request().input('n', 5).output('r', sql.Int).execute('side..twice')
    expect(called.output).toEqual({ r: 10 })
    expect(called.returnValue).toBe(3)
    await pool.batch('CREATE SYNONYM doubled FOR side.dbo.twice')
    expect(await rows('DECLARE @r int; EXEC doubled 1, @r OUTPUT')).toEqual([{ place: 'side', goods: 0 }])
  })

  test('that are not there', async () => {
    expect(await failure(rows('EXEC side.dbo.nothing'))).toMatchObject({
      number: 2812,
      text: "Could not find stored procedure 'side.dbo.nothing'.",
    })
    expect(await failure(rows('EXEC nowhere.dbo.nothing'))).toMatchObject({ number: 2812 })
  })
})

test('indexes and tables of another database are dropped by their names', async () => {
  await pool.batch('CREATE TABLE side.dbo.brief(a int); CREATE INDEX ix ON side.dbo.brief(a)')
  await pool.batch('DROP INDEX ix ON side.dbo.brief; TRUNCATE TABLE side.dbo.brief; DROP TABLE side.dbo.brief')
  expect(await failure(rows('DROP TABLE side.dbo.brief'))).toMatchObject({
    number: 3701,
    text: "Cannot drop the table 'side.dbo.brief', because it does not exist or you do not have permission.",
  })
})

test('a transaction reads what it has written elsewhere', async () => {
  await pool.batch("CREATE TABLE own(id int, name varchar(9)); INSERT own VALUES (10, 'ten')")
  const { recordsets } = await pool.batch(
    `BEGIN TRAN; INSERT side.dbo.goods VALUES (1, 'a'); SELECT g.name, o.name AS own FROM side.dbo.goods g CROSS JOIN own o
     IF EXISTS (SELECT * FROM side.dbo.goods WHERE id = 1) INSERT own SELECT id, name FROM side.dbo.goods
     INSERT side.dbo.goods SELECT id, name FROM own WHERE id > 1
     SELECT id FROM own ORDER BY id; SELECT id FROM side.dbo.goods ORDER BY id; ROLLBACK`,
  )
  expect(recordsets).toEqual([[{ name: 'a', own: 'ten' }], [{ id: 1 }, { id: 10 }], [{ id: 1 }, { id: 10 }]])
  expect(await rows('SELECT (SELECT COUNT(*) FROM own) AS o, (SELECT COUNT(*) FROM side.dbo.goods) AS g')).toEqual([
    { o: 1, g: 0 },
  ])
})

test('INSERT … EXEC puts rows of here there', async () => {
  await pool.batch("CREATE PROCEDURE two AS SELECT 20, 'x' UNION ALL SELECT 21, 'y'")
  await pool.batch('INSERT INTO side.dbo.goods EXEC two')
  expect(await rows('SELECT id FROM side.dbo.goods WHERE id >= 20 ORDER BY id')).toEqual([{ id: 20 }, { id: 21 }])
})

describe('global temporary tables', () => {
  test('are seen by all sessions, and go with the one that made them', async () => {
    const other = await server.connect({ database: 'side' })
    await pool.batch("CREATE TABLE ##shared(id int IDENTITY, v varchar(9)); INSERT ##shared(v) VALUES ('a')")
    await other.batch("INSERT ##shared(v) VALUES ('b')")
    expect(
      (await other.query('SELECT s.id, ##shared.v FROM ##shared JOIN tempdb..##shared s ON s.id = ##shared.id'))
        .recordset,
    ).toEqual([
      { id: 1, v: 'a' },
      { id: 2, v: 'b' },
    ])
    expect(await rows("SELECT CASE WHEN OBJECT_ID('tempdb..##shared') > 0 THEN 1 END AS there")).toEqual([{ there: 1 }])
    expect(await failure(other.batch('CREATE TABLE ##shared(a int)'))).toMatchObject({ number: 2714 })
    await other.close()
    expect(await rows('SELECT COUNT(*) AS n FROM ##shared')).toEqual([{ n: 2 }])
    const maker = await server.connect()
    await maker.batch('SELECT 1 AS a INTO ##brief')
    expect(await rows('SELECT a FROM ##brief')).toEqual([{ a: 1 }])
    await maker.close()
    await expect.poll(() => server.sqlServer.listSessions().length).toBe(1)
    expect(await failure(rows('SELECT a FROM ##brief'))).toMatchObject({
      number: 208,
      text: "Invalid object name '##brief'.",
    })
    await pool.batch('DROP TABLE ##shared')
  })

  test('are changed by who has no rights in tempdb', async () => {
    await pool.batch("CREATE LOGIN guest1 WITH PASSWORD = 'Pa55-of-guest'; CREATE TABLE ##open(a int)")
    const guest = await server.connect({ user: 'guest1', password: 'Pa55-of-guest' })
    await guest.batch('INSERT ##open VALUES (1); CREATE TABLE ##mine(a int); INSERT ##mine SELECT a FROM ##open')
    expect((await guest.query('SELECT a FROM ##mine')).recordset).toEqual([{ a: 1 }])
    await guest.close()
  })

  test('stay while another session is in a transaction with them', async () => {
    const maker = await server.connect()
    await maker.batch('CREATE TABLE ##busy(a int)')
    await pool.batch('BEGIN TRAN; INSERT ##busy VALUES (1)')
    await maker.close()
    await expect.poll(() => server.sqlServer.listSessions().length).toBe(1)
    expect(await rows('SELECT a FROM ##busy')).toEqual([{ a: 1 }])
    await pool.batch('COMMIT')
    expect(await failure(rows('SELECT a FROM ##busy'))).toMatchObject({ number: 208 })
  })
})

test('grouping sets need no aggregate', async () => {
  await pool.batch('CREATE TABLE grouped(a int, b int); INSERT grouped VALUES (1, 2), (1, 3)')
  expect(await rows('SELECT a FROM grouped GROUP BY ROLLUP(a)')).toEqual([{ a: 1 }, { a: null }])
  expect(await rows('SELECT 1 AS one FROM grouped HAVING 1 = 1')).toEqual([{ one: 1 }])
})
