import type sql from 'mssql'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  await pool.batch("USE master; IF DB_ID('app') IS NOT NULL DROP DATABASE app; CREATE DATABASE app")
  await pool.batch('USE app')
  await pool.batch(
    'CREATE TABLE item(id int IDENTITY PRIMARY KEY, name varchar(20) NOT NULL, price int NOT NULL DEFAULT 1, both AS name + CAST(price AS varchar(9))); CREATE TABLE log(n int IDENTITY(100,1), what varchar(20), id int, was int, now int)',
  )
})

const rows = async (text: string): Promise<unknown[]> => [...(await pool.batch(text)).recordset]

test('AFTER triggers see inserted and deleted, once a statement', async () => {
  await pool.batch(
    "CREATE TRIGGER audit ON dbo.item AFTER INSERT, UPDATE, DELETE AS BEGIN SET NOCOUNT ON; INSERT log(what, id, was, now) SELECT CASE WHEN d.id IS NULL THEN 'new' WHEN i.id IS NULL THEN 'gone' ELSE 'changed' END, COALESCE(i.id, d.id), d.price, i.price FROM inserted i FULL JOIN deleted d ON d.id = i.id ORDER BY 2 END",
  )
  const { rowsAffected } = await pool.batch("INSERT item(name) VALUES ('a'), ('b')")
  expect(rowsAffected).toEqual([2])
  await pool.batch('UPDATE item SET price = 5 WHERE id = 2; DELETE item WHERE id = 1')
  expect(await rows('SELECT what, id, was, now FROM log ORDER BY n')).toEqual([
    { what: 'new', id: 1, was: null, now: 1 },
    { what: 'new', id: 2, was: null, now: 1 },
    { what: 'changed', id: 2, was: 1, now: 5 },
    { what: 'gone', id: 1, was: 1, now: null },
  ])
  expect(
    await rows("INSERT item(name) VALUES ('c'); SELECT SCOPE_IDENTITY() AS own, @@IDENTITY AS last, @@TRANCOUNT AS t"),
  ).toEqual([{ own: 3, last: 104, t: 0 }])
})

test('UPDATE(), @@ROWCOUNT, @@TRANCOUNT and the nest level in a trigger', async () => {
  await pool.batch(
    'CREATE TRIGGER t ON item FOR UPDATE AS SET NOCOUNT ON; DECLARE @n int = @@ROWCOUNT; IF UPDATE(price) AND NOT UPDATE(name) INSERT log(what, id, was, now) VALUES (CONVERT(varchar(20), COLUMNS_UPDATED(), 1), @n, @@TRANCOUNT, TRIGGER_NESTLEVEL())',
  )
  await pool.batch(
    "INSERT item(name) VALUES ('a'), ('b'); UPDATE item SET price = 2; UPDATE item SET name = 'x', price = 3",
  )
  expect(await rows('SELECT what, id, was, now FROM log')).toEqual([{ what: '0x04', id: 2, was: 1, now: 1 }])
})

test('a trigger rolls back, and the batch ends', async () => {
  await pool.batch(
    "CREATE TRIGGER no ON item AFTER INSERT AS IF EXISTS (SELECT * FROM inserted WHERE price > 10) BEGIN RAISERROR('too dear', 16, 1); ROLLBACK TRANSACTION END",
  )
  const error = await failure(
    pool.batch("INSERT item(name, price) VALUES ('a', 11); INSERT log(what) VALUES ('after')"),
  )
  expect(error).toMatchObject({ number: 3609, class: 16, state: 1 })
  await pool.batch("INSERT item(name, price) VALUES ('b', 9)")
  expect(await rows('SELECT (SELECT COUNT(*) FROM item) AS i, (SELECT COUNT(*) FROM log) AS l')).toEqual([
    { i: 1, l: 0 },
  ])
  expect(
    await rows(
      "BEGIN TRY INSERT item(name, price) VALUES ('c', 12) END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS n, ERROR_PROCEDURE() AS p, XACT_STATE() AS x; ROLLBACK END CATCH",
    ),
  ).toEqual([{ n: 50000, p: 'no', x: -1 }])
})

test('an error in a trigger undoes the statement and the transaction', async () => {
  await pool.batch('CREATE TRIGGER bad ON item AFTER INSERT AS\n  INSERT log(id) SELECT 1 / (price - 1) FROM inserted')
  expect(await failure(pool.batch("BEGIN TRAN; INSERT item(name, price) VALUES ('a', 2), ('b', 1)"))).toMatchObject({
    number: 8134,
    line: 2,
  })
  expect(await rows('SELECT @@TRANCOUNT AS t, (SELECT COUNT(*) FROM item) AS i')).toEqual([{ t: 0, i: 0 }])
})

