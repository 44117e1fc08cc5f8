import type sql from 'mssql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
  await pool.batch('CREATE DATABASE app; CREATE TABLE app.dbo.t(a int)')
})
afterAll(() => server[Symbol.asyncDispose]())

test('log backups: the recovery model, the chain, and the way back', async () => {
  const add = (n: number) => pool.batch(`INSERT app.dbo.t VALUES (${n})`)
  const numbers = (text: string) => failure(pool.batch(text)).then(({ number }) => number)
  expect(await failure(pool.batch("BACKUP LOG app TO DISK = 'l0.trn'"))).toMatchObject({ number: 3013 })
  await pool.batch('ALTER DATABASE app SET RECOVERY SIMPLE; ALTER DATABASE app SET RECOVERY FULL')
  await add(1)
  await pool.batch("BACKUP DATABASE app TO DISK = 'full.bak'")
  await add(2)
  await pool.batch("BACKUP LOG app TO DISK = 'l1.trn'")
  await add(3)
  await pool.batch("BACKUP LOG app TO DISK = 'l2.trn'")
  await add(4)
  await pool.batch("RESTORE DATABASE app FROM DISK = 'full.bak' WITH NORECOVERY, REPLACE")
  expect(await numbers("RESTORE LOG app FROM DISK = 'l2.trn' WITH NORECOVERY")).toBe(3013)
  await pool.batch(
    "RESTORE LOG app FROM DISK = 'l1.trn' WITH NORECOVERY; RESTORE LOG app FROM DISK = 'l2.trn' WITH NORECOVERY",
  )
  expect(await numbers('SELECT * FROM app.dbo.t')).toBe(927)
  await pool.batch('RESTORE DATABASE app WITH RECOVERY')
  expect([...(await pool.batch('SELECT a FROM app.dbo.t ORDER BY a')).recordset]).toEqual([
    { a: 1 },
    { a: 2 },
    { a: 3 },
  ])
  expect(await numbers("RESTORE LOG app FROM DISK = 'l2.trn'")).toBe(3013)
  expect(await numbers('RESTORE DATABASE app WITH RECOVERY')).toBe(3013)
  await pool.batch('ALTER DATABASE app SET RECOVERY SIMPLE')
  expect(await numbers("BACKUP LOG app TO DISK = 'l3.trn'")).toBe(3013)
  const told = server.journal.filter((entry) => entry.type === 'backup').map((entry) => entry.device)
  expect(told).toEqual(['full.bak', 'l1.trn', 'l2.trn'])
})

test.each([
  ["BACKUP LOG master TO DISK = 'm.trn'", 4208],
  ["BACKUP LOG model TO DISK = 'm.trn'", 4214],
  ["RESTORE LOG nowhere FROM DISK = 'l1.trn'", 3118],
  ["RESTORE LOG app FROM DISK = 'l1.trn'", 3117],
  ["RESTORE DATABASE app FROM DISK = 'l1.trn' WITH REPLACE", 3135],
])('%s says why it ends', async (text, number) => {
  const request = pool.request()
  const seen: number[] = []
  request.on('info', (info: { number: number }) => seen.push(info.number))
  const error = await request
    .batch(text)
    .catch((thrown: sql.RequestError & { precedingErrors?: { number: number }[] }) => thrown)
  const all = 'precedingErrors' in error ? (error.precedingErrors ?? []).map((each) => each.number) : []
  expect([...seen, ...all]).toContain(number)
})
