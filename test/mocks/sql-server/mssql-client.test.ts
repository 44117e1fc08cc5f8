import sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
  await pool.batch('CREATE DATABASE app')
  await pool.close()
  pool = await server.connect({ database: 'app' })
})
afterAll(() => server[Symbol.asyncDispose]())

const rows = async (text: string): Promise<unknown[]> => [...(await pool.batch(text)).recordset]

describe('queries', () => {
  test('a table lives its life', async () => {
    await pool.batch(
      'CREATE TABLE people(id int IDENTITY PRIMARY KEY, name nvarchar(50) NOT NULL UNIQUE, age int NULL CHECK(age > 0), balance decimal(18,2) NOT NULL DEFAULT 0, version rowversion)',
    )
    expect(
      await rows("INSERT people(name, age) OUTPUT inserted.id, inserted.name VALUES (N'Anna', 30), (N'Bób', 40)"),
    ).toEqual([
      { id: 1, name: 'Anna' },
      { id: 2, name: 'Bób' },
    ])
    expect(await rows("SELECT name FROM people WHERE NAME = 'ANNA  '")).toEqual([{ name: 'Anna' }])
    expect(
      await rows(
        'UPDATE people SET balance += 0.1 + 0.2 OUTPUT deleted.balance AS old, inserted.balance AS new WHERE id = 1',
      ),
    ).toEqual([{ old: 0, new: 0.3 }])
    expect(await rows('SELECT COUNT(*) AS n, SUM(balance) AS total, AVG(age) AS age FROM people')).toEqual([
      { n: 2, total: 0.3, age: 35 },
    ])
    expect(
      await rows(
        "MERGE people AS t USING (VALUES ('anna', 31), ('Zoe', 5)) AS s(name, age) ON t.name = s.name WHEN MATCHED THEN UPDATE SET age = s.age WHEN NOT MATCHED THEN INSERT (name, age) VALUES (s.name, s.age) OUTPUT $action AS action, inserted.age;",
      ),
    ).toEqual([
      { action: 'UPDATE', age: 31 },
      { action: 'INSERT', age: 5 },
    ])
    expect((await pool.batch('DELETE FROM people WHERE age = 5')).rowsAffected).toEqual([1])
  })
  test('joins, CTEs, windows and set operations', async () => {
    expect(
      await rows(
        'WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 4) SELECT i, ROW_NUMBER() OVER (ORDER BY i DESC) AS r FROM n ORDER BY i',
      ),
    ).toEqual([
      { i: 1, r: '4' },
      { i: 2, r: '3' },
      { i: 3, r: '2' },
      { i: 4, r: '1' },
    ])
    expect(await rows("SELECT 'a' AS x UNION SELECT 'A' UNION SELECT 'b' ORDER BY x")).toHaveLength(2)
    expect(await rows("SELECT value FROM STRING_SPLIT('a,b', ',')")).toEqual([{ value: 'a' }, { value: 'b' }])
  })
  test('procedures give result sets, output parameters and a return status', async () => {
    await pool.batch(
      'CREATE PROCEDURE adds @a int, @b int = 5, @sum int OUTPUT AS BEGIN SET @sum = @a + @b; SELECT @a AS a; RETURN 7 END',
    )
    const result = await pool.request().input('a', 3).output('sum', sql.Int).execute('adds')
    expect([result.recordset, result.output, result.returnValue]).toEqual([[{ a: 3 }], { sum: 8 }, 7])
  })
  test('output parameters of any type and length', async () => {
    await pool.batch(
      "CREATE PROCEDURE outs @a nvarchar(max) OUTPUT, @b varbinary(max) OUTPUT, @c decimal(38,10) OUTPUT, @d datetimeoffset OUTPUT, @e uniqueidentifier OUTPUT, @f bigint OUTPUT, @g time(3) OUTPUT, @h char(5) OUTPUT, @i money OUTPUT AS SELECT @a = REPLICATE(CAST(N'日' AS nvarchar(max)), 50000), @b = CAST(REPLICATE(CAST('a' AS varchar(max)), 40000) AS varbinary(max)), @c = 1.5, @d = '2024-01-02 03:04:05 +02:00', @e = '6F9619FF-8B86-D011-B42D-00C04FC964FF', @f = 9007199254740993, @g = '01:02:03.456', @h = 'ab', @i = -1.5",
    )
    const request = pool
      .request()
      .output('a', sql.NVarChar(sql.MAX))
      .output('b', sql.VarBinary(sql.MAX))
      .output('c', sql.Decimal(38, 10))
      .output('d', sql.DateTimeOffset)
      .output('e', sql.UniqueIdentifier)
      .output('f', sql.BigInt)
      .output('g', sql.Time(3))
      .output('h', sql.Char(5))
      .output('i', sql.Money)
    expect((await request.execute('outs')).output).toEqual({
      a: '日'.repeat(50_000),
      b: Buffer.alloc(40_000, 'a'),
      c: 1.5,
      d: new Date('2024-01-02T01:04:05Z'),
      e: '6F9619FF-8B86-D011-B42D-00C04FC964FF',
      f: '9007199254740993',
      g: new Date('1970-01-01T01:02:03.456Z'),
      h: 'ab   ',
      i: -1.5,
    })
  })
  test('a variable gathers the rows of a query', async () => {
    expect(
      await rows(
        "DECLARE @all varchar(99) = '', @last int; SELECT @all += CAST(value AS varchar) + ',', @last = value FROM GENERATE_SERIES(1, 5) ORDER BY value DESC; SELECT @all AS everything, @last AS last",
      ),
    ).toEqual([{ everything: '5,4,3,2,1,', last: 1 }])
  })
  test('control flow and TRY', async () => {
    expect(
      await rows(
        "DECLARE @i int = 0, @s varchar(9) = ''; WHILE @i < 5 BEGIN SET @i += 1; IF @i = 2 CONTINUE; IF @i = 5 BREAK; SET @s += CAST(@i AS varchar) END; SELECT @s AS s",
      ),
    ).toEqual([{ s: '134' }])
    expect(
      await rows('BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS n, ERROR_LINE() AS l END CATCH'),
    ).toEqual([{ n: 8134, l: 1 }])
  })
  test('arithmetic is exact', async () => {
    expect(
      await rows(
        "SELECT 7 / 2 AS a, CAST(0.1 AS decimal(5,2)) + 0.2 AS b, ROUND(2.345, 2) AS c, CONVERT(varchar(10), CAST('2024-05-06' AS date), 104) AS d, DATEDIFF(day, '2024-02-28', '2024-03-01') AS e",
      ),
    ).toEqual([{ a: 3, b: 0.3, c: 2.35, d: '06.05.2024', e: 2 }])
  })
})

