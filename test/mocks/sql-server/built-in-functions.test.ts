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

/** The first value of the first row. */
async function value(expression: string): Promise<unknown> {
  const request = pool.request()
  request.arrayRowMode = true
  const { recordset } = await request.batch(`SELECT ${expression}`)
  return (recordset as unknown as unknown[][])[0]?.[0]
}

const moment = (text: string): string => `CONVERT(varchar(40), ${text}, 121)`

describe('text', () => {
  test.each<[string, unknown]>([
    ["SOUNDEX('Smythe')", 'S530'],
    ["SOUNDEX('Tymczak')", 'T522'],
    ["DIFFERENCE('Smithers', 'Smythers')", 4],
    ["DIFFERENCE('Blotchet-Halls', 'Greene')", 0],
    ["TRIM('.,! ' FROM '  #  test .')", '#  test'],
    ["TRIM(LEADING '.,! ' FROM '  .#  test .')", '#  test .'],
    ["TRIM(TRAILING '.' FROM '..x..')", '..x'],
    ["LTRIM('00123', '0')", '123'],
    ["TRANSLATE('2*[3+4]/{7-2}', '[]{}', '()()')", '2*(3+4)/(7-2)'],
    ["CAST(DECOMPRESS(COMPRESS(N'héllo')) AS nvarchar(20))", 'héllo'],
    ["(SELECT STRING_AGG(v, '-') WITHIN GROUP (ORDER BY v DESC) FROM (VALUES ('a'), ('b'), (NULL)) t(v))", 'b-a'],
  ])('%s', async (expression, expected) => expect(await value(expression)).toBe(expected))
})

describe('FORMAT and PARSE', () => {
  test.each<[string, unknown]>([
    ["FORMAT(1234567.891, 'N2')", '1,234,567.89'],
    ["FORMAT(-1234.5, 'C')", '($1,234.50)'],
    ["FORMAT(1234.5, 'N', 'de-DE')", '1.234,50'],
    ["FORMAT(0.1234, 'P1')", '12.3 %'],
    ["FORMAT(42, 'D5')", '00042'],
    ["FORMAT(255, 'X')", 'FF'],
    ["FORMAT(123456789, '###-##-####')", '123-45-6789'],
    ["FORMAT(1234567, '$#,##0.00')", '$1,234,567.00'],
    ["FORMAT(-5, '0;(0);zero')", '(5)'],
    ["FORMAT(CAST('2020-11-22' AS date), 'd', 'en-US')", '11/22/2020'],
    ["FORMAT(CAST('2020-11-22' AS date), 'd', 'en-gb')", '22/11/2020'],
    ["FORMAT(CAST('2020-11-22' AS date), 'D', 'de-de')", 'Sonntag, 22. November 2020'],
    [
      "FORMAT(CAST('2020-11-22T13:45:07.123' AS datetime2), 'yyyy-MM-dd hh:mm:ss.fff tt')",
      '2020-11-22 01:45:07.123 PM',
    ],
    ["FORMAT(CAST('07:35' AS time), N'hh.mm')", null],
    ["FORMAT(CAST('07:35' AS time), N'hh\\:mm')", '07:35'],
    ["CAST(PARSE('Monday, 13 December 2010' AS date USING 'en-US') AS varchar(10))", '2010-12-13'],
    ["PARSE('$345.98' AS money USING 'en-US')", 345.98],
    ["TRY_PARSE('Jabberwokkie' AS datetime2 USING 'en-US')", null],
  ])('%s', async (expression, expected) => expect(await value(expression)).toBe(expected))
})

