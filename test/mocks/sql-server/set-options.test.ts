import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const batch = async (text: string) => (await server.connect()).batch(text)
const rows = async (text: string) => (await batch(text)).recordset

describe('dates', () => {
  test.each([
    ['mdy', '03/04/2020', '2020-03-04'],
    ['dmy', '03/04/2020', '2020-04-03'],
    ['ymd', '20/03/04', '2020-03-04'],
    ['ydm', '20/03/04', '2020-04-03'],
    ['myd', '03/20/04', '2020-03-04'],
    ['dym', '03/2020/04', '2020-04-03'],
  ])('DATEFORMAT %s reads %s as %s', async (format, text, date) => {
    const query = `SET DATEFORMAT ${format} SELECT CONVERT(varchar(10), CAST('${text}' AS datetime), 23) AS d`
    expect(await rows(query)).toEqual([{ d: date }])
  })
  test('the old types follow the format after the year too, the newer ones and ISO 8601 do not', async () => {
    const query =
      "SET DATEFORMAT dmy SELECT MONTH(CAST('2020-03-04' AS datetime)) AS a, MONTH(CAST('2020-03-04' AS date)) AS b, MONTH(CAST('2020-03-04T00:00:00' AS datetime)) AS c"
    expect(await rows(query)).toEqual([{ a: 4, b: 3, c: 3 }])
  })
  test('DATEFIRST', async () => {
    const weekday = "DATEPART(weekday, CAST('2026-11-22' AS date))"
    expect(await rows(`SET DATEFIRST 7 SELECT ${weekday} AS a, @@DATEFIRST AS f`)).toEqual([{ a: 1, f: 7 }])
    expect(await rows(`SET DATEFIRST 1 SELECT ${weekday} AS a, @@DATEFIRST AS f`)).toEqual([{ a: 7, f: 1 }])
  })
  test.each([
    ['Deutsch', 'März', 'Sonntag', 1, '15. März 2020'],
    ['French', 'mars', 'dimanche', 1, '15 mars 2020'],
    ['us_english', 'March', 'Sunday', 7, 'March 15, 2020'],
    ['Svenska', 'mars', 'söndag', 1, '15 mars 2020'],
  ])('LANGUAGE %s', async (language, month, day, first, text) => {
    const query = `SET LANGUAGE ${language} SELECT DATENAME(month, '20200315') AS m, DATENAME(weekday, '20200315') AS d, @@DATEFIRST AS f, DAY(CAST('${text.replace('.', '')}' AS datetime)) AS n`
    expect(await rows(query)).toEqual([{ m: month, d: day, f: first, n: 15 }])
  })
  test.each([
    ['SET LANGUAGE Klingon', 2740],
    ['SET DATEFIRST 8', 2742],
    ['SET DATEFORMAT xyz', 2741],
  ])('%s fails with %i', async (text, number) => {
    expect(await failure(batch(text))).toMatchObject({ number, class: 16 })
  })
})

