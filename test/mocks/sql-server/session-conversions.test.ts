import sql from 'mssql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
})
afterAll(() => server[Symbol.asyncDispose]())

const day = new Date('2020-02-13T00:00:00Z')

test('what a call, a cursor and a prepared text convert is read as DATEFORMAT says', async () => {
  await pool.batch('CREATE PROC takes @d datetime, @o datetime = NULL OUTPUT AS SET @o = @d SELECT @d AS d')
  await pool.batch('SET DATEFORMAT dmy')
  expect((await pool.batch("EXEC takes '13/02/2020'")).recordset).toEqual([{ d: day }])
  expect((await pool.batch("EXEC sp_executesql N'SELECT @p AS d', N'@p datetime', '13/02/2020'")).recordset).toEqual([
    { d: day },
  ])
  const { output } = await pool
    .request()
    .input('d', sql.VarChar, '13/02/2020')
    .output('o', sql.DateTime)
    .execute('takes')
  expect(output).toEqual({ o: day })
  expect(
    (
      await pool.batch(
        "DECLARE @d datetime; DECLARE c CURSOR LOCAL FOR SELECT '13/02/2020'; OPEN c; FETCH c INTO @d; SELECT @d AS d",
      )
    ).recordset,
  ).toEqual([{ d: day }])
  await pool.batch('SET DATEFORMAT mdy')
  expect(await failure(pool.batch("EXEC takes '13/02/2020'"))).toMatchObject({ number: 242 })
})

test('styles of CONVERT with milliseconds, in twelve hours and with years of two digits', async () => {
  const convert = async (value: string, type: string, style: number) =>
    (await pool.query(`SELECT CONVERT(varchar(40), CAST('${value}' AS ${type}), ${style}) AS t`)).recordset[0].t
  const moment = '2020-01-02T13:04:05.123'
  expect(await convert(moment, 'datetime', 109)).toBe('Jan  2 2020  1:04:05:123PM')
  expect(await convert(moment, 'datetime2(3)', 9)).toBe('Jan  2 2020  1:04:05.123PM')
  expect(await convert(moment, 'datetime', 22)).toBe('01/02/20  1:04:05 PM')
  expect(await convert(moment, 'date', 7)).toBe('Jan 02, 20')
  expect(await convert(moment, 'date', 11)).toBe('20/01/02')
})

test('master..spt_values has the numbers that everybody takes from it', async () => {
  await pool.batch("IF DB_ID('other') IS NULL CREATE DATABASE other")
  expect(
    (await pool.query("SELECT COUNT(*) AS n, MAX(number) AS most FROM master..spt_values WHERE type = 'P'")).recordset,
  ).toEqual([{ n: 2048, most: 2047 }])
  const other = await server.connect({ database: 'other' })
  expect(await failure(other.query('SELECT * FROM spt_values'))).toMatchObject({ number: 208 })
})
