import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { needCollation } from '../../../mocks/sql-server/engine/binder/type-of-ref.ts'
import { databaseFile, SqlDatabase } from '../../../mocks/sql-server/engine/storage/database.ts'
import { startTestServer, type TestServer } from './running-server.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function freshDatabase(): SqlDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'sql-database-test-'))
  folders.push(folder)
  return new SqlDatabase({
    id: 5,
    name: 'one',
    file: databaseFile(folder, 'one'),
    collation: needCollation('Latin1_General_CI_AS'),
    created: '2026-01-01 00:00:00.000',
  })
}

test('the next session takes over the SQLite connection of one that has ended', () => {
  const database = freshDatabase()
  const first = database.open()
  const second = database.open()
  expect(second).not.toBe(first)
  database.giveBack(first)
  expect(database.open()).toBe(first)
  database.giveBack(first)
  database.giveBack(second)
  database.close()
  expect(() => first.exec('SELECT 1')).toThrow()
  expect(() => second.exec('SELECT 1')).toThrow()
})

test.each([
  ['a transaction', 'BEGIN'],
  ['a temporary table', 'CREATE TEMP TABLE t(a)'],
])('a connection with %s is closed, not handed on', (_, sql) => {
  const database = freshDatabase()
  const store = database.open()
  store.exec(sql)
  database.giveBack(store)
  const next = database.open()
  expect(next).not.toBe(store)
  next.close()
})

test('a connection with another file is closed, and no more are kept than eight', () => {
  const database = freshDatabase()
  const other = freshDatabase()
  other.giveBack(other.open())
  const store = database.open()
  store.attach('d6', other.file)
  database.giveBack(store)
  const stores = Array.from({ length: 10 }, () => database.open())
  expect(stores).not.toContain(store)
  for (const one of stores) database.giveBack(one)
  expect(() => stores[9]?.exec('SELECT 1')).toThrow()
  database.close()
  other.close()
})

async function alone(server: TestServer, work: (query: (sql: string) => Promise<unknown[]>) => Promise<void>) {
  const pool = await server.connect({ database: 'one' })
  await work(async (sql) => (await pool.batch(sql)).recordset)
  await pool.close()
  await expect.poll(() => server.sqlServer.listSessions().filter((session) => session.database === 'one')).toEqual([])
}

test('a session sees nothing of the one whose connection it has, and a dropped database leaves no file', async () => {
  await using server = await startTestServer()
  const admin = await server.connect()
  await admin.batch('CREATE DATABASE one; CREATE DATABASE two')
  await alone(server, async (query) => {
    await query('CREATE TABLE t(id int); INSERT t VALUES (1); CREATE TABLE #mine(id int)')
    await query('BEGIN TRAN; UPDATE t SET id = 2')
  })
  await alone(server, async (query) => {
    expect(await query("SELECT id, OBJECT_ID('tempdb..#mine') AS mine, @@TRANCOUNT AS n FROM t")).toEqual([
      { id: 1, mine: null, n: 0 },
    ])
    await query('SELECT name FROM two.sys.tables; UPDATE t SET id = 3')
  })
  await alone(server, async (query) => expect(await query('SELECT id FROM t')).toEqual([{ id: 3 }]))
  await admin.batch('DROP DATABASE one')
  expect(readdirSync(join(server.folder, 'data')).filter((file) => file.startsWith('one'))).toEqual([])
})
