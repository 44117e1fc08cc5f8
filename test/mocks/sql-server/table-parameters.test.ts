import sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
  await pool.batch(`
    CREATE TYPE dbo.Item AS TABLE (
      id int NOT NULL PRIMARY KEY, name nvarchar(20) NULL, price decimal(10,2) NOT NULL DEFAULT 1, CHECK (price < 1000))`)
  await pool.batch(
    'CREATE PROCEDURE total @items dbo.Item READONLY, @factor int = 2 AS SELECT COUNT(*) AS n, SUM(price) * @factor AS total FROM @items',
  )
})
afterAll(() => server[Symbol.asyncDispose]())

function items(rows: readonly (readonly [id: number | null, name: string | null, price: number])[], type = 'dbo.Item') {
  const table = new sql.Table(type)
  table.columns.add('id', sql.Int, { nullable: true })
  table.columns.add('name', sql.NVarChar(100), { nullable: true })
  table.columns.add('price', sql.Decimal(10, 2), { nullable: true })
  for (const row of rows) table.rows.add(...row)
  return table
}
const one = items([[1, 'one', 1.5]])

describe('a table for a parameter', () => {
  test('of a procedure', async () => {
    const three = items([
      [1, 'one', 1.5],
      [2, null, 2],
      [3, 'drei', 0.25],
    ])
    const request = pool.request().input('items', three).input('factor', sql.Int, 10)
    expect((await request.execute('total')).recordset).toEqual([{ n: 3, total: 37.5 }])
    expect((await pool.request().input('items', items([])).execute('total')).recordset).toEqual([{ n: 0, total: null }])
    expect((await pool.request().execute('total')).recordset).toEqual([{ n: 0, total: null }])
  })
  test('of a query, beside others, joined and inserted from', async () => {
    await pool.batch('CREATE TABLE stock(id int PRIMARY KEY, name nvarchar(20))')
    const request = pool
      .request()
      .input('more', sql.Int, 5)
      .input(
        'items',
        items([
          [7, 'seven', 1],
          [8, 'eight', 2],
        ]),
      )
    const { recordset } = await request.query(
      'INSERT stock(id, name) SELECT id + @more, name FROM @items; SELECT s.id, i.name FROM stock s JOIN @items i ON s.id = i.id + @more ORDER BY s.id',
    )
    expect(recordset).toEqual([
      { id: 12, name: 'seven' },
      { id: 13, name: 'eight' },
    ])
  })
  test('of a prepared statement', async () => {
    const prepared = new sql.PreparedStatement(pool)
    prepared.input('items', sql.TVP('dbo.Item'))
    await prepared.prepare('SELECT COUNT(*) AS n FROM @items')
    expect((await prepared.execute({ items: one })).recordset).toEqual([{ n: 1 }])
    await prepared.unprepare()
  })
  test('of many rows', async () => {
    const many = items(Array.from({ length: 20_000 }, (_, i) => [i, `n${i}`, (i % 100) / 4] as const))
    expect((await pool.request().input('items', many).execute('total')).recordset).toEqual([
      { n: 20_000, total: 495_000 },
    ])
  })
  test('with every type and with NULLs', async () => {
    await pool.batch(
      'CREATE TYPE every AS TABLE(a bit, b bigint, c float, d money, e datetime2(3), f varchar(max), g varbinary(max), h uniqueidentifier, i nvarchar(max), j date)',
    )
    const table = new sql.Table('every')
    const kinds = [
      sql.Bit,
      sql.BigInt,
      sql.Float,
      sql.Money,
      sql.DateTime2(3),
      sql.VarChar(sql.MAX),
      sql.VarBinary(sql.MAX),
      sql.UniqueIdentifier,
      sql.NVarChar(sql.MAX),
      sql.Date,
    ]
    kinds.forEach((kind, i) => {
      table.columns.add('abcdefghij'.charAt(i), kind as sql.ISqlType, { nullable: true })
    })
    const values = [
      true,
      '9007199254740993',
      1.5,
      -2.25,
      new Date('2024-02-29T01:02:03.456Z'),
      'v'.repeat(9000),
      Buffer.alloc(9000, 7),
      '6F9619FF-8B86-D011-B42D-00C04FC964FF',
      '日'.repeat(5000),
      new Date('2024-02-29T00:00:00Z'),
    ]
    table.rows.add(...(values as string[]))
    table.rows.add(...(values.map(() => null) as unknown as string[]))
    const { recordset } = await pool.request().input('t', table).query('SELECT * FROM @t')
    expect(recordset.map((row) => Object.values(row))).toEqual([values, values.map(() => null)])
  })
})