describe('dates', () => {
  test.each([
    ["DATETRUNC(month, CAST('2021-12-08 11:30:15.1234567' AS datetime2))", '2021-12-01 00:00:00.0000000'],
    ["DATETRUNC(hour, CAST('2021-12-08 11:30:15' AS datetime))", '2021-12-08 11:00:00.000'],
    ["DATETRUNC(week, CAST('2021-11-11' AS date))", '2021-11-07'],
    ["DATETRUNC(iso_week, CAST('2021-11-11' AS date))", '2021-11-08'],
    ["DATE_BUCKET(month, 3, CAST('2021-05-05' AS date))", '2021-04-01'],
    ["DATE_BUCKET(day, 7, CAST('2021-10-12' AS date), CAST('2021-10-01' AS date))", '2021-10-08'],
    [
      "SWITCHOFFSET(CAST('1998-09-20 7:45:50.71345 -5:00' AS datetimeoffset), '-08:00')",
      '1998-09-20 04:45:50.7134500 -08:00',
    ],
    ["TODATETIMEOFFSET(CAST('2020-01-01' AS datetime2(0)), 120)", '2020-01-01 00:00:00 +02:00'],
    [
      "CAST('2022-03-27T01:01:00' AS datetime2(0)) AT TIME ZONE 'Central European Standard Time'",
      '2022-03-27 01:01:00 +01:00',
    ],
    [
      "CAST('2022-03-27T02:01:00' AS datetime2(0)) AT TIME ZONE 'Central European Standard Time'",
      '2022-03-27 03:01:00 +02:00',
    ],
    [
      "CAST('2022-10-30T02:01:00' AS datetime2(0)) AT TIME ZONE 'Central European Standard Time'",
      '2022-10-30 02:01:00 +01:00',
    ],
    [
      "CAST('2022-07-01 00:00:00 +00:00' AS datetimeoffset(0)) AT TIME ZONE 'Pacific Standard Time'",
      '2022-06-30 17:00:00 -07:00',
    ],
    ['TIMEFROMPARTS(23, 59, 59, 5, 1)', '23:59:59.5'],
    ['DATETIMEOFFSETFROMPARTS(2010, 12, 31, 14, 23, 23, 0, 12, 0, 0)', '2010-12-31 14:23:23 +12:00'],
    ['CAST(SMALLDATETIMEFROMPARTS(2010, 12, 31, 23, 59) AS datetime2(0))', '2010-12-31 23:59:00'],
  ])('%s', async (expression, expected) => expect(String(await value(moment(expression)))).toBe(expected))

  test('weeks begin where SET DATEFIRST says', async () => {
    const own = await server.connect()
    const { recordset } = await own.batch(
      "SET DATEFIRST 1; SELECT DATEPART(weekday, '2024-01-01') AS d, DATEPART(week, '2024-01-07') AS w",
    )
    expect(recordset[0]).toEqual({ d: 1, w: 1 })
  })
})

describe('JSON', () => {
  const json = `'{"a":1.10,"b":{"c":[1, 2]},"name":"John","skills":["C#"],"x y":"\\u0041"}'`
  test.each<[string, unknown]>([
    [`JSON_VALUE(${json}, '$.a')`, '1.10'],
    [`JSON_VALUE(${json}, '$."x y"')`, 'A'],
    [`JSON_VALUE(${json}, '$.b')`, null],
    [`JSON_QUERY(${json}, '$.b')`, '{"c":[1, 2]}'],
    [`JSON_QUERY(${json}, '$.a')`, null],
    ['JSON_MODIFY(\'{"name":"John","n":1}\', \'$.name\', \'Mike\')', '{"name":"Mike","n":1}'],
    ['JSON_MODIFY(\'{"name":"John","n":1}\', \'$.name\', NULL)', '{"n":1}'],
    ['JSON_MODIFY(\'{"name":"John"}\', \'strict $.name\', NULL)', '{"name":null}'],
    ["JSON_MODIFY('{\"s\":[\"C#\"]}', 'append $.s', 'a/b')", '{"s":["C#","a\\/b"]}'],
    ["JSON_MODIFY('{}', '$.o', JSON_QUERY('[1]'))", '{"o":[1]}'],
    ["JSON_MODIFY('{}', '$.o', '[1]')", '{"o":"[1]"}'],
    ['ISJSON(\'{"a":1,}\')', 0],
    ["ISJSON('1')", 0],
    ["ISJSON('1', VALUE)", 1],
    ["ISJSON('[]', OBJECT)", 0],
    ["JSON_PATH_EXISTS('{\"a\":null}', '$.a')", 1],
    ["JSON_OBJECT('name':'value', 'type':1)", '{"name":"value","type":1}'],
    ["JSON_OBJECT('n':NULL, 'm':1 ABSENT ON NULL)", '{"m":1}'],
    ["JSON_ARRAY('a', 1, NULL, 2)", '["a",1,2]'],
    ["JSON_ARRAY('a', NULL NULL ON NULL)", '["a",null]'],
    ["JSON_OBJECT('x':JSON_ARRAY(1, 2))", '{"x":[1,2]}'],
    [
      '(SELECT STRING_AGG(CONCAT([key], \'=\', value, \'/\', type), \' \') FROM OPENJSON(\'{"a":1.50,"b":[1, 2],"c":true,"d":"x"}\'))',
      'a=1.50/2 b=[1, 2]/4 c=true/3 d=x/1',
    ],
    ['(SELECT SUM(id) FROM OPENJSON(\'{"r":[{"id":1},{"id":2}]}\', \'$.r\') WITH (id int))', 3],
  ])('%s', async (expression, expected) => expect(await value(expression)).toBe(expected))
})