test.each([
  ['nvarchar', sql.NVarChar(50), 'Grüße 日本'],
  ['nvarchar(max)', sql.NVarChar(sql.MAX), 'x'.repeat(20_000)],
  ['varchar', sql.VarChar(50), 'café'],
  ['int', sql.Int, -5],
  ['bigint', sql.BigInt, '9007199254740993'],
  ['bit', sql.Bit, true],
  ['float', sql.Float, 1.5e300],
  ['real', sql.Real, 0.5],
  ['decimal', sql.Decimal(20, 4), 12.3456],
  ['money', sql.Money, -1.5],
  ['uniqueidentifier', sql.UniqueIdentifier, '6F9619FF-8B86-D011-B42D-00C04FC964FF'],
  ['varbinary', sql.VarBinary(10), Buffer.from([0, 255])],
  ['varbinary(max)', sql.VarBinary(sql.MAX), Buffer.alloc(100_000, 3)],
  ['date', sql.Date, new Date('0001-01-01T00:00:00Z')],
  ['datetime', sql.DateTime, new Date('2024-02-29T23:59:59.997Z')],
  ['datetime2', sql.DateTime2(7), new Date('2024-02-29T01:02:03.456Z')],
  ['datetimeoffset', sql.DateTimeOffset(7), new Date('2024-02-29T01:02:03.456Z')],
  ['smalldatetime', sql.SmallDateTime, new Date('2024-02-29T01:02:00.000Z')],
  ['null', sql.Int, null],
])('a parameter of type %s comes back as it went', async (_, type, value) => {
  const result = await pool
    .request()
    .input('value', type as sql.ISqlType, value)
    .query('SELECT @value AS value')
  expect(result.recordset[0]?.value).toEqual(value)
})

