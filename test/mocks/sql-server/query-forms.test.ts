import type sql from 'mssql'
import { Connection, Request } from 'tedious'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, saPassword, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
  await pool.batch(
    'CREATE TABLE c(id int PRIMARY KEY, name varchar(20)); CREATE TABLE o(oid int PRIMARY KEY, cid int, amt decimal(10,2), d date)',
  )
  await pool.batch(
    "INSERT c VALUES (1,'Ann'),(2,'Bob'),(3,'Cid'); INSERT o VALUES (10,1,5.5,'2024-01-01'),(11,1,7,'2024-02-01'),(12,2,9,'2024-01-05')",
  )
})
afterAll(() => server[Symbol.asyncDispose]())

/** Rows as arrays of their values, in the order of the columns. */
const table = async (text: string): Promise<unknown[][]> => {
  const request = pool.request()
  request.arrayRowMode = true
  return [...((await request.batch(text)).recordset as unknown as unknown[][])]
}
const text = async (query: string): Promise<string> => (await table(query)).map((row) => String(row[0])).join('')

describe('rows', () => {
  test.each<[string, unknown[][]]>([
    [
      'SELECT c.name, x.oid FROM c CROSS APPLY (SELECT TOP 1 oid FROM o WHERE o.cid = c.id ORDER BY amt DESC) x ORDER BY c.id',
      [
        ['Ann', 11],
        ['Bob', 12],
      ],
    ],
    [
      'SELECT c.name, x.oid FROM c OUTER APPLY (SELECT TOP 1 * FROM o WHERE o.cid = c.id ORDER BY amt DESC) x ORDER BY c.id',
      [
        ['Ann', 11],
        ['Bob', 12],
        ['Cid', null],
      ],
    ],
    [
      "SELECT c.id, v.n, v.val FROM c CROSS APPLY (VALUES ('id', CAST(c.id AS varchar(10))), ('name', c.name)) v(n, val) WHERE c.id = 2 ORDER BY v.n",
      [
        [2, 'id', '2'],
        [2, 'name', 'Bob'],
      ],
    ],
    [
      'SELECT x.b, y.f FROM c CROSS APPLY (SELECT 0x0A0B AS b, c.id AS i) x CROSS APPLY (SELECT CAST(x.i AS float) / 4 AS f) y WHERE c.id = 1',
      [[Buffer.from([10, 11]), 0.25]],
    ],
    [
      'SELECT * FROM (SELECT cid, MONTH(d) AS m, amt FROM o) s PIVOT (SUM(amt) FOR m IN ([1], [2])) p ORDER BY cid',
      [
        [1, 5.5, 7],
        [2, 9, null],
      ],
    ],
    [
      'SELECT u.* FROM (SELECT oid, amt, amt * 2 AS twice FROM o WHERE oid < 12) s UNPIVOT (v FOR col IN (amt, twice)) u ORDER BY oid, col',
      [
        [10, 5.5, 'amt'],
        [10, 11, 'twice'],
        [11, 7, 'amt'],
        [11, 14, 'twice'],
      ],
    ],
    [
      'SELECT cid, MONTH(d) AS m, SUM(amt), GROUPING(cid), GROUPING_ID(cid, MONTH(d)) FROM o GROUP BY ROLLUP(cid, MONTH(d)) ORDER BY GROUPING(cid), cid, GROUPING(MONTH(d)), m',
      [
        [1, 1, 5.5, 0, 0],
        [1, 2, 7, 0, 0],
        [1, null, 12.5, 0, 1],
        [2, 1, 9, 0, 0],
        [2, null, 9, 0, 1],
        [null, null, 21.5, 1, 3],
      ],
    ],
    [
      'SELECT cid, MONTH(d) AS m, COUNT(*) FROM o GROUP BY CUBE(cid, MONTH(d)) HAVING COUNT(*) > 1 ORDER BY 1, 2',
      [
        [null, null, 3],
        [null, 1, 2],
        [1, null, 2],
      ],
    ],
    [
      'SELECT cid, MONTH(d), COUNT(*) FROM o GROUP BY GROUPING SETS ((cid), (MONTH(d)), ()) ORDER BY GROUPING_ID(cid, MONTH(d)), 1, 2',
      [
        [1, null, 2],
        [2, null, 1],
        [null, 1, 2],
        [null, 2, 1],
        [null, null, 3],
      ],
    ],
    ['SELECT cid, SUM(amt) FROM o GROUP BY cid WITH ROLLUP HAVING SUM(amt) > 20', [[null, 21.5]]],
    ['SELECT TOP 1 WITH TIES cid FROM o ORDER BY cid', [[1], [1]]],
    ['SELECT TOP 50 PERCENT oid FROM o ORDER BY oid DESC', [[12], [11]]],
    ['SELECT DISTINCT TOP (1) WITH TIES cid FROM o ORDER BY cid', [[1]]],
    ['SELECT DISTINCT LEN(name) + 1 AS l FROM c ORDER BY LEN(name) + 1', [[4]]],
  ])('%s', async (query, rows) => expect(await table(query)).toEqual(rows))
})

