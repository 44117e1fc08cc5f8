import type sql from 'mssql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
})
afterAll(() => server[Symbol.asyncDispose]())

const row = async (text: string): Promise<unknown> => (await pool.query(text)).recordset[0]

test('literals: {d}, {ts}, {t} and {guid}', async () => {
  expect(
    await row(
      "SELECT {d '2020-01-02'} AS d, {ts '2020-01-02 03:04:05.123'} AS ts, {guid '0DDF3B64-E692-11D1-AB06-00AA00BDD685'} AS g, DATEDIFF(day, {t '03:04:05'}, GETDATE()) AS today",
    ),
  ).toEqual({
    d: new Date('2020-01-02'),
    ts: new Date('2020-01-02T03:04:05.123Z'),
    g: '0DDF3B64-E692-11D1-AB06-00AA00BDD685',
    today: 0,
  })
})

test('{fn …} under ODBC’s names and T-SQL’s', async () => {
  expect(
    await row(`SELECT {fn UCASE({fn CONCAT('a', 'b')})} AS u, {fn LOCATE('c', 'abc')} AS l, {fn MOD(7, 4)} AS m,
{fn IFNULL(NULL, 3)} AS i, {fn TIMESTAMPADD(SQL_TSI_DAY, 2, {d '2020-01-02'})} AS t, {fn EXTRACT(YEAR FROM {d '2020-01-02'})} AS y,
{fn MONTHNAME({d '2020-01-02'})} AS n, {fn CONVERT('5', SQL_INTEGER)} + 1 AS c, {fn TRUNCATE(1.57, 1)} AS r, {fn DATABASE()} AS db`),
  ).toEqual({
    u: 'AB',
    l: 3,
    m: 3,
    i: 3,
    t: new Date('2020-01-04'),
    y: 2020,
    n: 'January',
    c: 6,
    r: 1.5,
    db: 'master',
  })
})

test('{oj …} in FROM', async () => {
  expect(await row('SELECT * FROM {oj (SELECT 1 AS a) x LEFT OUTER JOIN (SELECT 2 AS b) y ON x.a = y.b}')).toEqual({
    a: 1,
    b: null,
  })
  expect(await failure(pool.query("SELECT {d '2020-01-02'"))).toMatchObject({ number: 102 })
})

test('SQL_VARIANT_PROPERTY', async () => {
  await pool.batch('DECLARE @v sql_variant; SELECT @v')
  expect(
    await row(`DECLARE @v sql_variant = CAST(46279.1 AS decimal(8,2)), @s sql_variant = CAST('x' AS varchar(9)), @none sql_variant
SELECT SQL_VARIANT_PROPERTY(@v, 'BaseType') AS t, SQL_VARIANT_PROPERTY(@v, 'precision') AS p, SQL_VARIANT_PROPERTY(@v, 'Scale') AS s,
SQL_VARIANT_PROPERTY(@v, 'TotalBytes') AS b, SQL_VARIANT_PROPERTY(@s, 'MaxLength') AS m, SQL_VARIANT_PROPERTY(@s, 'Collation') AS c,
SQL_VARIANT_PROPERTY(@v, 'Collation') AS nc, SQL_VARIANT_PROPERTY(@none, 'BaseType') AS n`),
  ).toEqual({ t: 'decimal', p: 8, s: 2, b: 9, m: 9, c: 'Latin1_General_CI_AS', nc: null, n: null })
})

test('a call that fails before the first line says line 0 and the procedure', async () => {
  await pool.batch('CREATE PROC needs @a int AS SELECT @a')
  const told = async (call: string) => {
    const error = await pool.batch(call).catch((thrown: sql.RequestError) => thrown)
    const { number, lineNumber, procName } = error as sql.RequestError
    return { number, lineNumber, procName }
  }
  expect(await told('\nEXEC needs')).toEqual({ number: 201, lineNumber: 0, procName: 'needs' })
  expect(await told('\nEXEC needs 1, 2')).toEqual({ number: 8144, lineNumber: 0, procName: 'needs' })
  expect(await told('\nEXEC needs @b = 2')).toEqual({ number: 8145, lineNumber: 0, procName: 'needs' })
  expect(await told('\nEXEC nothing')).toEqual({ number: 2812, lineNumber: 2, procName: '' })
})