test('INSTEAD OF triggers on tables and views', async () => {
  await pool.batch("INSERT item(name) VALUES ('a'), ('b')")
  await pool.batch('CREATE VIEW cheap AS SELECT id, name AS label FROM item WHERE price < 10')
  await pool.batch(
    'CREATE TRIGGER cheap_in ON cheap INSTEAD OF INSERT AS INSERT item(name, price) SELECT UPPER(label), 3 FROM inserted',
  )
  await pool.batch(
    'CREATE TRIGGER cheap_up ON cheap INSTEAD OF UPDATE AS UPDATE item SET name = i.label FROM item JOIN inserted i ON i.id = item.id',
  )
  await pool.batch(
    'CREATE TRIGGER cheap_del ON cheap INSTEAD OF DELETE AS DELETE item WHERE id IN (SELECT id FROM deleted)',
  )
  await pool.batch(
    "INSERT cheap(id, label) VALUES (0, 'new'); UPDATE cheap SET label = label + '!' WHERE id > 1; DELETE cheap WHERE id = 1",
  )
  expect(await rows('SELECT id, name, price FROM item ORDER BY id')).toEqual([
    { id: 2, name: 'b!', price: 1 },
    { id: 3, name: 'NEW!', price: 3 },
  ])
  await pool.batch(
    'CREATE TRIGGER soft ON item INSTEAD OF DELETE AS UPDATE item SET price = 0 WHERE id IN (SELECT id FROM deleted)',
  )
  expect(
    (await pool.batch('SET NOCOUNT ON; DELETE item WHERE id = 2; SELECT price FROM item WHERE id = 2')).recordset,
  ).toEqual([{ price: 0 }])
  expect(await failure(pool.batch('CREATE TRIGGER two ON item INSTEAD OF DELETE AS RETURN'))).toMatchObject({
    number: 2111,
  })
})

test('triggers nest, do not fire themselves, and stop at 32', async () => {
  await pool.batch('CREATE TRIGGER again ON log AFTER INSERT AS UPDATE log SET was = ISNULL(was, 0) + 1')
  await pool.batch('CREATE TRIGGER first ON item AFTER INSERT AS INSERT log(what) SELECT name FROM inserted')
  await pool.batch('CREATE TRIGGER again2 ON log AFTER UPDATE AS UPDATE log SET now = ISNULL(now, 0) + 1')
  await pool.batch("INSERT item(name) VALUES ('x')")
  expect(await rows('SELECT what, was, now FROM log')).toEqual([{ what: 'x', was: 1, now: 1 }])
  await pool.batch('CREATE TABLE ping(a int); CREATE TABLE pong(a int)')
  await pool.batch('CREATE TRIGGER ping_t ON ping AFTER INSERT AS INSERT pong SELECT a FROM inserted')
  await pool.batch('CREATE TRIGGER pong_t ON pong AFTER INSERT AS INSERT ping SELECT a FROM inserted')
  expect(await failure(pool.batch('INSERT ping VALUES (1)'))).toMatchObject({ number: 217 })
  expect(await rows('SELECT COUNT(*) AS n FROM ping')).toEqual([{ n: 0 }])
})

test('MERGE, OUTPUT, DISABLE and the catalogue', async () => {
  await pool.batch(
    "CREATE TRIGGER m ON item AFTER INSERT, UPDATE AS INSERT log(what, id) SELECT IIF(EXISTS (SELECT * FROM deleted), 'u', 'i'), COUNT(*) FROM inserted",
  )
  await pool.batch("DISABLE TRIGGER m ON item; INSERT item(name) VALUES ('a'); ENABLE TRIGGER ALL ON item")
  await pool.batch(
    "MERGE item AS t USING (VALUES ('a'), ('b'), ('c')) AS s(name) ON t.name = s.name WHEN MATCHED THEN UPDATE SET price = 7 WHEN NOT MATCHED THEN INSERT(name) VALUES (s.name);",
  )
  expect(await rows('SELECT what, id FROM log ORDER BY n')).toEqual([
    { what: 'i', id: 2 },
    { what: 'u', id: 1 },
  ])
  expect(await failure(pool.batch("INSERT item(name) OUTPUT inserted.id VALUES ('d')"))).toMatchObject({
    number: 334,
    class: 16,
    state: 1,
  })
  expect(
    await rows(
      "DECLARE @o TABLE(id int); INSERT item(name) OUTPUT inserted.id INTO @o VALUES ('d'); SELECT id FROM @o",
    ),
  ).toEqual([{ id: 4 }])
  expect(
    await rows(
      'SELECT t.name, OBJECT_NAME(t.parent_id) AS parent, t.is_disabled, (SELECT COUNT(*) FROM sys.trigger_events e WHERE e.object_id = t.object_id) AS events FROM sys.triggers t',
    ),
  ).toEqual([{ name: 'm', parent: 'item', is_disabled: false, events: 2 }])
  await pool.batch('ALTER TABLE item DISABLE TRIGGER m')
  expect(await rows('SELECT is_disabled FROM sys.triggers')).toEqual([{ is_disabled: true }])
  await pool.batch('DROP TRIGGER m')
  expect(await rows('SELECT * FROM sys.triggers')).toEqual([])
  expect(await failure(pool.batch('CREATE TRIGGER d ON DATABASE FOR CREATE_TABLE AS PRINT 1'))).toMatchObject({
    number: 50900,
  })
  expect(await failure(pool.batch('CREATE TRIGGER d ON nothing AFTER INSERT AS PRINT 1'))).toMatchObject({
    number: 8197,
  })
})
