import type sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
})
afterAll(() => server[Symbol.asyncDispose]())

const rows = async (text: string): Promise<unknown[]> => [...((await pool.batch(text)).recordset ?? [])]

describe('the comments before a module', () => {
  test('are part of its text', async () => {
    await pool.batch('-- what it is for\n/* two\nlines */\nCREATE VIEW told AS SELECT 1 AS a')
    expect(await rows("SELECT definition FROM sys.sql_modules WHERE object_id = OBJECT_ID('told')")).toEqual([
      { definition: '-- what it is for\n/* two\nlines */\nCREATE VIEW told AS SELECT 1 AS a' },
    ])
    await pool.batch('-- anew\nALTER VIEW told AS SELECT 2 AS a')
    expect(await rows("SELECT OBJECT_DEFINITION(OBJECT_ID('told')) AS d")).toEqual([
      { d: '-- anew\nCREATE VIEW told AS SELECT 2 AS a' },
    ])
    expect(await rows('SELECT a FROM told')).toEqual([{ a: 2 }])
  })

  test('count as lines of its errors', async () => {
    await pool.batch("-- one\n\nCREATE PROCEDURE fails AS\n\nRAISERROR(N'in', 16, 1)")
    expect(await failure(rows('SELECT 1\nEXEC fails'))).toMatchObject({ number: 50000, line: 5 })
    expect(
      await rows('BEGIN TRY EXEC fails END TRY BEGIN CATCH SELECT ERROR_LINE() AS l, ERROR_PROCEDURE() AS p END CATCH'),
    ).toEqual([{ l: 5, p: 'fails' }])
    await pool.batch(
      '/* x */ CREATE FUNCTION broken() RETURNS int AS\nBEGIN\n  DECLARE @a int\n  SET @a = 1 / 0\n  RETURN @a END',
    )
    await pool.batch('CREATE TABLE t(a int)')
    await pool.batch("-- t\nCREATE TRIGGER stops ON t AFTER INSERT AS\n\nTHROW 50001, 'no', 1")
    expect(await failure(rows('INSERT t VALUES (1)'))).toMatchObject({ number: 50001, line: 4 })
  })
})

describe('a module is the whole of its batch', () => {
  test.each([
    [
      'SELECT 1\nCREATE PROCEDURE p AS SELECT 1',
      111,
      "'CREATE/ALTER PROCEDURE' must be the first statement in a query batch.",
    ],
    ['SELECT 1; CREATE VIEW v AS SELECT 1 AS a', 111, "'CREATE VIEW' must be the first statement in a query batch."],
    [
      'SET NOCOUNT ON; ALTER FUNCTION f() RETURNS int AS BEGIN RETURN 1 END',
      111,
      "'ALTER FUNCTION' must be the first statement in a query batch.",
    ],
    [
      'DECLARE @a int; CREATE TRIGGER tr ON t AFTER INSERT AS SELECT 1',
      111,
      "'CREATE TRIGGER' must be the first statement in a query batch.",
    ],
    ['IF 1 = 1 CREATE PROCEDURE p AS SELECT 1', 156, "Incorrect syntax near the keyword 'PROCEDURE'."],
    ['BEGIN CREATE VIEW v AS SELECT 1 AS a END', 156, "Incorrect syntax near the keyword 'VIEW'."],
  ])('%s', async (text, number, message) =>
    expect(await failure(rows(text))).toMatchObject({ number, class: 15, text: message }),
  )

  test('semicolons before it are nothing', async () => {
    await pool.batch(';CREATE VIEW after_semicolon AS SELECT 1 AS a')
  })
})