describe('what the type says', () => {
  const refused = async (table: sql.Table) => {
    const error = (await pool
      .request()
      .input('items', table)
      .execute('total')
      .catch((thrown: unknown) => thrown)) as sql.RequestError & { precedingErrors: sql.RequestError[] }
    return [...error.precedingErrors, error].flatMap(({ number }) => number ?? [])
  }
  test('is held against its rows, and told twice', async () => {
    expect(await refused(items([[null, 'x', 1]]))).toEqual([515, 8061])
    expect(await refused(items([[1, 'x', 1000]]))).toEqual([547, 8061])
    expect(await refused(items([[1, 'x'.repeat(30), 1]]))).toEqual([2628, 8061])
    expect(
      await refused(
        items([
          [1, 'x', 1],
          [1, 'y', 1],
        ]),
      ),
    ).toEqual([2627, 8061])
    expect((await pool.request().input('items', one).execute('total')).recordset).toEqual([{ n: 1, total: 3 }])
  })
  test('is held against the number of columns', async () => {
    const narrow = new sql.Table('dbo.Item')
    narrow.columns.add('id', sql.Int, { nullable: true })
    expect(await failure(pool.request().input('items', narrow).execute('total'))).toMatchObject({
      number: 500,
      text: 'Trying to pass a table-valued parameter with 1 column(s) where the corresponding user-defined table type requires 3 column(s).',
    })
  })
  test('identity, computed columns and rowversion fill themselves', async () => {
    await pool.batch('CREATE TYPE kept AS TABLE(id int IDENTITY(5, 5), n int, twice AS n * 2)')
    const table = new sql.Table('kept')
    for (const name of ['id', 'n', 'twice']) table.columns.add(name, sql.Int, { nullable: true })
    table.rows.add(null, 4, null)
    table.rows.add(null, 5, null)
    const all = 'SELECT * FROM @t ORDER BY id'
    expect((await pool.request().input('t', table).query(all)).recordset).toEqual([
      { id: 5, n: 4, twice: 8 },
      { id: 10, n: 5, twice: 10 },
    ])
    table.rows.add(77, 6, null)
    const error = await failure(pool.request().input('t', table).query(all))
    expect(error).toMatchObject({ number: 8061 })
  })
})

describe('in T-SQL', () => {
  const rows = async (text: string) => [...(await pool.batch(text)).recordset]
  test('a variable of a table type goes to procedures', async () => {
    expect(
      await rows("DECLARE @t dbo.Item, @u Item; INSERT @t VALUES (1, N'a', 3), (2, N'b', DEFAULT); EXEC total @t, 3"),
    ).toEqual([{ n: 2, total: 12 }])
    expect(await rows('DECLARE @t Item; EXEC total @factor = 1, @items = @t')).toEqual([{ n: 0, total: null }])
    expect(
      await rows(
        "DECLARE @t Item; INSERT @t(id) VALUES (4); EXEC sp_executesql N'SELECT id FROM @p', N'@p dbo.Item READONLY', @t",
      ),
    ).toEqual([{ id: 4 }])
  })
  test.each([
    ['CREATE PROCEDURE p @t dbo.Item AS SELECT 1', 352],
    ['CREATE PROCEDURE p @t int READONLY AS SELECT 1', 346],
    ['CREATE PROCEDURE p @t dbo.nothing READONLY AS SELECT 1', 2715],
    ['EXEC total 5', 206],
    ['DECLARE @t TABLE(id int); EXEC total @t', 206],
    ['CREATE TYPE dbo.Item AS TABLE(a int)', 219],
    ['DROP TYPE dbo.Item', 3732],
    ['DROP TYPE dbo.Nothing', 218],
    ['CREATE TABLE bad(a dbo.Item)', 350],
  ])('%s fails with %i', async (text, number) => {
    expect(await failure(pool.batch(text))).toMatchObject({ number })
  })
  test('a parameter that is a table is not changed', async () => {
    await pool.batch('CREATE PROCEDURE breaks @t dbo.Item READONLY AS INSERT @t(id) VALUES (1)')
    expect(await failure(pool.request().input('t', one).execute('breaks'))).toMatchObject({
      number: 10700,
      text: 'The table-valued parameter "@t" is READONLY and cannot be modified.',
    })
    await pool.batch('DROP PROCEDURE breaks')
  })
  test('another name for a type', async () => {
    await pool.batch('CREATE SCHEMA kinds')
    await pool.batch(
      'CREATE TYPE kinds.Code FROM nvarchar(5) NOT NULL; CREATE TABLE coded(c kinds.Code, d kinds.Code NULL)',
    )
    expect(await failure(pool.batch("INSERT coded VALUES (N'toolong', NULL)"))).toMatchObject({ number: 2628 })
    expect(await failure(pool.batch('INSERT coded VALUES (NULL, NULL)'))).toMatchObject({ number: 515 })
    expect(await rows("DECLARE @c kinds.Code = N'abcdefgh'; SELECT @c AS c")).toEqual([{ c: 'abcde' }])
    await pool.batch('DROP TABLE coded; DROP TYPE kinds.Code; DROP TYPE IF EXISTS kinds.Code')
  })
  test('the catalogue knows them', async () => {
    expect(
      await rows(
        "SELECT t.name, t.is_table_type, c.name AS col FROM sys.table_types t JOIN sys.columns c ON c.object_id = t.type_table_object_id WHERE t.name = 'Item' ORDER BY c.column_id",
      ),
    ).toEqual(['id', 'name', 'price'].map((col) => ({ name: 'Item', is_table_type: true, col })))
    expect(
      await rows(
        "SELECT is_user_defined, system_type_id, CASE WHEN TYPE_ID('dbo.Item') = user_type_id THEN 1 ELSE 0 END AS same FROM sys.types WHERE name = 'Item'",
      ),
    ).toEqual([{ is_user_defined: true, system_type_id: 243, same: 1 }])
  })
})

test('types outlive the server', async () => {
  await pool.batch('CREATE DATABASE kept; ')
  const other = await server.connect({ database: 'kept' })
  await other.batch('CREATE TYPE Mine AS TABLE(id int)')
  expect((await other.batch('DECLARE @t Mine; INSERT @t VALUES (1); SELECT * FROM @t')).recordset).toEqual([{ id: 1 }])
})
