import type sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
  await pool.batch('CREATE TABLE t(id int IDENTITY PRIMARY KEY, name varchar(20) NOT NULL, qty decimal(10,2), d date)')
  await pool.batch("INSERT t(name, qty) VALUES ('a', 1)")
})
afterAll(() => server[Symbol.asyncDispose]())

const near = (text: string): string => `Incorrect syntax near '${text}'.`
const keyword = (text: string): string => `Incorrect syntax near the keyword '${text}'.`
const condition = (text: string): string =>
  `An expression of non-boolean type specified in a context where a condition is expected, near '${text}'.`

describe('syntax', () => {
  test.each([
    ['SELECT * form t', 102, near('form')],
    ['SELECT 1 +', 102, near('+')],
    ['SELECT * FROM t WHERE', 156, keyword('WHERE')],
    ['SELECT FROM t', 156, keyword('FROM')],
    ['SELECT )', 102, near(')')],
    ['SELECT * FROM t OFFSET 1 ROWS', 102, near('1')],
    ['SELECT 1 = 1', 102, near('=')],
    ['SELECT EXISTS(SELECT 1)', 156, keyword('EXISTS')],
    ['UPDATE t SET WHERE id = 1', 156, keyword('WHERE')],
    ['CREATE TABLE x(id int,, b int)', 102, near(',')],
    ['INSERT INTO t VALUES (1', 102, near('1')],
    ['IF 1 SELECT 1', 4145, condition('SELECT')],
    ["SELECT * FROM t WHERE id AND name = 'a'", 4145, condition('AND')],
    ['SELECT * FROM t WHERE (id)', 4145, condition(')')],
    ['SELECT COUNT(*) OVER (ORDER BY id ROWS BETWEEN 1e3 PRECEDING AND CURRENT ROW) FROM t', 102, near('1e3')],
    ['SELECT COUNT(*) OVER (ORDER BY id ROWS 1 PRECEDING WHERE) FROM t', 156, keyword('WHERE')],
    ["SELECT 'abc", 105, "Unclosed quotation mark after the character string 'abc'."],
    ['/* abc', 113, "Missing end comment mark '*/'."],
    [
      'SELECT 1 AS a WITH x AS (SELECT 1 AS q) SELECT * FROM x',
      319,
      "Incorrect syntax near the keyword 'WITH'. If this statement is a common table expression, an xmlnamespaces clause or a change tracking context clause, the previous statement must be terminated with a semicolon.",
    ],
    [
      'SELECT * FROM t WITH x AS (SELECT 1 AS q) SELECT * FROM x',
      336,
      "Incorrect syntax near 'x'. If this is intended to be a common table expression, you need to explicitly terminate the previous statement with a semi-colon.",
    ],
  ])('%s', async (text, number, message) =>
    expect(await failure(pool.batch(text))).toMatchObject({ number, text: message, class: 15 }),
  )

  test('the line is that of the word', async () => {
    expect(await failure(pool.batch('SELECT 1\nSELECT 2\nSELECT * FROM t WHERE = 1'))).toMatchObject({
      number: 102,
      line: 3,
    })
  })

  test.each([
    'SELECT * FROM t WHERE (id + 1) * 2 = 4 AND (NOT (id = 1 OR id = 2)) AND EXISTS (SELECT 1)',
    "SELECT IIF(1 = 1 AND 2 = 2, 'a', 'b'), CASE WHEN (1 = 1) THEN 1 END, CASE 1 WHEN 1 THEN 2 END",
    'IF 1 = 1 WITH x AS (SELECT 1 AS q) SELECT * FROM x',
    'BEGIN WITH x AS (SELECT 1 AS q) SELECT * FROM x END',
    'DECLARE @a int = 1; WITH x AS (SELECT 1 AS q) SELECT * FROM x',
  ])('good: %s', async (text) => expect((await pool.batch(text)).recordset).toBeDefined())
})

