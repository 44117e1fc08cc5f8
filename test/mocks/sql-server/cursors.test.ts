import type sql from 'mssql'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
  await pool.batch('CREATE TABLE t(id int PRIMARY KEY, name varchar(10), price decimal(9,2))')
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => pool.batch("DELETE t; INSERT t VALUES (1, 'a', 1.5), (2, 'b', 2.5), (3, 'c', 3.5), (4, 'd', 4.5)"))

const rows = async (text: string): Promise<unknown[]> => [...(await pool.batch(text)).recordset]

test('the loop that everybody writes', async () => {
  expect(
    await rows(
      `DECLARE @id int, @name varchar(10), @all varchar(100) = ''
       DECLARE c CURSOR LOCAL FAST_FORWARD FOR SELECT id, name FROM t WHERE price > 2 ORDER BY id DESC
       OPEN c
       FETCH NEXT FROM c INTO @id, @name
       WHILE @@FETCH_STATUS = 0
       BEGIN
         SET @all += @name + CAST(@id AS varchar(10))
         FETCH NEXT FROM c INTO @id, @name
       END
       CLOSE c
       DEALLOCATE c
       SELECT @all AS a, @@FETCH_STATUS AS s, @id AS id`,
    ),
  ).toEqual([{ a: 'd4c3b2', s: -1, id: 2 }])
})

test('scroll cursors go everywhere; a static one sees nothing new, a keyset one sees changes', async () => {
  const walk = (kind: string) =>
    rows(`DECLARE @id int, @name varchar(10), @path varchar(100) = ''
      DECLARE c CURSOR LOCAL SCROLL ${kind} FOR SELECT id, name FROM t ORDER BY id
      OPEN c
      DECLARE @n int = @@CURSOR_ROWS
      UPDATE t SET name = 'B' WHERE id = 2
      DELETE t WHERE id = 3
      FETCH LAST FROM c INTO @id, @name; SET @path += @name
      FETCH FIRST FROM c INTO @id, @name; SET @path += @name
      FETCH RELATIVE 1 FROM c INTO @id, @name; SET @path += @name
      FETCH ABSOLUTE -1 FROM c INTO @id, @name; SET @path += @name
      FETCH PRIOR FROM c INTO @id, @name
      SELECT @path AS p, @@FETCH_STATUS AS s, @n AS n, CURSOR_STATUS('local', 'c') AS status`)
  expect(await walk('STATIC')).toEqual([{ p: 'dabd', s: 0, n: 4, status: 1 }])
  await pool.batch("UPDATE t SET name = 'b' WHERE id = 2; INSERT t VALUES (3, 'c', 3.5)")
  expect(await walk('KEYSET')).toEqual([{ p: 'daBd', s: -2, n: 4, status: 1 }])
})

test('WHERE CURRENT OF changes and deletes the row of the cursor', async () => {
  await pool.batch(`DECLARE @id int
    DECLARE c CURSOR FOR SELECT id FROM t WHERE id > 1 FOR UPDATE OF price
    OPEN c
    FETCH c INTO @id
    UPDATE t SET price = price * 2 WHERE CURRENT OF c
    FETCH NEXT FROM c INTO @id
    DELETE FROM t WHERE CURRENT OF c
    CLOSE c
    DEALLOCATE c`)
  expect(await rows('SELECT id, price FROM t ORDER BY id')).toEqual([
    { id: 1, price: 1.5 },
    { id: 2, price: 5 },
    { id: 4, price: 4.5 },
  ])
  expect(
    await failure(
      pool.batch(
        'DECLARE c CURSOR LOCAL STATIC FOR SELECT id FROM t; OPEN c; DECLARE @i int; FETCH c INTO @i; DELETE t WHERE CURRENT OF c',
      ),
    ),
  ).toMatchObject({ number: 16929, class: 16, state: 1 })
})

test('cursor variables and global cursors', async () => {
  expect(
    await rows(`DECLARE @c CURSOR, @d CURSOR, @id int, @sum int = 0
      SET @c = CURSOR SCROLL FOR SELECT id FROM t ORDER BY id
      OPEN @c
      SET @d = @c
      FETCH NEXT FROM @d INTO @id
      WHILE @@FETCH_STATUS = 0 BEGIN SET @sum += @id; FETCH NEXT FROM @c INTO @id END
      CLOSE @c; DEALLOCATE @c
      SELECT @sum AS s, CURSOR_STATUS('variable', '@c') AS c, CURSOR_STATUS('variable', '@d') AS d, CURSOR_STATUS('global', 'g') AS g`),
  ).toEqual([{ s: 10, c: -2, d: -1, g: -3 }])
  await pool.batch('DECLARE g CURSOR GLOBAL FOR SELECT id, name FROM t; OPEN g')
  const { recordset } = await pool.batch('FETCH NEXT FROM g')
  expect([...recordset]).toEqual([{ id: 1, name: 'a' }])
  await pool.batch('CLOSE g; DEALLOCATE g')
})

test.each([
  ['OPEN nowhere', 16916, "A cursor with the name 'nowhere' does not exist."],
  ['DECLARE c CURSOR LOCAL FOR SELECT 1 AS a; FETCH c', 16917, 'Cursor is not open.'],
  ['DECLARE c CURSOR LOCAL FOR SELECT 1 AS a; CLOSE c', 16917, 'Cursor is not open.'],
  [
    'DECLARE c CURSOR LOCAL FOR SELECT 1 AS a; DECLARE c CURSOR LOCAL FOR SELECT 1 AS a',
    16915,
    "A cursor with the name 'c' already exists.",
  ],
  ['DECLARE c CURSOR LOCAL FOR SELECT 1 AS a; OPEN c; OPEN c', 16905, 'The cursor is already open.'],
  [
    'DECLARE c CURSOR LOCAL FOR SELECT 1 AS a; OPEN c; FETCH PRIOR FROM c',
    16911,
    'fetch: The fetch type prior cannot be used with forward only cursors.',
  ],
  [
    'DECLARE @a int, @b int; DECLARE c CURSOR LOCAL FOR SELECT 1 AS a; OPEN c; FETCH c INTO @a, @b',
    16924,
    'Cursorfetch: The number of variables declared in the INTO list must match that of selected columns.',
  ],
  [
    "DECLARE @a int; DECLARE c CURSOR LOCAL FOR SELECT CAST('20200101' AS date) AS a; OPEN c; FETCH c INTO @a",
    16922,
    'Cursor Fetch: Implicit conversion from data type date to int is not allowed.',
  ],
  ['DECLARE @c CURSOR; OPEN @c', 16950, "The variable '@c' does not currently have a cursor allocated to it."],
  [
    'DECLARE c CURSOR SCROLL FAST_FORWARD FOR SELECT 1 AS a',
    1048,
    'Conflicting cursor options FAST_FORWARD and SCROLL.',
  ],
])('%s fails', async (text, number, message) => {
  expect(await failure(pool.batch(text))).toMatchObject({ number, text: message })
})
