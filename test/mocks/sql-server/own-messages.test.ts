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

test('a message is added, raised with its own severity, replaced and dropped', async () => {
  await pool.batch("EXEC sp_addmessage 50001, 14, N'%s has %d'")
  expect(await failure(pool.batch("RAISERROR(50001, -1, 7, 'ann', 5)"))).toMatchObject({
    number: 50001,
    class: 14,
    state: 7,
    text: 'ann has 5',
  })
  expect((await pool.query("SELECT FORMATMESSAGE(50001, 'bob', 6) AS m")).recordset).toEqual([{ m: 'bob has 6' }])
  expect(await failure(pool.batch("EXEC sp_addmessage 50001, 16, N'x'"))).toMatchObject({ number: 15043 })
  await pool.batch("EXEC sp_addmessage @msgnum = 50001, @severity = 16, @msgtext = N'new', @replace = 'replace'")
  expect((await pool.query('SELECT severity, text FROM sys.messages WHERE message_id > 50000')).recordset).toEqual([
    { severity: 16, text: 'new' },
  ])
  await pool.batch('EXEC sp_dropmessage 50001')
  expect(await failure(pool.batch('RAISERROR(50001, 16, 1)'))).toMatchObject({ number: 18054, class: 16, state: 1 })
})

test('what sp_addmessage refuses', async () => {
  expect(await failure(pool.batch("EXEC sp_addmessage 13000, 16, N'x'"))).toMatchObject({ number: 15040 })
  expect(await failure(pool.batch("EXEC sp_addmessage 50002, 26, N'x'"))).toMatchObject({ number: 15041 })
  expect(await failure(pool.batch('EXEC sp_dropmessage 50002'))).toMatchObject({ number: 15179 })
  server.sqlServer.createLogin({ name: 'plain', password: 'p' })
  const plain = await server.connect({ user: 'plain', password: 'p' })
  expect(await failure(plain.batch("EXEC sp_addmessage 50003, 16, N'x'"))).toMatchObject({ number: 15247 })
})