describe('numbers and windows', () => {
  test.each<[string, unknown]>([
    ["GREATEST('6.62', 3.1415, N'7')", 7],
    ['LEAST(3, NULL, 1)', 1],
    ['BIT_COUNT(CAST(-1 AS int))', '32'],
    ['LEFT_SHIFT(12345, 5)', 395040],
    ['(SELECT CHECKSUM_AGG(value) FROM GENERATE_SERIES(1, 4))', 4],
    ['(SELECT APPROX_COUNT_DISTINCT(value % 2) FROM GENERATE_SERIES(1, 4))', '2'],
    ['(SELECT TOP 1 PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY value) OVER () FROM GENERATE_SERIES(1, 4))', 2.5],
    ['(SELECT TOP 1 PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY value) OVER () FROM GENERATE_SERIES(1, 4))', 2],
    ['(SELECT SUM(c) FROM (SELECT CUME_DIST() OVER (ORDER BY value) AS c FROM GENERATE_SERIES(1, 4)) t)', 2.5],
    [
      "(SELECT STRING_AGG(m, ',') FROM (SELECT MAX(v) OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS m FROM (VALUES (1, 'b'), (2, 'a'), (3, 'A'), (4, 'c')) t(i, v)) w)",
      'b,b,a,c',
    ],
    [
      "(SELECT STRING_AGG(m, ',') FROM (SELECT LAST_VALUE(v) IGNORE NULLS OVER (ORDER BY i) AS m FROM (VALUES (1, 1), (2, NULL), (3, 3)) t(i, v)) w)",
      '1,1,3',
    ],
  ])('%s', async (expression, expected) => expect(await value(expression)).toBe(expected))
})

describe('refused', () => {
  test.each([
    ["JSON_VALUE('{a:1}', '$.a')", 13609, "Unexpected character 'a' is found at position 1."],
    ["JSON_VALUE('{\"a\":1}', 'a')", 13607, "Unexpected character 'a' is found at position 0."],
    ["JSON_VALUE('{\"a\":1}', 'strict $.b')", 13608, ''],
    ["PARSE('x' AS int)", 9819, "string value 'x' into data type int"],
    ["FORMAT('x', 'd')", 8116, 'data type varchar is invalid for argument 1 of format'],
    ["GETDATE() AT TIME ZONE 'Nowhere'", 9820, "'Nowhere'"],
    ['DATETRUNC(weekday, GETDATE())', 9810, 'weekday is not supported by date function datetrunc'],
    ["FORMAT(1, 'N', 'sv-SE')", 50900, 'the culture sv-SE'],
  ])('%s: %i', async (expression, number, text) => {
    const error = await failure(pool.batch(`SELECT ${expression}`))
    expect(error).toMatchObject({ number })
    expect(error.text).toContain(text)
  })
})