describe('FOR XML and FOR JSON', () => {
  const nil = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
  test.each([
    ["SELECT STUFF((SELECT ',' + name FROM c ORDER BY id FOR XML PATH('')), 1, 1, '')", 'Ann,Bob,Cid'],
    ['SELECT \'<a> & "b"\' AS x, NULL AS y FOR XML RAW', '<row x="&lt;a&gt; &amp; &quot;b&quot;"/>'],
    [
      "SELECT STUFF((SELECT ', ' + v FROM (VALUES ('a&b'), ('<c>')) t(v) FOR XML PATH(''), TYPE).value('.', 'nvarchar(max)'), 1, 2, '')",
      'a&b, <c>',
    ],
    ['SELECT id, name FROM c WHERE id = 1 FOR XML RAW, ELEMENTS', '<row><id>1</id><name>Ann</name></row>'],
    ["SELECT 1 AS [a b] FOR XML RAW('r'), ROOT", '<root><r a_x0020_b="1"/></root>'],
    [
      'SELECT c.id, o.oid FROM c LEFT JOIN o ON o.cid = c.id ORDER BY c.id, o.oid FOR XML AUTO',
      '<c id="1"><o oid="10"/><o oid="11"/></c><c id="2"><o oid="12"/></c><c id="3"><o/></c>',
    ],
    [
      "SELECT id AS '@id', name, 'x' AS 'a/@b', 'y' AS 'a', NULL AS z FROM c WHERE id < 3 FOR XML PATH('cust'), ROOT('all'), ELEMENTS XSINIL",
      `<all${nil}><cust id="1"><name>Ann</name><a b="x">y</a><z xsi:nil="true"/></cust><cust id="2"><name>Bob</name><a b="x">y</a><z xsi:nil="true"/></cust></all>`,
    ],
    [
      "SELECT id, (SELECT oid FROM o WHERE o.cid = c.id FOR XML PATH('o'), TYPE) AS orders FROM c FOR XML PATH('c'), TYPE",
      '<c><id>1</id><orders><o><oid>10</oid></o><o><oid>11</oid></o></orders></c><c><id>2</id><orders><o><oid>12</oid></o></orders></c><c><id>3</id></c>',
    ],
    ["SELECT 1 AS td, '', 2 AS td FOR XML PATH('tr')", '<tr><td>1</td><td>2</td></tr>'],
    ["SELECT 1 AS td, 2 AS td FOR XML PATH('tr')", '<tr><td>12</td></tr>'],
    ["SELECT id AS [data()] FROM c FOR XML PATH('')", '1 2 3'],
    [
      'SELECT c.id, o.oid, o.amt FROM c LEFT JOIN o ON o.cid = c.id ORDER BY c.id, o.oid FOR JSON AUTO',
      '[{"id":1,"o":[{"oid":10,"amt":5.50},{"oid":11,"amt":7.00}]},{"id":2,"o":[{"oid":12,"amt":9.00}]},{"id":3,"o":[{}]}]',
    ],
    [
      "SELECT id, (SELECT oid FROM o WHERE o.cid = c.id FOR JSON PATH) AS [x.orders], CAST(6780.75 AS float) AS [x.f], 'a/b' AS s FROM c WHERE id > 1 FOR JSON PATH, INCLUDE_NULL_VALUES, ROOT('r')",
      '{"r":[{"id":2,"x":{"orders":[{"oid":12}],"f":6.780750000000000e+003},"s":"a\\/b"},{"id":3,"x":{"orders":null,"f":6.780750000000000e+003},"s":"a\\/b"}]}',
    ],
  ])('%s', async (query, expected) => expect(await text(query)).toBe(expected))

  test('a long text comes in pieces of 2,033 characters', async () => {
    const lengths: number[] = []
    const connection = await connected(server)
    await new Promise<void>((resolve, reject) => {
      const request = new Request("SELECT REPLICATE('x', 3000) AS x FOR JSON PATH", (error) =>
        error ? reject(error) : resolve(),
      )
      request.on('row', (columns: readonly { value: string }[]) => lengths.push(columns[0]?.value.length ?? 0))
      connection.execSql(request)
    })
    connection.close()
    expect(lengths).toEqual([2033, 3010 - 2033])
  })
})

async function connected({ port }: TestServer): Promise<Connection> {
  const connection = new Connection({
    server: '127.0.0.1',
    authentication: { type: 'default', options: { userName: 'sa', password: saPassword } },
    options: { port, encrypt: false, trustServerCertificate: true },
  })
  await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())))
  return connection
}

describe('refused', () => {
  test.each([
    ['SELECT DISTINCT name FROM c ORDER BY id', 145],
    ['SELECT id FROM c UNION SELECT oid FROM o ORDER BY name', 104],
    ['SELECT TOP 3 WITH TIES id FROM c', 1062],
    ['SELECT name FROM c GROUP BY ROLLUP(id)', 8120],
    ['SELECT GROUPING(name) FROM c GROUP BY id', 8161],
    ['SELECT TOP 101 PERCENT id FROM c', 1031],
    ['SELECT 1 FOR JSON PATH', 13605],
    ['SELECT 1 AS [a.b], 2 AS [a.b] FOR JSON PATH', 13601],
    ['SELECT 1 AS a FOR JSON AUTO', 13600],
    ['SELECT 1 FOR XML RAW', 6809],
    ['SELECT 1 AS a FOR XML AUTO', 6800],
    ["SELECT 1 AS a, 2 AS '@b' FOR XML PATH", 6852],
  ])('%s: %i', async (query, number) => expect(await failure(pool.batch(query))).toMatchObject({ number }))
})
