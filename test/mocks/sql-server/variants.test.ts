import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../../support/programs.ts'
import { freetdsEnvironment, runClient } from './interop/run-client.ts'
import { saPassword, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const rows = async (text: string) => (await (await server.connect()).batch(text)).recordset

test.each([
  ['CAST(1 AS bit)', true],
  ['CAST(200 AS tinyint)', 200],
  ['CAST(-5 AS smallint)', -5],
  ['5', 5],
  ['CAST(5 AS bigint)', '5'],
  ['CAST(1.5 AS real)', 1.5],
  ['CAST(5 AS float)', 5],
  ['CAST(-12.345 AS decimal(9, 3))', -12.345],
  ['CAST(2.5 AS money)', 2.5],
  ["CAST('2026-11-22T13:45:00.127' AS datetime)", new Date('2026-11-22T13:45:00.127Z')],
  ["CAST('2026-11-22' AS date)", new Date('2026-11-22T00:00:00Z')],
  ["CAST('2026-11-22T13:45:00.1234567+02:00' AS datetimeoffset)", new Date('2026-11-22T11:45:00.123Z')],
  // tedious reads the code page from the wrong place; jTDS reads others than ASCII.
  ["CAST('abc' AS varchar(5))", 'abc'],
  ["CAST('x' AS char(3))", 'x  '],
  ["N'ö€'", 'ö€'],
  ['0x0102', Buffer.from([1, 2])],
  ["CAST('0E984725-C51C-4BF4-9960-E1C80E27ABA0' AS uniqueidentifier)", '0E984725-C51C-4BF4-9960-E1C80E27ABA0'],
])('%s keeps its type in a sql_variant', async (expression, value) => {
  const query = `DECLARE @v sql_variant = ${expression} CREATE TABLE #v (v sql_variant) INSERT INTO #v VALUES (@v) SELECT v FROM #v`
  const [row] = await rows(query)
  expect(row?.v).toEqual(value)
})

describe('comparing', () => {
  test.each([
    ['CAST(5 AS sql_variant) = CAST(CAST(5.0 AS decimal(5, 1)) AS sql_variant)', 1],
    ["CAST('a' AS sql_variant) = CAST(N'A' AS sql_variant)", 1],
    ['CAST(CAST(-2.5 AS float) AS sql_variant) < CAST(CAST(-1.5 AS float) AS sql_variant)', 1],
    ["CAST('9' AS sql_variant) < CAST(1 AS sql_variant)", 1],
    ["SERVERPROPERTY('EngineEdition') = 3", 1],
  ])('%s', async (condition, holds) => {
    expect(await rows(`SELECT CASE WHEN ${condition} THEN 1 ELSE 0 END AS a`)).toEqual([{ a: holds }])
  })
})

const noTsql = missing('tsql')
test.skipIf(noTsql)(`older clients get newer base types as text${noTsql ?? ''}`, async () => {
  const input =
    "SELECT CAST(CAST('2026-11-22' AS date) AS sql_variant), CAST(CAST('2026-11-22T13:45:00+02:00' AS datetimeoffset(0)) AS sql_variant), CAST(CAST(1.25 AS decimal(5,2)) AS sql_variant)\ngo\nexit\n"
  for (const version of ['7.0', '7.1', '7.2']) {
    const env = freetdsEnvironment(server, [`tds version = ${version}`])
    const output = await runClient('tsql', ['-S', 'sim', '-U', 'sa', '-P', saPassword], { input, env })
    expect(output).toContain('2026-11-22\t2026-11-22 13:45:00 +02:00\t1.25')
  }
})
