import sql from 'mssql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'
import { connectTedious, tedious } from './tedious-client.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
})
afterAll(() => server[Symbol.asyncDispose]())

const rows = async (text: string): Promise<unknown[]> => [...((await pool.batch(text)).recordset ?? [])]

test('made, called in every way, altered and dropped', async () => {
  await pool.batch('CREATE PROCEDURE #add @a int, @b int = 3, @sum int OUTPUT AS SET @sum = @a + @b; RETURN 7')
  expect(await rows('DECLARE @s int, @r int; EXEC @r = #add 2, @sum = @s OUTPUT; SELECT @s AS s, @r AS r')).toEqual([
    { s: 5, r: 7 },
  ])
  const request = pool.request().input('a', 4).output('sum', sql.Int)
  const { output, returnValue } = await request.execute('#add')
  expect({ output, returnValue }).toEqual({ output: { sum: 7 }, returnValue: 7 })
  expect(await failure(pool.batch('CREATE PROC #add AS SELECT 1'))).toMatchObject({ number: 2714 })
  await pool.batch('ALTER PROC #add AS SELECT 8 AS now')
  expect(await rows('#add')).toEqual([{ now: 8 }])
  await pool.batch('CREATE OR ALTER PROC #add AS SELECT 9 AS now')
  expect(await rows('EXEC tempdb..#add')).toEqual([{ now: 9 }])
  await pool.batch("IF OBJECT_ID('tempdb..#add', 'P') IS NOT NULL DROP PROCEDURE #add")
  expect(await failure(rows('EXEC #add'))).toMatchObject({ number: 2812, state: 62 })
  expect(await failure(rows('DROP PROC #add'))).toMatchObject({ number: 3701, class: 11, state: 5 })
  await pool.batch('DROP PROC IF EXISTS #add')
})

test('a procedure of one session is nobody else’s, and ends with it', async () => {
  await using first = await connectTedious(server)
  await first.rows('CREATE PROC #mine AS SELECT 1')
  expect(await failure(rows('EXEC #mine'))).toMatchObject({ number: 2812 })
  await new Promise<void>((resolve, reject) => first.connection.reset((error) => (error ? reject(error) : resolve())))
  expect(await failure(first.rows('EXEC #mine'))).toMatchObject({ number: 2812 })
})

test('errors name it as tempdb does: 128 characters, the name in front', async () => {
  await using client = await connectTedious(server)
  await client.rows("CREATE PROC #fails AS raiserror('no', 14, 42)")
  const error = await new Promise<unknown>((resolve) =>
    client.connection.callProcedure(new tedious.Request('#fails', (failed) => resolve(failed))),
  )
  expect(error).toMatchObject({ number: 50000, state: 42, class: 14, lineNumber: 1 })
  expect(error).toHaveProperty('procName', expect.stringMatching(/^#fails_+[0-9A-F]{12}$/))
  expect((error as { procName: string }).procName).toHaveLength(128)
})

test('it rolls back, wholly and to a savepoint', async () => {
  await pool.batch(
    "BEGIN TRAN; EXEC('CREATE PROC #a AS SELECT 1 AS v'); SAVE TRAN s; EXEC('CREATE PROC #b AS SELECT 2 AS v')",
  )
  await pool.batch("EXEC('ALTER PROC #a AS SELECT 3 AS v'); ROLLBACK TRAN s")
  expect(await rows('EXEC #a')).toEqual([{ v: 1 }])
  expect(await failure(rows('EXEC #b'))).toMatchObject({ number: 2812 })
  await pool.batch('IF @@TRANCOUNT > 0 ROLLBACK')
  expect(await failure(rows('EXEC #a'))).toMatchObject({ number: 2812 })
})

test('transactions inside one nest, and GO behind COMMIT is its name', async () => {
  await pool.batch('CREATE TABLE #t(id int)')
  await pool.batch(
    'CREATE PROCEDURE #p\nAS\n  SET NOCOUNT ON;\n\n  begin transaction\n  insert #t values(1)\n  commit transaction\nGO',
  )
  await pool.batch('BEGIN TRAN; EXEC #p; ROLLBACK')
  expect(await rows('SELECT * FROM #t')).toEqual([])
  await pool.batch('BEGIN TRAN; EXEC #p; COMMIT')
  expect(await rows('SELECT * FROM #t')).toEqual([{ id: 1 }])
})

test('views and functions are never temporary', async () => {
  expect(await failure(pool.batch('CREATE VIEW #v AS SELECT 1 AS a'))).toMatchObject({ number: 4103, class: 15 })
  expect(await failure(pool.batch('CREATE FUNCTION #f() RETURNS int AS BEGIN RETURN 1 END'))).toMatchObject({
    number: 1074,
    class: 15,
  })
})
