import type sql from 'mssql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let a: sql.ConnectionPool
let b: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  a = await server.connect()
  await a.batch('CREATE DATABASE one; CREATE DATABASE two')
  await a.batch(
    'USE one; CREATE TABLE t(id int PRIMARY KEY, v int); INSERT t VALUES (1, 1); USE two; CREATE TABLE w(id int); INSERT w VALUES (1); USE one',
  )
  b = await server.connect({ database: 'one' })
})
afterAll(() => server[Symbol.asyncDispose]())

const value = async (pool: sql.ConnectionPool): Promise<unknown> =>
  (await pool.batch('SELECT v FROM t')).recordset[0]?.v

test('a reader waits for a writer and then sees what it committed', async () => {
  await a.batch('BEGIN TRAN; UPDATE t SET v = 2')
  let done = false
  const waiting = value(b).then((seen) => {
    done = true
    return seen
  })
  expect((await a.batch('SELECT v FROM t')).recordset).toEqual([{ v: 2 }])
  expect(done).toBe(false)
  await a.batch('COMMIT')
  expect(await waiting).toBe(2)
})

test('LOCK_TIMEOUT ends a wait with 1222; NOLOCK never waits and sees what is uncommitted', async () => {
  await a.batch('BEGIN TRAN; UPDATE t SET v = 3')
  expect(await failure(b.batch('SET LOCK_TIMEOUT 0; SELECT v FROM t'))).toMatchObject({
    number: 1222,
    class: 16,
    state: 51,
    text: 'Lock request time out period exceeded.',
  })
  expect((await b.batch('SELECT v FROM t WITH (NOLOCK)')).recordset).toEqual([{ v: 3 }])
  await a.batch('ROLLBACK')
  await b.batch('SET LOCK_TIMEOUT -1')
  expect(await value(b)).toBe(2)
})

test('two sessions that wait for each other: one is the victim, 1205, and rolled back', async () => {
  await a.batch('BEGIN TRAN; UPDATE t SET v = 4')
  await b.batch('SET DEADLOCK_PRIORITY LOW; USE two; BEGIN TRAN; UPDATE w SET id = 2')
  const first = a.batch('USE two; SELECT id FROM w')
  const victim = await failure(b.batch('USE one; SELECT v FROM t'))
  expect(victim).toMatchObject({ number: 1205, class: 13, state: 51 })
  expect((await first).recordset).toEqual([{ id: 1 }])
  await a.batch('ROLLBACK; USE one')
  expect((await b.batch('USE one; SELECT @@TRANCOUNT AS n')).recordset).toEqual([{ n: 0 }])
})

test('a session that goes away leaves no locks behind', async () => {
  const c = await server.connect({ database: 'one' })
  await c.batch('BEGIN TRAN; UPDATE t SET v = 9')
  const waiting = value(b)
  await c.close()
  expect(await waiting).toBe(2)
})
