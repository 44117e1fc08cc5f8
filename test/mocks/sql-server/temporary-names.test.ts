import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

test('a #procedure lends no rights', async () => {
  const pool = await server.connect()
  await pool.batch("CREATE DATABASE lent; CREATE LOGIN guestlike WITH PASSWORD = 'G-1234567890', CHECK_POLICY = OFF")
  await pool.batch('USE lent; CREATE USER guestlike FOR LOGIN guestlike; CREATE TABLE secret(n int); USE master')
  const plain = await server.connect({ user: 'guestlike', password: 'G-1234567890', database: 'lent' })
  await plain.batch('CREATE PROC #look AS SELECT n FROM secret')
  expect(await failure(plain.batch('EXEC #look'))).toMatchObject({ number: 229 })
})

test('#tables have the names of tempdb in errors', async () => {
  const pool = await server.connect()
  await pool.batch('CREATE TABLE #t(id int NOT NULL CONSTRAINT pk_of_t PRIMARY KEY, n int CHECK (n > 0), s varchar(2))')
  const stored = '#t_{114}[0-9A-F]{12}'
  const told = async (sql: string) => (await failure(pool.batch(sql))).text
  expect(await told('INSERT #t VALUES (NULL, 1, NULL)')).toMatch(new RegExp(`table 'tempdb.dbo.${stored}'`))
  expect(await told("INSERT #t VALUES (1, 1, 'abc')")).toMatch(new RegExp(`in table 'tempdb.dbo.${stored}'`))
  expect(await told('INSERT #t VALUES (1, 0, NULL)')).toMatch(
    new RegExp(`in database "tempdb", table "dbo.${stored}", column 'n'`),
  )
  expect(await told('INSERT #t VALUES (1, 1, NULL), (1, 1, NULL)')).toBe(
    "Violation of PRIMARY KEY constraint 'pk_of_t'. Cannot insert duplicate key in object 'dbo.#t'. The duplicate key value is (1).",
  )
})

test('SET ROWCOUNT stops changes too', async () => {
  const pool = await server.connect()
  await pool.batch('CREATE TABLE #r(n int); INSERT #r VALUES (1), (2), (3)')
  const after = async (sql: string): Promise<unknown> =>
    (await pool.batch(`SET ROWCOUNT 2; ${sql}; SELECT @@ROWCOUNT AS changed; SET ROWCOUNT 0`)).recordset[0].changed
  expect(await after('UPDATE #r SET n = 9')).toBe(2)
  expect(await after('INSERT #r SELECT n FROM #r')).toBe(2)
  expect(await after('DELETE #r')).toBe(2)
  expect(await after('SELECT * INTO #s FROM #r')).toBe(2)
})