describe('what ANSI says', () => {
  test('ANSI_NULLS OFF: NULL equals NULL', async () => {
    const count = (on: string) =>
      `SET ANSI_NULLS ${on} DECLARE @n int SELECT CASE WHEN @n = NULL THEN 1 ELSE 0 END AS a, CASE WHEN 1 <> NULL THEN 1 ELSE 0 END AS b`
    expect(await rows(count('ON'))).toEqual([{ a: 0, b: 0 }])
    expect(await rows(count('OFF'))).toEqual([{ a: 1, b: 1 }])
  })
  test('CONCAT_NULL_YIELDS_NULL OFF: NULL is an empty text', async () => {
    const query = "DECLARE @n varchar(5) SELECT 'a' + @n + 'b' AS a"
    expect(await rows(`SET CONCAT_NULL_YIELDS_NULL ON ${query}`)).toEqual([{ a: null }])
    expect(await rows(`SET CONCAT_NULL_YIELDS_NULL OFF ${query}`)).toEqual([{ a: 'ab' }])
  })
  test('ARITHABORT and ANSI_WARNINGS off: no error, but NULL and a warning', async () => {
    const off = 'SET ARITHABORT OFF SET ANSI_WARNINGS OFF'
    const pool = await server.connect()
    const request = pool.request()
    const told: number[] = []
    request.on('info', ({ number }: { number: number }) => told.push(number))
    const { recordset } = await request.batch(`${off} SELECT 1 / 0 AS a, 2147483647 + 1 AS b`)
    expect(recordset).toEqual([{ a: null, b: null }])
    expect(told).toEqual([3607, 3606])
    expect(await failure(pool.batch('SET ARITHABORT ON SELECT 1 / 0 AS a'))).toMatchObject({ number: 8134 })
  })
  test('ANSI_WARNINGS: 8153 for a NULL in an aggregate, and texts that are cut', async () => {
    const pool = await server.connect()
    const request = pool.request()
    const told: number[] = []
    request.on('info', ({ number }: { number: number }) => told.push(number))
    const { recordset } = await request.batch(
      'SELECT SUM(v) AS s, COUNT(v) AS c FROM (VALUES (1), (NULL), (3)) AS t(v)',
    )
    expect(recordset).toEqual([{ s: 4, c: 2 }])
    expect(told).toEqual([8153])
    const table = "CREATE TABLE #w (a varchar(2)) INSERT INTO #w VALUES ('abc') SELECT a FROM #w"
    expect(await failure(batch(table))).toMatchObject({ number: 2628 })
    expect(await rows(`SET ANSI_WARNINGS OFF ${table}`)).toEqual([{ a: 'ab' }])
  })
  test('NUMERIC_ROUNDABORT: a result that loses digits is an error', async () => {
    const query =
      'SELECT CAST(1.23456789012345678 AS decimal(38,17)) * CAST(1.23456789012345678 AS decimal(38,17)) AS a'
    expect(await failure(batch(`SET NUMERIC_ROUNDABORT ON ${query}`))).toMatchObject({ number: 8115 })
    expect(await rows(`SET NUMERIC_ROUNDABORT OFF ${query}`)).toHaveLength(1)
  })
  test('ANSI_NULL_DFLT_ON: what a column is of which nothing is said', async () => {
    const table = (on: string) => `SET ANSI_NULL_DFLT_ON ${on} CREATE TABLE #d (a int) INSERT INTO #d VALUES (NULL)`
    await batch(table('ON'))
    expect(await failure(batch(table('OFF')))).toMatchObject({ number: 515 })
  })
})

test('TEXTSIZE cuts long values', async () => {
  const query =
    "SELECT REPLICATE(CAST('x' AS varchar(max)), 100) AS a, REPLICATE(N'y', 100) AS b, CAST(N'äöü' AS ntext) AS c"
  expect(await rows(`SET TEXTSIZE 4 ${query}`)).toEqual([{ a: 'xxxx', b: 'y'.repeat(100), c: 'äö' }])
})

test('NOEXEC and PARSEONLY run nothing', async () => {
  expect((await batch('SET NOEXEC ON SELECT 1 AS a SET NOEXEC OFF SELECT 2 AS b')).recordsets).toEqual([[{ b: 2 }]])
  expect((await batch('SET PARSEONLY ON SELECT 1 AS a SET PARSEONLY OFF')).recordsets).toEqual([])
})

test('DBCC USEROPTIONS lists what is set', async () => {
  const list = await rows('SET DATEFIRST 3 SET LOCK_TIMEOUT 1800 DBCC USEROPTIONS')
  expect(list.map((row) => Object.values(row))).toEqual(
    expect.arrayContaining([
      ['datefirst', '3'],
      ['lock_timeout', '1800'],
      ['ansi_nulls', 'SET'],
      ['isolation level', 'read committed'],
    ]),
  )
})

test('a call that leaves a transaction open: 266', async () => {
  const pool = await server.connect()
  expect(await failure(pool.query('BEGIN TRANSACTION'))).toMatchObject({
    number: 266,
    text: 'Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = 0, current count = 1.',
  })
})