describe('sessions', () => {
  test('transactions commit and roll back', async () => {
    await pool.batch('CREATE TABLE tx(id int PRIMARY KEY)')
    const transaction = pool.transaction()
    await transaction.begin()
    await transaction.request().query('INSERT tx VALUES (1)')
    await transaction.rollback()
    const second = pool.transaction()
    await second.begin(sql.ISOLATION_LEVEL.SERIALIZABLE)
    await second.request().query('INSERT tx VALUES (2)')
    await second.commit()
    expect(await rows('SELECT id FROM tx')).toEqual([{ id: 2 }])
    expect(
      await rows(
        'BEGIN TRAN; INSERT tx VALUES (3); SAVE TRAN s; DELETE tx; ROLLBACK TRAN s; COMMIT; SELECT COUNT(*) AS n FROM tx',
      ),
    ).toEqual([{ n: 2 }])
  })
  test('prepared statements', async () => {
    const prepared = new sql.PreparedStatement(pool)
    prepared.input('x', sql.Int)
    await prepared.prepare('SELECT @x * 2 AS y')
    expect((await prepared.execute({ x: 21 })).recordset).toEqual([{ y: 42 }])
    expect((await prepared.execute({ x: 4 })).recordset).toEqual([{ y: 8 }])
    await prepared.unprepare()
    const broken = new sql.PreparedStatement(pool)
    const failed: unknown = await broken.prepare('SELECT * FROM missing').catch((error: unknown) => error)
    expect(failed).toMatchObject({ precedingErrors: [{ number: 208 }, { number: 8180, class: 16, state: 1 }] })
  })
  test('a cancelled request ends, and the connection goes on', async () => {
    const request = pool.request()
    const ended = failure(request.batch("WAITFOR DELAY '00:10:00'"))
    setImmediate(() => request.cancel())
    expect((await ended).code).toBe('ECANCEL')
    expect(await rows('SELECT 1 AS x')).toEqual([{ x: 1 }])
  })
  test('a loop without end is cancelled, and others are served meanwhile', async () => {
    const request = pool.request()
    const ended = failure(request.batch('DECLARE @i bigint = 0; WHILE 1 = 1 SET @i += 1'))
    const other = await server.connect()
    expect((await other.batch('SELECT 2 AS x')).recordset).toEqual([{ x: 2 }])
    request.cancel()
    expect((await ended).code).toBe('ECANCEL')
  })
  test('a long result is cancelled in its middle', async () => {
    await pool.batch("SELECT value AS id, REPLICATE('x', 100) AS filler INTO big FROM GENERATE_SERIES(1, 50000)")
    const request = pool.request()
    request.stream = true
    let count = 0
    const ended = new Promise<string>((resolve) =>
      request.on('error', (error: sql.RequestError) => resolve(error.code)),
    )
    request.on('row', () => {
      count += 1
      if (count === 100) request.cancel()
    })
    void request.query('SELECT * FROM big')
    expect(await ended).toBe('ECANCEL')
    expect(count).toBeLessThan(50_000)
    expect(await rows('SELECT COUNT(*) AS n FROM big')).toEqual([{ n: 50_000 }])
  })
})

test.each([
  ['SELECT 1 FROM WHERE', 156, 15, 1, "Incorrect syntax near the keyword 'WHERE'."],
  ['SELECT 1\n\n  ) x', 102, 15, 3, "Incorrect syntax near ')'."],
  ["SELECT 'abc", 105, 15, 1, "Unclosed quotation mark after the character string 'abc'."],
  ['SELECT @x', 137, 15, 1, 'Must declare the scalar variable "@x".'],
  ['SELECT 1\nSELECT * FROM nope', 208, 16, 2, "Invalid object name 'nope'."],
  ['SELECT nope', 207, 16, 1, "Invalid column name 'nope'."],
  ['SELECT 1 / 0', 8134, 16, 1, 'Divide by zero error encountered.'],
  [
    "SELECT CAST('abc' AS int)",
    245,
    16,
    1,
    "Conversion failed when converting the varchar value 'abc' to data type int.",
  ],
  ['SELECT 2147483647 + 1', 8115, 16, 1, 'Arithmetic overflow error converting expression to data type int.'],
  [
    'SELECT 1e400',
    168,
    15,
    1,
    "The floating point value '1e400' is out of the range of computer representation (8 bytes).",
  ],
  ['SELECT 1.5 * 0x0A', 50900, 16, 1, 'not supported by the simulator: arithmetic between varbinary and numeric'],
  [
    'SELECT name FROM sys.tables GROUP BY 2',
    164,
    15,
    1,
    'Each GROUP BY expression must contain at least one column that is not an outer reference.',
  ],
  [
    'SELECT TOP 1 name FROM sys.tables ORDER BY name OFFSET 0 ROWS',
    10741,
    15,
    1,
    'A TOP can not be used in the same query or sub-query as a OFFSET.',
  ],
  ['EXEC nope', 2812, 16, 1, "Could not find stored procedure 'nope'."],
  [
    'DROP TABLE nope',
    3701,
    11,
    1,
    "Cannot drop the table 'nope', because it does not exist or you do not have permission.",
  ],
  ['COMMIT', 3902, 16, 1, 'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.'],
  ['ROLLBACK', 3903, 16, 1, 'The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.'],
  ['USE nope', 911, 16, 1, "Database 'nope' does not exist. Make sure that the name is entered correctly."],
  ["RAISERROR('hi %s %d', 16, 3, 'bob', 5)", 50000, 16, 1, 'hi bob 5'],
  ["THROW 50001, 'mine', 2", 50001, 16, 1, 'mine'],
  [
    'CREATE TRIGGER t ON DATABASE FOR CREATE_TABLE AS SELECT 1',
    50900,
    16,
    1,
    'not supported by the simulator: DDL and logon triggers',
  ],
])('%s fails with its number', async (text, number, severity, line, message) => {
  expect(await failure(pool.batch(text))).toMatchObject({ number, class: severity, line, text: message })
})

