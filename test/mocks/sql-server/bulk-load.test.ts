import { setImmediate as nextTurn } from 'node:timers/promises'
import sql from 'mssql'
import type { BulkLoad } from 'tedious'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { failure, saPassword, startTestServer, type TestServer } from './running-server.ts'
import { type ColumnType, connectTedious, type TediousClient, tedious } from './tedious-client.ts'

const { TYPES } = tedious
const required = { nullable: false }
const optional = { nullable: true }

let server: TestServer
let client: TediousClient
beforeAll(async () => {
  server = await startTestServer()
  client = await connectTedious(server)
})
afterAll(async () => {
  await client[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await client.rows("IF OBJECT_ID('loaded') IS NOT NULL DROP TABLE loaded")
})

const ids = { table: 'loaded', columns: [['id', TYPES.Int, required]] } as const
const count = async () => (await client.rows('SELECT COUNT(*) FROM loaded'))[0]?.[0]

test('rows of every type come back as they went', async () => {
  const values: readonly (readonly [string, ColumnType, unknown, object?])[] = [
    ['bit', TYPES.Bit, true],
    ['tinyint', TYPES.TinyInt, 255],
    ['smallint', TYPES.SmallInt, -5],
    ['int', TYPES.Int, 2_147_483_647],
    ['bigint', TYPES.BigInt, '9007199254740993'],
    ['real', TYPES.Real, 0.5],
    ['float', TYPES.Float, 1.5e300],
    ['decimal(20,4)', TYPES.Decimal, 12.3456, { precision: 20, scale: 4 }],
    ['money', TYPES.Money, -1.5],
    ['smallmoney', TYPES.SmallMoney, 2.25],
    ['date', TYPES.Date, new Date('2024-02-29T00:00:00Z')],
    ['datetime', TYPES.DateTime, new Date('2024-02-29T23:59:59.997Z')],
    ['smalldatetime', TYPES.SmallDateTime, new Date('2024-02-29T01:02:00.000Z')],
    ['datetime2(7)', TYPES.DateTime2, new Date('2024-02-29T01:02:03.456Z'), { scale: 7 }],
    ['datetimeoffset(7)', TYPES.DateTimeOffset, new Date('2024-02-29T01:02:03.456Z'), { scale: 7 }],
    ['char(5)', TYPES.Char, 'abc  ', { length: 5 }],
    ['varchar(50)', TYPES.VarChar, 'café', { length: 50 }],
    ['varchar(max)', TYPES.VarChar, 'y'.repeat(9000), { length: Infinity }],
    ['nvarchar(50)', TYPES.NVarChar, 'Grüße 日本', { length: 50 }],
    ['nvarchar(max)', TYPES.NVarChar, 'x'.repeat(70_000), { length: Infinity }],
    ['text', TYPES.Text, 'some text'],
    ['ntext', TYPES.NText, 'some text 中文'],
    ['image', TYPES.Image, Buffer.from([0xde, 0xad])],
    ['varbinary(10)', TYPES.VarBinary, Buffer.from([0, 255]), { length: 10 }],
    ['varbinary(max)', TYPES.VarBinary, Buffer.alloc(100_000, 3), { length: Infinity }],
    ['uniqueidentifier', TYPES.UniqueIdentifier, '6F9619FF-8B86-D011-B42D-00C04FC964FF'],
  ]
  await client.rows(`CREATE TABLE loaded(${values.map(([type], i) => `c${i} ${type} NULL`).join(', ')})`)
  const loaded = await client.load({
    table: 'loaded',
    columns: values.map(([, type, , how], i) => [`c${i}`, type, { ...how, nullable: true }] as const),
    rows: [values.map(([, , value]) => value), values.map(() => null)],
  })
  expect(loaded).toBe(2)
  const [row, nulls] = await client.rows('SELECT * FROM loaded')
  expect(row).toEqual(values.map(([, , value]) => value))
  expect(nulls).toEqual(values.map(() => null))
})

test('the count is told, and a load without rows is one of none', async () => {
  await client.rows('CREATE TABLE loaded(id int NOT NULL)')
  expect(await client.load({ ...ids, rows: [[1], [2], [3]] })).toBe(3)
  expect(await client.load({ ...ids, rows: [] })).toBe(0)
  expect(await count()).toBe(3)
})

test('rows over many packets, of any size of packet', async () => {
  for (const packetSize of [512, 4096, 16384, 32767]) {
    await using other = await connectTedious(server, { packetSize })
    await other.rows('CREATE TABLE #many(id int NOT NULL, name nvarchar(200) NULL)')
    const rows = Array.from({ length: 2000 }, (_, i) => [i, i % 7 === 0 ? null : `row ${'x'.repeat(i % 180)}`])
    const columns = [
      ['id', TYPES.Int, required],
      ['name', TYPES.NVarChar, { length: 200, nullable: true }],
    ] as const
    expect(await other.load({ table: '#many', columns, rows })).toBe(2000)
    expect(await other.rows('SELECT id, name FROM #many ORDER BY id')).toEqual(rows)
  }
})

describe('what the table says', () => {
  test('defaults stand for NULL, unless KEEP_NULLS', async () => {
    await client.rows("CREATE TABLE loaded(id int NULL DEFAULT 7, name varchar(9) DEFAULT UPPER('abc'))")
    const columns = [['id', TYPES.Int, optional]] as const
    await client.load({ table: 'loaded', columns, rows: [[null]] })
    await client.load({ table: 'loaded', columns, rows: [[null]], options: { keepNulls: true } })
    expect(await client.rows('SELECT * FROM loaded')).toEqual([
      [7, 'ABC'],
      [null, 'ABC'],
    ])
  })
  test('identity values are given, or taken from the client that names the column', async () => {
    await client.rows('CREATE TABLE loaded(id int IDENTITY(10, 5) NOT NULL, name varchar(9) NULL, stamp rowversion)')
    const name = ['name', TYPES.VarChar, { length: 9, nullable: true }] as const
    await client.load({ table: 'loaded', columns: [name], rows: [['a'], ['b']] })
    await client.load({ table: 'loaded', columns: [['id', TYPES.Int, required], name], rows: [[100, 'c']] })
    await client.load({ table: 'loaded', columns: [name], rows: [['d']] })
    expect(await client.rows('SELECT id, name FROM loaded')).toEqual([
      [10, 'a'],
      [15, 'b'],
      [100, 'c'],
      [105, 'd'],
    ])
  })
  test('constraints count with CHECK_CONSTRAINTS alone, keys and NOT NULL always', async () => {
    await client.rows('CREATE TABLE loaded(id int NOT NULL CONSTRAINT ck CHECK (id < 100))')
    const rows = [[50], [555], [5]]
    expect(await failure(client.load({ ...ids, rows, options: { checkConstraints: true } }))).toMatchObject({
      number: 547,
    })
    expect(await count()).toBe(0)
    expect(await client.load({ ...ids, rows })).toBe(3)
    await client.rows('DROP TABLE loaded; CREATE TABLE loaded(id int NOT NULL PRIMARY KEY, other int NOT NULL)')
    expect(await failure(client.load({ ...ids, rows: [[1]] }))).toMatchObject({ number: 515, class: 16, state: 2 })
    await client.rows('DROP TABLE loaded; CREATE TABLE loaded(id int NOT NULL PRIMARY KEY)')
    expect(await failure(client.load({ ...ids, rows: [[1], [2], [1]] }))).toMatchObject({ number: 2627, class: 14 })
    expect(await count()).toBe(0)
  })
  test('triggers fire with FIRE_TRIGGERS, once for all rows', async () => {
    await client.rows('CREATE TABLE loaded(id int NOT NULL); CREATE TABLE seen(n int)')
    await client.rows('CREATE TRIGGER sees ON loaded AFTER INSERT AS INSERT seen SELECT COUNT(*) FROM inserted')
    expect(await client.load({ ...ids, rows: [[1], [2]] })).toBe(2)
    expect(await client.rows('SELECT n FROM seen')).toEqual([])
    await client.load({ ...ids, rows: [[3], [4], [5]], options: { fireTriggers: true } })
    expect(await client.rows('SELECT n FROM seen')).toEqual([[3]])
    await client.rows('DROP TRIGGER sees')
    await client.rows('CREATE TRIGGER instead ON loaded INSTEAD OF INSERT AS INSERT seen SELECT id FROM inserted')
    await client.load({ ...ids, rows: [[6], [7]], options: { fireTriggers: true } })
    expect(await client.rows('SELECT n FROM seen ORDER BY n')).toEqual([[3], [6], [7]])
    expect(await count()).toBe(5)
    await client.rows('DROP TABLE seen')
  })
  test('foreign keys are looked up with CHECK_CONSTRAINTS', async () => {
    await client.rows(
      'CREATE TABLE parents(id int PRIMARY KEY); INSERT parents VALUES (1); CREATE TABLE loaded(id int NOT NULL REFERENCES parents(id))',
    )
    const options = { checkConstraints: true }
    expect(await failure(client.load({ ...ids, rows: [[1], [2]], options }))).toMatchObject({ number: 547 })
    expect(await client.load({ ...ids, rows: [[1], [1]], options })).toBe(2)
    await client.rows('DROP TABLE loaded; DROP TABLE parents')
  })
  test('values are converted as INSERT converts them, and cut off nowhere', async () => {
    await client.rows('CREATE TABLE loaded(id bigint NULL, name nvarchar(5) NULL, at datetime2(3) NULL)')
    const columns = [
      ['id', TYPES.Int, optional],
      ['name', TYPES.VarChar, { length: 100, nullable: true }],
      ['at', TYPES.DateTime, optional],
    ] as const
    const at = new Date('2024-02-29T23:59:59.997Z')
    await client.load({ table: 'loaded', columns, rows: [[1, 'abc', at]] })
    expect(await client.rows('SELECT * FROM loaded')).toEqual([['1', 'abc', at]])
    expect(await failure(client.load({ table: 'loaded', columns, rows: [[1, 'abcdef', at]] }))).toMatchObject({
      number: 2628,
    })
  })
})

describe('what does not fit', () => {
  test('a statement about nothing', async () => {
    // The table and its columns are looked for one after the other.
    await expect(client.load({ ...ids, table: 'nowhere', rows: [[1]] })).rejects.toMatchObject({
      errors: [{ number: 208, message: "Invalid object name 'nowhere'." }, { number: 208 }],
    })
    await client.rows('CREATE TABLE loaded(other int NOT NULL, twice AS other * 2)')
    const silent = await failure(client.load({ ...ids, rows: [[1]] }))
    expect(silent.text).toMatch(/^An unknown error has occurred/)
    expect(await failure(client.rows('insert bulk loaded([twice] int)'))).toMatchObject({ number: 271 })
    expect(await failure(client.rows('insert bulk loaded([other] nothing)'))).toMatchObject({ number: 2715 })
    expect(await failure(client.rows('insert bulk loaded([other] int, [other] int)'))).toMatchObject({ number: 264 })
    expect(await failure(client.rows('insert bulk loaded([other] int) WITH (KEEP_IDENTITY)'))).toMatchObject({
      number: 102,
    })
    expect(await failure(client.rows('insert bulk loaded([other] int); SELECT 1'))).toMatchObject({ number: 428 })
  })
  test('anything but the rows that were announced', async () => {
    await client.rows('CREATE TABLE loaded(id int NOT NULL)')
    await client.rows('insert bulk loaded([id] int)')
    expect(await failure(client.rows('SELECT 1'))).toMatchObject({ number: 4022 })
    expect(await client.rows('SELECT 1')).toEqual([[1]])
  })
  test('columns that say another type, or whether they may be NULL', async () => {
    await client.rows('CREATE TABLE loaded(id int NOT NULL, long nvarchar(max) NULL)')
    const columns = [['id', TYPES.Int, optional]] as const
    expect(await failure(client.load({ table: 'loaded', columns, rows: [[1]] }))).toMatchObject({
      number: 4816,
      state: 1,
      text: 'Invalid column type from bcp client for colid 1.',
    })
    const short = [ids.columns[0], ['long', TYPES.NVarChar, { length: 50, nullable: true }]] as const
    expect(await failure(client.load({ table: 'loaded', columns: short, rows: [[1, 'a']] }))).toMatchObject({
      number: 4816,
      state: 2,
    })
  })
  test('an order that was promised and is not kept', async () => {
    await client.rows('CREATE TABLE loaded(id int NOT NULL PRIMARY KEY CLUSTERED)')
    const options = { order: { id: 'ASC' } } as const
    expect(await client.load({ ...ids, rows: [[1], [2], [3]], options })).toBe(3)
    expect(await failure(client.load({ ...ids, rows: [[4], [6], [5]], options }))).toMatchObject({
      number: 4819,
      text: 'Cannot bulk load. The bulk data stream was incorrectly specified as sorted or the data violates a uniqueness constraint imposed by the target table. Sort order incorrect for the following two rows: primary key of first row: (6), primary key of second row: (5).',
    })
    expect(await count()).toBe(3)
    await client.rows('DROP TABLE loaded; CREATE TABLE loaded(id int NOT NULL)')
    expect(await client.load({ ...ids, rows: [[3], [1]], options })).toBe(2)
  })
})

describe('a load that is given up', () => {
  const slowly = async function* (total: number, at: number, then: () => void) {
    for (let i = 0; i < total; i += 1) {
      if (i === at) then()
      await nextTurn()
      yield [i]
    }
  }
  test('leaves nothing behind, and the connection goes on', async () => {
    await client.rows('CREATE TABLE loaded(id int NOT NULL PRIMARY KEY)')
    let load: BulkLoad | undefined
    const ended = client.load({
      ...ids,
      rows: slowly(5000, 3000, () => load?.cancel()),
      started: (started) => {
        load = started
      },
    })
    expect((await failure(ended)).code).toBe('ECANCEL')
    expect(await count()).toBe(0)
  })
  test('by its own source', async () => {
    await client.rows('CREATE TABLE loaded(id int NOT NULL)')
    const broken = new Error('the source fails')
    const rows = slowly(20, 10, () => {
      throw broken
    })
    await expect(client.load({ ...ids, rows })).rejects.toBe(broken)
    expect(await count()).toBe(0)
  })
  test('by the end of its connection', async () => {
    await client.rows('CREATE TABLE loaded(id int NOT NULL)')
    const other = await connectTedious(server)
    const ended = failure(other.load({ ...ids, rows: slowly(5000, 3000, () => other.connection.close()) }))
    await ended
    await expect.poll(count).toBe(0)
  })
  test('in a transaction that is rolled back', async () => {
    await client.rows('CREATE TABLE loaded(id int NOT NULL); BEGIN TRAN')
    expect(await client.load({ ...ids, rows: [[1], [2]] })).toBe(2)
    expect(await count()).toBe(2)
    await client.rows('ROLLBACK')
    expect(await count()).toBe(0)
  })
})

describe('mssql', () => {
  test('makes the table itself, temporary or not', async () => {
    const pool = await server.connect()
    const table = new sql.Table('loaded')
    table.create = true
    table.columns.add('id', sql.Int, { nullable: false, primary: true })
    table.columns.add('name', sql.NVarChar(50), { nullable: true })
    table.columns.add('price', sql.Decimal(10, 2), { nullable: true })
    table.columns.add('blob', sql.VarBinary(sql.MAX), { nullable: true })
    for (let i = 0; i < 300; i += 1) table.rows.add(i, i % 3 ? `name ${i}` : null, i / 4, Buffer.from([i & 255]))
    expect((await pool.request().bulk(table)).rowsAffected).toBe(300)
    const { recordset } = await pool.query('SELECT TOP 2 * FROM loaded ORDER BY id')
    expect(recordset).toEqual([
      { id: 0, name: null, price: 0, blob: Buffer.from([0]) },
      { id: 1, name: 'name 1', price: 0.25, blob: Buffer.from([1]) },
    ])
    const temporary = new sql.Table('#mine')
    temporary.create = true
    temporary.columns.add('a', sql.Int, { nullable: true })
    temporary.rows.add(777)
    await pool.request().bulk(temporary)
    expect((await pool.request().batch('SELECT * FROM #mine')).recordset).toEqual([{ a: 777 }])
  })
  test('what SqlBulkCopy asks before it loads has its three results', async () => {
    const pool = await server.connect()
    await pool.batch('CREATE TABLE asked(id int NOT NULL, name nvarchar(20) NULL, code varchar(5))')
    const { recordsets } = await pool.batch(`
      SELECT @@TRANCOUNT AS n;
      DECLARE @Object_ID INT = OBJECT_ID('asked'), @Query NVARCHAR(MAX), @Names NVARCHAR(MAX) = NULL;
      IF EXISTS (SELECT TOP 1 * FROM sys.all_columns WHERE [object_id] = OBJECT_ID('sys.all_columns') AND [name] = 'graph_type')
        SET @Query = N'SELECT @Names = COALESCE(@Names + '', '', '''') + QUOTENAME([name]) FROM sys.all_columns WHERE [object_id] = @Object_ID AND COALESCE([graph_type], 0) NOT IN (1, 3, 4, 6, 7) ORDER BY [column_id] ASC;'
      ELSE
        SET @Query = N'SELECT @Names = COALESCE(@Names + '', '', '''') + QUOTENAME([name]) FROM sys.all_columns WHERE [object_id] = @Object_ID ORDER BY [column_id] ASC;'
      EXEC sp_executesql @Query, N'@Object_ID INT, @Names NVARCHAR(MAX) OUTPUT', @Object_ID = @Object_ID, @Names = @Names OUTPUT;
      SELECT @Names = COALESCE(@Names, '*');
      SET FMTONLY ON; EXEC(N'SELECT ' + @Names + N' FROM [asked]'); SET FMTONLY OFF;
      EXEC ..sp_tablecollations_100 N'.[asked]';`)
    const [transactions, columns, collations] = recordsets as unknown as sql.IRecordSet<Record<string, unknown>>[]
    expect([...(transactions ?? [])]).toEqual([{ n: 0 }])
    expect(Object.keys(columns?.columns ?? {})).toEqual(['id', 'name', 'code'])
    expect(columns).toHaveLength(0)
    expect(collations?.map((row) => row.collation_100)).toEqual([null, 'Latin1_General_CI_AS', 'Latin1_General_CI_AS'])
  })
  test('a login without rights is refused', async () => {
    server.sqlServer.createLogin({ name: 'reader', password: saPassword })
    const admin = await server.connect()
    await admin.batch('CREATE DATABASE guarded')
    await admin.batch(
      'USE guarded; CREATE USER reader FOR LOGIN reader; CREATE TABLE loaded(id int NOT NULL); ALTER ROLE db_datareader ADD MEMBER reader; USE master',
    )
    const pool = await server.connect({ user: 'reader', database: 'guarded' })
    const table = new sql.Table('loaded')
    table.columns.add('id', sql.Int, { nullable: false })
    table.rows.add(1)
    expect((await failure(pool.request().bulk(table))).text).toBe(
      "The INSERT permission was denied on the object 'loaded', database 'guarded', schema 'dbo'.",
    )
  })
})