describe('names and rules', () => {
  test.each([
    ['SELECT t.id FROM t a', 4104],
    ['SELECT id FROM t a JOIN t b ON a.id = b.id', 209],
    ['SELECT * FROM t a, t a', 1011],
    ['SELECT * FROM t, t', 1013],
    ['SELECT a.* FROM t', 107],
    ['SELECT * FROM (SELECT 1) q', 8155],
    ['SELECT * FROM (SELECT 1 AS a, 2 AS A) q', 8156],
    ['SELECT * FROM (SELECT 1, 2) q(a)', 8158],
    ['WITH c(a, b) AS (SELECT 1) SELECT * FROM c', 8159],
    ['SELECT * FROM (SELECT id FROM t ORDER BY id) q', 1033],
    ['CREATE VIEW v AS SELECT id FROM t ORDER BY id', 1033],
    ['SELECT id, COUNT(*) FROM t', 8120],
    ['SELECT COUNT(*) FROM t HAVING id > 1', 8121],
    ['SELECT COUNT(*) FROM t ORDER BY id', 8127],
    ['SELECT id FROM t WHERE COUNT(*) > 1', 147],
    ['SELECT 1 FROM t GROUP BY 1', 164],
    ['SELECT MAX(COUNT(*)) FROM t', 130],
    ['SELECT * FROM t ORDER BY 99', 108],
    ['SELECT (SELECT 1, 2)', 116],
    ['SELECT (SELECT v FROM (VALUES (1), (2)) q(v))', 512],
    ['SELECT 1 UNION SELECT 1, 2', 205],
    ['DECLARE @x int; DECLARE @x int', 134],
    ['DECLARE @x foo', 2715],
    ['SELECT COALESCE(NULL, NULL)', 4127],
    ['SELECT NULLIF(NULL, 1)', 4151],
    ['SELECT COUNT(*) OVER (ORDER BY id RANGE 1 PRECEDING) FROM t', 4194],
    ['SELECT CASE WHEN 1 = 1 THEN NULL END', 8133],
    ["SELECT SUBSTRING('abc', 1)", 174],
    ['SELECT nope(1)', 195],
    ['SELECT dbo.nope(1)', 4121],
  ])('%s: %i', async (text, number) => expect(await failure(pool.batch(text))).toMatchObject({ number }))

  test('each wrong name is told', async () => {
    const error = await pool.batch('SELECT name, nmae, foo FROM t WHERE bar = 1 AND baz = 2').then(
      () => undefined,
      (thrown: sql.RequestError & { precedingErrors: { message: string }[] }) => thrown,
    )
    expect([...(error?.precedingErrors ?? []), error].map((each) => each?.message)).toEqual(
      ['bar', 'baz', 'nmae', 'foo'].map((name) => `Invalid column name '${name}'.`),
    )
  })

  test('grouping errors name the table as the statement does', async () => {
    expect((await failure(pool.batch('SELECT a.id FROM t AS a GROUP BY name'))).text).toContain("'t.id'")
    expect((await failure(pool.batch('SELECT a.id FROM dbo.t AS a GROUP BY name'))).text).toContain("'dbo.t.id'")
  })
})

describe('values', () => {
  test.each([
    ["CAST('abc' AS int)", 245, "Conversion failed when converting the varchar value 'abc' to data type int."],
    ["CAST('99999999999' AS int)", 248, "The conversion of the varchar value '99999999999' overflowed an int column."],
    ["CAST('abc' AS decimal(5,2))", 8114, 'Error converting data type varchar to numeric.'],
    ['2147483647 + 1', 8115, 'Arithmetic overflow error converting expression to data type int.'],
    ['1 / 0', 8134, 'Divide by zero error encountered.'],
    ['CAST(300 AS tinyint)', 220, 'Arithmetic overflow error for data type tinyint, value = 300.'],
    ["CAST('2024-13-01' AS datetime)", 242, ''],
    ["CAST('xx' AS date)", 241, 'Conversion failed when converting date and/or time from character string.'],
    ["GETDATE() + 'a'", 241, 'Conversion failed when converting date and/or time from character string.'],
    ['CAST(1 AS date)', 529, 'Explicit conversion from data type int to date is not allowed.'],
    ["CAST('2024-01-01' AS date) + 1", 206, 'Operand type clash: date is incompatible with int'],
    ["'a' - 'b'", 8117, 'Operand data type varchar is invalid for subtract operator.'],
    ["LEFT('abc', -1)", 537, 'Invalid length parameter passed to the LEFT function.'],
  ])('%s', async (expression, number, message) => {
    const error = await failure(pool.batch(`SELECT ${expression}`))
    expect(error).toMatchObject({ number })
    expect(error.text).toContain(message)
  })
})

describe('types of results', () => {
  test.each<[string, string, number | undefined, number | undefined, boolean]>([
    ['10.0 / 3', 'Numeric', 8, 6, false],
    ['id * 1.5', 'Numeric', 13, 1, true],
    ['qty * qty', 'Numeric', 21, 4, true],
    ['qty / 3', 'Numeric', 14, 6, true],
    ['qty + 1', 'Numeric', 11, 2, true],
    ['id + 1', 'Int', undefined, undefined, true],
    ['id', 'Int', undefined, undefined, false],
    ['ISNULL(qty, 0)', 'Decimal', 10, 2, false],
    ['COALESCE(id, 0)', 'Int', undefined, undefined, true],
    ['CASE WHEN id = 1 THEN 1 ELSE 1.5 END', 'Numeric', 11, 1, false],
    ['(SELECT SUM(qty) FROM t)', 'Decimal', 38, 2, true],
    ['(SELECT AVG(qty) FROM t)', 'Decimal', 38, 6, true],
    ['(SELECT SUM(qty) / COUNT(*) FROM t)', 'Numeric', 38, 6, true],
  ])('%s', async (expression, type, precision, scale, nullable) => {
    const { recordset } = await pool.query(`SELECT ${expression} AS x FROM t`)
    const { x } = recordset.columns
    expect([String((x?.type as { name?: string } | undefined)?.name), x?.nullable]).toEqual([type, nullable])
    if (precision !== undefined) expect([x?.precision, x?.scale]).toEqual([precision, scale])
  })

  test('parts of a text are as long as they are asked to be', async () => {
    const { recordset } = await pool.query(
      'SELECT LEFT(name, 3) AS a, SUBSTRING(name, 2, 5) AS b, RIGHT(name, 30) AS c FROM t',
    )
    expect(Object.values(recordset.columns).map((column) => column.length)).toEqual([3, 5, 20])
  })
})