test('constraints fail with their numbers and names', async () => {
  await pool.batch(
    "CREATE TABLE parent(id int CONSTRAINT pk_parent PRIMARY KEY, code varchar(5) NOT NULL); CREATE TABLE child(id int, parent int CONSTRAINT fk REFERENCES parent(id), CONSTRAINT ck CHECK (id > 0)); CREATE UNIQUE INDEX ux ON parent(code); INSERT parent VALUES (1, 'a'); INSERT child VALUES (1, 1)",
  )
  expect(await failure(pool.batch("INSERT parent VALUES (1, 'b')"))).toMatchObject({
    number: 2627,
    class: 14,
    text: "Violation of PRIMARY KEY constraint 'pk_parent'. Cannot insert duplicate key in object 'dbo.parent'. The duplicate key value is (1).",
  })
  expect(await failure(pool.batch("INSERT parent VALUES (2, 'A')"))).toMatchObject({
    number: 2601,
    text: "Cannot insert duplicate key row in object 'dbo.parent' with unique index 'ux'. The duplicate key value is (A).",
  })
  expect(await failure(pool.batch('INSERT parent(id) VALUES (3)'))).toMatchObject({
    number: 515,
    text: "Cannot insert the value NULL into column 'code', table 'app.dbo.parent'; column does not allow nulls. INSERT fails.",
  })
  expect(await failure(pool.batch("INSERT parent VALUES (3, 'toolong')"))).toMatchObject({ number: 2628 })
  expect(await failure(pool.batch('INSERT child VALUES (2, 9)'))).toMatchObject({
    number: 547,
    text: 'The INSERT statement conflicted with the FOREIGN KEY constraint "fk". The conflict occurred in database "app", table "dbo.parent", column \'id\'.',
  })
  expect(await failure(pool.batch('INSERT child VALUES (0, 1)'))).toMatchObject({
    number: 547,
    text: 'The INSERT statement conflicted with the CHECK constraint "ck". The conflict occurred in database "app", table "dbo.child", column \'id\'.',
  })
  expect(await failure(pool.batch('DELETE parent'))).toMatchObject({
    number: 547,
    text: 'The DELETE statement conflicted with the REFERENCE constraint "fk". The conflict occurred in database "app", table "dbo.child", column \'parent\'.',
  })
  expect(await rows('SELECT COUNT(*) AS n FROM parent')).toEqual([{ n: 1 }])
})

describe('OPTION (MAXRECURSION n)', () => {
  const count = (to: number) => `WITH x(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM x WHERE a < ${to})`
  const exhausted = (most: number) => ({
    number: 530,
    text: `The statement terminated. The maximum recursion ${most} has been exhausted before statement completion.`,
  })
  test('the levels of a recursive CTE end at 100, at n, or with 0 never', async () => {
    expect(await failure(pool.batch(`${count(102)} SELECT MAX(a) AS n FROM x`))).toMatchObject(exhausted(100))
    expect(await rows(`${count(101)} SELECT MAX(a) AS n FROM x`)).toEqual([{ n: 101 }])
    expect(await rows(`${count(5000)} SELECT MAX(a) AS n FROM x OPTION (MAXRECURSION 0)`)).toEqual([{ n: 5000 }])
    expect(await failure(pool.batch(`${count(9)} SELECT a FROM x OPTION (RECOMPILE, MAXRECURSION 5)`))).toMatchObject(
      exhausted(5),
    )
  })
  test('it counts for INSERT too, and more than 32,767 are not allowed', async () => {
    await pool.batch(`CREATE TABLE many(a int); ${count(500)} INSERT many SELECT a FROM x OPTION (MAXRECURSION 500)`)
    expect(await rows('SELECT COUNT(*) AS n FROM many')).toEqual([{ n: 500 }])
    expect(await failure(pool.batch(`${count(2)} SELECT a FROM x OPTION (MAXRECURSION 40000)`))).toMatchObject({
      number: 310,
      class: 15,
    })
  })
})

test('a procedure that bears the name of a system procedure never runs', async () => {
  await pool.batch('CREATE PROCEDURE dbo.sp_executesql @a nvarchar(50) AS SELECT 2 AS mine')
  expect(await rows("EXEC sp_executesql N'SELECT 1 AS mine'")).toEqual([{ mine: 1 }])
  expect((await pool.request().input('a', 3).query('SELECT @a AS mine')).recordset).toEqual([{ mine: 3 }])
  await pool.batch('DROP PROCEDURE dbo.sp_executesql')
})
