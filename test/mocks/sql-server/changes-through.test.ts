import type sql from 'mssql'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
  await pool.batch(
    'CREATE TABLE p(id int PRIMARY KEY, name varchar(20)); CREATE TABLE ch(id int PRIMARY KEY, pid int, q int NOT NULL DEFAULT 5)',
  )
  await pool.batch('CREATE VIEW vp AS SELECT id AS pid, name FROM p WHERE id < 100')
  await pool.batch('CREATE VIEW vj AS SELECT p.id, ch.q, p.name FROM p JOIN ch ON ch.pid = p.id')
  await pool.batch('CREATE VIEW vg AS SELECT pid, COUNT(*) AS n FROM ch GROUP BY pid')
})
beforeEach(async () => {
  await pool.batch(
    "DELETE ch; DELETE p; INSERT p(id, name) VALUES (1,'a'),(2,'b'),(3,'c'); INSERT ch VALUES (1,1,10),(2,1,20),(3,2,30)",
  )
})
afterAll(() => server[Symbol.asyncDispose]())

const table = async (text: string): Promise<unknown[][]> => {
  const request = pool.request()
  request.arrayRowMode = true
  return [...((await request.batch(text)).recordset as unknown as unknown[][])]
}

describe('changes through CTEs, derived tables and views', () => {
  test.each<[string, string, unknown[][]]>([
    [
      'WITH d AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY pid ORDER BY id) AS rn FROM ch) DELETE FROM d WHERE rn > 1',
      'SELECT id FROM ch',
      [[1], [3]],
    ],
    [
      'WITH x AS (SELECT * FROM ch WHERE pid = 1) UPDATE x SET q += 1 WHERE x.q > 10',
      'SELECT q FROM ch ORDER BY id',
      [[10], [21], [30]],
    ],
    ['WITH x AS (SELECT TOP 1 * FROM ch ORDER BY id DESC) DELETE FROM x', 'SELECT id FROM ch ORDER BY id', [[1], [2]]],
    [
      "WITH x AS (SELECT p.name AS n, ch.q FROM p JOIN ch ON ch.pid = p.id) UPDATE x SET q = 0 WHERE n = 'a'",
      'SELECT q FROM ch ORDER BY id',
      [[0], [0], [30]],
    ],
    [
      'UPDATE d SET q = rn FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY id DESC) AS rn FROM ch) d',
      'SELECT q FROM ch ORDER BY id',
      [[3], [2], [1]],
    ],
    [
      'WITH x AS (SELECT id AS i, q FROM ch) UPDATE x SET q = p.id FROM x JOIN p ON p.id = x.i',
      'SELECT q FROM ch ORDER BY id',
      [[1], [2], [3]],
    ],
    [
      "INSERT vp VALUES (50, 'v'); INSERT vp(name, pid) SELECT 'z', 51; UPDATE vp SET name = 'w' WHERE pid = 50; DELETE vp WHERE pid < 50",
      'SELECT * FROM p ORDER BY id',
      [
        [50, 'w'],
        [51, 'z'],
      ],
    ],
    ["UPDATE vj SET q = 1 WHERE name = 'a'", 'SELECT q FROM ch ORDER BY id', [[1], [1], [30]]],
    [
      'DECLARE @t TABLE(a int, b int); INSERT @t VALUES (1,1),(2,2),(2,3); WITH x AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) AS rn FROM @t) DELETE x WHERE rn > 1; INSERT ch SELECT a + 10, a, b FROM @t',
      'SELECT id, q FROM ch WHERE id > 10 ORDER BY id',
      [
        [11, 1],
        [12, 2],
      ],
    ],
    [
      'INSERT TOP (1) INTO ch SELECT 90 + value, 1, 1 FROM GENERATE_SERIES(1, 3)',
      'SELECT COUNT(*) FROM ch WHERE id > 90',
      [[1]],
    ],
  ])('%s', async (change, look, rows) => {
    await pool.batch(change)
    expect(await table(look)).toEqual(rows)
  })

  test.each([
    ['WITH x AS (SELECT pid, COUNT(*) AS n FROM ch GROUP BY pid) UPDATE x SET n = 1', 4418],
    ['WITH x AS (SELECT q * 2 AS w FROM ch) UPDATE x SET w = 1', 4421],
    ["UPDATE vj SET q = 1, name = 'x'", 4405],
    ['DELETE vj', 4405],
    ['UPDATE vg SET n = 1', 4403],
    ['INSERT ch(id, q, Q) VALUES (7, 1, 1)', 264],
    ['UPDATE ch SET q = 1, q = 2', 264],
  ])('%s: %i', async (text, number) => expect(await failure(pool.batch(text))).toMatchObject({ number }))
})

describe('ALTER TABLE', () => {
  test('a default WITH VALUES goes into the rows that are there', async () => {
    await pool.batch(
      "ALTER TABLE p ADD y varchar(5) NULL DEFAULT 'q' WITH VALUES, z int NULL DEFAULT 1, s int SPARSE NULL",
    )
    expect(await table('SELECT y, z, s FROM p WHERE id = 1')).toEqual([['q', null, null]])
  })

  test('WITH CHECK looks at the rows that came while a constraint was off', async () => {
    await pool.batch(
      'ALTER TABLE ch ADD CONSTRAINT fk FOREIGN KEY(pid) REFERENCES p(id); ALTER TABLE ch NOCHECK CONSTRAINT fk',
    )
    await pool.batch('INSERT ch VALUES (9, 999, 1); ALTER TABLE ch CHECK CONSTRAINT fk')
    expect(await failure(pool.batch('ALTER TABLE ch WITH CHECK CHECK CONSTRAINT fk'))).toMatchObject({ number: 547 })
    await pool.batch('ALTER TABLE ch DROP CONSTRAINT fk')
  })

  test('a column that others need tells which, then 4922', async () => {
    await pool.batch('CREATE TABLE need(a int CONSTRAINT da DEFAULT 1, b AS a + 1, c int, CONSTRAINT ca CHECK (a > 0))')
    const error = await pool.batch('ALTER TABLE need DROP COLUMN a').then(
      () => undefined,
      (thrown: sql.RequestError & { precedingErrors: { message: string }[] }) => thrown,
    )
    expect(error?.number).toBe(4922)
    expect(error?.precedingErrors.map((each) => each.message)).toEqual([
      "The object 'da' is dependent on column 'a'.",
      "The object 'ca' is dependent on column 'a'.",
      "The column 'b' is dependent on column 'a'.",
    ])
  })

  test('constraints without a name get one of the table and the column', async () => {
    await pool.batch('CREATE TABLE Customers(Id int PRIMARY KEY, Active bit DEFAULT 1)')
    const names = await table(
      "SELECT name FROM sys.objects WHERE parent_object_id = OBJECT_ID('Customers') ORDER BY name",
    )
    expect(names.flat()).toEqual([
      expect.stringMatching(/^DF__Customers__Activ__[0-9A-F]{8}$/),
      expect.stringMatching(/^PK__Customer__[0-9A-F]{16}$/),
    ])
  })
})
