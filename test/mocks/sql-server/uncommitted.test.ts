import type sql from 'mssql'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let writer: sql.ConnectionPool
let reader: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  writer = await server.connect()
  await writer.batch('CREATE DATABASE shop; CREATE DATABASE other')
  await writer.batch(`USE other; CREATE TABLE far(id int PRIMARY KEY, v int); USE shop
    CREATE TABLE goods(id int IDENTITY PRIMARY KEY, name nvarchar(20) NOT NULL, price decimal(9, 2), twice AS price * 2, big bigint)
    CREATE TABLE notes(id int)`)
  await writer.batch('CREATE VIEW priced AS SELECT id, name, twice FROM goods')
  reader = await server.connect({ database: 'shop' })
})
afterAll(() => server[Symbol.asyncDispose]())

beforeEach(async () => {
  await writer.batch(
    "DELETE goods; INSERT goods(name, price, big) VALUES (N'tea', 1.25, 9007199254740993); DELETE other.dbo.far; INSERT other.dbo.far VALUES (1, 1)",
  )
  await reader.batch('SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCK_TIMEOUT 0')
})

const read = async (text: string): Promise<unknown[]> => [...((await reader.batch(text)).recordset ?? [])]

test('NOLOCK sees rows that were inserted, changed and deleted without a commit, and no longer after the rollback', async () => {
  await writer.batch(
    "BEGIN TRAN; INSERT goods(name, price) VALUES (N'милк', 2), (N'salt', 3); UPDATE goods SET price = 5 WHERE name = N'tea'; DELETE goods WHERE name = N'salt'",
  )
  const dirty = [
    { name: 'tea', price: 5, twice: 10, big: '9007199254740993' },
    { name: 'милк', price: 2, twice: 4, big: null },
  ]
  const query = 'SELECT name, price, twice, big FROM goods WITH (NOLOCK) ORDER BY id'
  expect(await read(query)).toEqual(dirty)
  expect(await read(query)).toEqual(dirty)
  expect(await failure(read('SELECT name FROM goods'))).toMatchObject({ number: 1222 })
  await writer.batch('ROLLBACK')
  expect(await read(query)).toEqual([{ name: 'tea', price: 1.25, twice: 2.5, big: '9007199254740993' }])
})

test('READ UNCOMMITTED holds for every table, READUNCOMMITTED and a hint through a view for one', async () => {
  await writer.batch("BEGIN TRAN; INSERT goods(name, price) VALUES (N'salt', 3)")
  expect(await read('SELECT COUNT(*) AS n FROM goods (READUNCOMMITTED)')).toEqual([{ n: 2 }])
  expect(await read('SELECT name FROM priced WITH (NOLOCK) WHERE twice = 6')).toEqual([{ name: 'salt' }])
  await reader.batch('SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED')
  expect(await read("IF EXISTS (SELECT 1 FROM goods WHERE name = 'salt') SELECT 1 AS seen")).toEqual([{ seen: 1 }])
  expect(await failure(read('SELECT name FROM goods WITH (READCOMMITTED)'))).toMatchObject({ number: 1222 })
  await writer.batch('ROLLBACK')
})

test('uncommitted rows meet temporary tables and go into them', async () => {
  await writer.batch("BEGIN TRAN; INSERT goods(name, price) VALUES (N'salt', 3)")
  expect(
    await read(`SELECT id, name INTO #seen FROM goods WITH (NOLOCK)
      DECLARE @v TABLE(name nvarchar(20)); INSERT @v SELECT name FROM goods WITH (NOLOCK)
      SELECT g.name, s.name AS again, v.name AS once_more
      FROM goods g WITH (NOLOCK) JOIN #seen s ON s.id = g.id JOIN @v v ON v.name = g.name WHERE g.price = 3
      DROP TABLE #seen`),
  ).toEqual([{ name: 'salt', again: 'salt', once_more: 'salt' }])
  await writer.batch('ROLLBACK')
})

test('uncommitted rows of another database', async () => {
  await writer.batch('BEGIN TRAN; UPDATE other.dbo.far SET v = 2')
  expect(await read('SELECT f.v FROM other.dbo.far f WITH (NOLOCK) JOIN notes n (NOLOCK) ON 1 = 0')).toEqual([])
  expect(await read('SELECT f.v FROM other.dbo.far f WITH (NOLOCK)')).toEqual([{ v: 2 }])
  await writer.batch('ROLLBACK')
  expect(await read('SELECT f.v FROM other.dbo.far f WITH (NOLOCK)')).toEqual([{ v: 1 }])
})

test('a table that is being altered is waited for even so', async () => {
  await writer.batch('BEGIN TRAN; ALTER TABLE notes ADD more int')
  expect(await failure(read('SELECT * FROM notes WITH (NOLOCK)'))).toMatchObject({ number: 1222 })
  await writer.batch('ROLLBACK')
  expect(await read('SELECT * FROM notes WITH (NOLOCK)')).toEqual([])
})
