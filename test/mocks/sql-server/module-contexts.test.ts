import type sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  const first = await server.connect()
  await first.batch('CREATE DATABASE app')
  await first.close()
  pool = await server.connect({ database: 'app' })
  await pool.batch(
    'CREATE TABLE t(id int PRIMARY KEY, v int, other int); INSERT t VALUES (1, 10, 0), (2, 20, 0); CREATE USER nobody WITHOUT LOGIN',
  )
})
afterAll(() => server[Symbol.asyncDispose]())

const rows = async (text: string): Promise<unknown[]> => [...((await pool.batch(text)).recordset ?? [])]

describe('EXECUTE AS', () => {
  test('of a function holds while it runs', async () => {
    await pool.batch("CREATE FUNCTION who() RETURNS sysname WITH EXECUTE AS 'nobody' AS BEGIN RETURN USER_NAME() END")
    expect(await rows('SELECT dbo.who() AS inside, USER_NAME() AS outside')).toEqual([
      { inside: 'nobody', outside: 'dbo' },
    ])
  })

  test('of a trigger holds while it runs', async () => {
    await pool.batch("CREATE TRIGGER told ON t WITH EXECUTE AS 'nobody' AFTER UPDATE AS SELECT USER_NAME() AS inside")
    const { recordsets } = await pool.batch('UPDATE t SET other = 1 WHERE id = 1; SELECT USER_NAME() AS outside')
    expect(recordsets).toEqual([[{ inside: 'nobody' }], [{ outside: 'dbo' }]])
    await pool.batch('DROP TRIGGER told')
  })
})

describe('functions', () => {
  test('go through cursors', async () => {
    await pool.batch(`CREATE FUNCTION total() RETURNS int AS BEGIN
      DECLARE @s int = 0, @v int, @w int
      DECLARE k CURSOR LOCAL FAST_FORWARD FOR SELECT v FROM dbo.t ORDER BY id
      OPEN k FETCH NEXT FROM k INTO @v
      WHILE @@FETCH_STATUS = 0 BEGIN SET @s = @s * 100 + @v FETCH NEXT FROM k INTO @v END
      CLOSE k DEALLOCATE k RETURN @s END`)
    expect(await rows('SELECT dbo.total() AS s, dbo.total() AS again')).toEqual([{ s: 1020, again: 1020 }])
    await pool.batch(`CREATE FUNCTION last_v() RETURNS int AS BEGIN
      DECLARE @c CURSOR, @v int
      SET @c = CURSOR SCROLL FOR SELECT v FROM dbo.t ORDER BY id
      OPEN @c FETCH LAST FROM @c INTO @v RETURN @v END`)
    expect(await rows('SELECT id, dbo.last_v() AS v FROM t ORDER BY id')).toEqual([
      { id: 1, v: 20 },
      { id: 2, v: 20 },
    ])
  })

  test('that return NULL on NULL input do not run', async () => {
    await pool.batch('CREATE FUNCTION sure(@a int) RETURNS int WITH RETURNS NULL ON NULL INPUT AS BEGIN RETURN 5 END')
    expect(await rows('SELECT dbo.sure(1) AS one, dbo.sure(NULL) AS nothing')).toEqual([{ one: 5, nothing: null }])
  })
})

describe('SCHEMABINDING', () => {
  beforeAll(async () => {
    await pool.batch('CREATE VIEW bound WITH SCHEMABINDING AS SELECT id, v FROM dbo.t')
    await pool.batch('CREATE FUNCTION plus(@a int) RETURNS int WITH SCHEMABINDING AS BEGIN RETURN @a + 1 END')
    await pool.batch('CREATE VIEW above WITH SCHEMABINDING AS SELECT dbo.plus(v) AS w FROM dbo.bound')
  })

  test.each([
    ['DROP TABLE dbo.t', 3729, "Cannot DROP TABLE 'dbo.t' because it is being referenced by object 'bound'."],
    ['DROP VIEW bound', 3729, "Cannot DROP VIEW 'bound' because it is being referenced by object 'above'."],
    [
      'DROP FUNCTION dbo.plus',
      3729,
      "Cannot DROP FUNCTION 'dbo.plus' because it is being referenced by object 'above'.",
    ],
    [
      'ALTER FUNCTION dbo.plus(@a int) RETURNS int AS BEGIN RETURN @a END',
      3729,
      "Cannot ALTER 'dbo.plus' because it is being referenced by object 'above'.",
    ],
    [
      'ALTER VIEW dbo.bound AS SELECT id FROM dbo.t',
      3729,
      "Cannot ALTER 'dbo.bound' because it is being referenced by object 'above'.",
    ],
    [
      'CREATE VIEW loose WITH SCHEMABINDING AS SELECT id FROM t',
      4512,
      "Cannot schema bind view 'dbo.loose' because name 't' is invalid for schema binding. Names must be in two-part format and an object cannot reference itself.",
    ],
    [
      'CREATE VIEW loose WITH SCHEMABINDING AS SELECT * FROM dbo.t',
      1054,
      "Syntax '*' is not allowed in schema-bound objects.",
    ],
  ])('%s', async (text, number, message) => expect(await failure(rows(text))).toMatchObject({ number, text: message }))

  test.each(['ALTER TABLE t DROP COLUMN v', 'ALTER TABLE t ALTER COLUMN v bigint'])('%s', async (text) => {
    const error = await pool.batch(text).then(
      () => undefined,
      (thrown: sql.RequestError) => thrown,
    )
    expect(error?.number).toBe(4922)
    expect((error as sql.RequestError & { precedingErrors: Error[] }).precedingErrors[0]?.message).toBe(
      "The object 'bound' is dependent on column 'v'.",
    )
  })

  test('leaves what nobody uses', async () => {
    await pool.batch('ALTER TABLE t DROP COLUMN other; DROP VIEW above; DROP VIEW bound; DROP FUNCTION dbo.plus')
  })
})

test('sys.sql_expression_dependencies knows what modules refer to', async () => {
  await pool.batch(
    'CREATE PROCEDURE does AS WITH c AS (SELECT id FROM dbo.t) SELECT * FROM c; EXEC later; INSERT other.dbo.x SELECT id FROM t',
  )
  expect(
    await rows(`SELECT referenced_database_name AS d, referenced_schema_name AS s, referenced_entity_name AS e, OBJECT_NAME(referenced_id) AS found
      FROM sys.sql_expression_dependencies WHERE referencing_id = OBJECT_ID('does') ORDER BY e, s`),
  ).toEqual([
    { d: null, s: null, e: 'later', found: null },
    { d: null, s: null, e: 't', found: 't' },
    { d: null, s: 'dbo', e: 't', found: 't' },
    { d: 'other', s: 'dbo', e: 'x', found: null },
  ])
})
