import { expect, test } from 'vitest'
import { failure, startTestServer } from './running-server.ts'

const full = {
  number: 1105,
  class: 17,
  state: 2,
  text: expect.stringMatching(
    /^Could not allocate space for object 'dbo\.t' in database 'small' because the 'PRIMARY' filegroup is full\./,
  ),
}
const row = "INSERT t(b) VALUES (REPLICATE(CAST('x' AS varchar(max)), 9000))"

test('a database that is as large as its edition allows refuses with 1105; after a DELETE there is room', async () => {
  await using server = await startTestServer({ maxDatabaseBytes: 1024 * 1024 })
  const admin = await server.connect()
  await admin.batch('CREATE DATABASE small')
  const pool = await server.connect({ database: 'small' })
  await pool.batch('CREATE TABLE t(id int IDENTITY PRIMARY KEY, b varchar(max))')
  expect(await failure(pool.batch(`WHILE 1 = 1 ${row}`))).toMatchObject(full)
  const count = async () => (await pool.batch('SELECT COUNT(*) AS n, @@TRANCOUNT AS open_ FROM t')).recordset[0]
  const before = await count()
  expect(before.n).toBeGreaterThan(50)
  // What a transaction wrote before goes with it.
  expect(await failure(pool.batch(`BEGIN TRAN; UPDATE t SET b = 'y' WHERE id = 1; WHILE 1 = 1 ${row}`))).toMatchObject(
    full,
  )
  expect(await count()).toEqual(before)
  expect((await pool.batch('SELECT LEN(b) AS n FROM t WHERE id = 1')).recordset).toEqual([{ n: '9000' }])
  expect(
    (
      await pool.batch(
        `BEGIN TRY BEGIN TRAN; WHILE 1 = 1 ${row} END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS e, @@TRANCOUNT AS n END CATCH`,
      )
    ).recordset,
  ).toEqual([{ e: 1105, n: 0 }])
  await pool.batch(`DELETE t WHERE id <= 20; ${row}`)
  expect((await count()).n).toBe(before.n - 19)
  await admin.batch('CREATE DATABASE other')
})
