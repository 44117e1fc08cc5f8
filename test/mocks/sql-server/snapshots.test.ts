import type sql from 'mssql'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let one: sql.ConnectionPool
let two: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  one = await server.connect()
  await one.batch('CREATE DATABASE app')
  await one.close()
  one = await server.connect({ database: 'app' })
  await one.batch('CREATE TABLE t(id int PRIMARY KEY, v int); CREATE TABLE other(a int)')
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  await one.batch('DELETE t; INSERT t VALUES (1, 10), (2, 20)')
  two = await server.connect({ database: 'app' })
})

const rows = async (pool: sql.ConnectionPool, text: string): Promise<unknown[]> => [
  ...(await pool.batch(text)).recordset,
]

test('READ_COMMITTED_SNAPSHOT: a reader sees what is committed, and waits for nobody', async () => {
  await two.close()
  await one.batch('ALTER DATABASE app SET READ_COMMITTED_SNAPSHOT ON')
  two = await server.connect({ database: 'app' })
  await one.batch('BEGIN TRAN; UPDATE t SET v = 11 WHERE id = 1')
  expect(await rows(two, 'SET LOCK_TIMEOUT 0; SELECT v FROM t WHERE id = 1')).toEqual([{ v: 10 }])
  expect(await failure(two.batch('SELECT v FROM t WITH (READCOMMITTEDLOCK)'))).toMatchObject({ number: 1222 })
  await one.batch('COMMIT')
  expect(await rows(two, 'SELECT v FROM t WHERE id = 1')).toEqual([{ v: 11 }])
  expect(await rows(one, "SELECT is_read_committed_snapshot_on AS a FROM sys.databases WHERE name = 'app'")).toEqual([
    { a: true },
  ])
  await two.close()
  await one.batch('ALTER DATABASE app SET READ_COMMITTED_SNAPSHOT OFF')
})

test('SNAPSHOT: refused until it is allowed; then one moment for the whole transaction', async () => {
  const begin = 'SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRAN; SELECT SUM(v) AS v FROM t'
  expect(await failure(two.batch(begin))).toMatchObject({ number: 3952, class: 16, state: 1 })
  await two.batch('IF @@TRANCOUNT > 0 ROLLBACK')
  await one.batch('ALTER DATABASE app SET ALLOW_SNAPSHOT_ISOLATION ON')
  expect(await rows(two, begin)).toEqual([{ v: 30 }])
  await one.batch('UPDATE t SET v = 100 WHERE id = 1')
  expect(await rows(two, 'SELECT SUM(v) AS v FROM t')).toEqual([{ v: 30 }])
  expect(await failure(two.batch('UPDATE t SET v = 5 WHERE id = 1'))).toMatchObject({ number: 3960, class: 16 })
  expect(await rows(two, 'SELECT @@TRANCOUNT AS c, SUM(v) AS v FROM t')).toEqual([{ c: 0, v: 120 }])
  await two.batch('BEGIN TRAN; SELECT 1 AS a FROM t; UPDATE t SET v = 7 WHERE id = 2; COMMIT')
  expect(await rows(one, 'SELECT v FROM t WHERE id = 2')).toEqual([{ v: 7 }])
  await two.batch('BEGIN TRAN; SELECT 1 AS a FROM t')
  await one.batch('ALTER TABLE other ADD b int')
  expect(await failure(two.batch('SELECT * FROM other'))).toMatchObject({ number: 3961 })
  await two.close()
})

test('a doomed transaction can only be rolled back, as a whole', async () => {
  const inCatch = (statement: string) =>
    rows(
      two,
      `SET XACT_ABORT ON; BEGIN TRAN; SAVE TRAN s; BEGIN TRY DECLARE @a int = 1/0 END TRY BEGIN CATCH
       DECLARE @x int = XACT_STATE()
       BEGIN TRY ${statement} END TRY BEGIN CATCH SELECT @x AS x, ERROR_NUMBER() AS n END CATCH
       IF @@TRANCOUNT > 0 ROLLBACK END CATCH`,
    )
  expect((await inCatch('INSERT t VALUES (3, 3)')).at(-1)).toEqual({ x: -1, n: 3930 })
  expect((await inCatch('COMMIT')).at(-1)).toEqual({ x: -1, n: 3930 })
  expect((await inCatch('ROLLBACK TRAN s')).at(-1)).toEqual({ x: -1, n: 3931 })
  expect(
    await failure(two.batch('SET XACT_ABORT ON; BEGIN TRAN; BEGIN TRY SELECT 1/0 AS a END TRY BEGIN CATCH END CATCH')),
  ).toMatchObject({ number: 3998 })
  await two.close()
})

test('266: a procedure that leaves a transaction open, by EXEC and by RPC', async () => {
  await one.batch('CREATE OR ALTER PROCEDURE leave AS BEGIN TRANSACTION')
  expect(await failure(one.batch('EXEC leave'))).toMatchObject({ number: 266, class: 16, state: 2 })
  await one.batch('ROLLBACK')
  expect(await failure(one.request().execute('leave'))).toMatchObject({ number: 266, class: 16, state: 2 })
  await one.batch('ROLLBACK')
  await two.close()
})
