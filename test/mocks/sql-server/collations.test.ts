import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../../support/programs.ts'
import { freetdsEnvironment, runClient } from './interop/run-client.ts'
import { failure, saPassword, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const rows = async (text: string) => (await (await server.connect()).batch(text)).recordset

describe('code pages', () => {
  test.each([
    ['Thai_CI_AI', 'สวัสดี', 6],
    ['Korean_90_CI_AI', '안녕하세요.', 11],
    ['Chinese_Hong_Kong_Stroke_90_CI_AI', '你好', 4],
    ['Chinese_PRC_CI_AS', '你好', 4],
    ['Japanese_CI_AS', 'こんにちは', 10],
    ['Hebrew_CI_AI', 'שלום', 4],
    ['Arabic_CI_AI', 'مرحبا', 5],
    ['Greek_CI_AI', 'Γεια', 4],
    ['Cyrillic_General_CI_AI', 'Привет', 6],
    ['Turkish_CI_AI', 'şğı', 3],
    ['Polish_CI_AI', 'żółw', 4],
    ['Lithuanian_CI_AI', 'ąčęž', 4],
    ['Vietnamese_CI_AI', 'Đơn', 3],
    ['Latin1_General_100_CI_AS_SC_UTF8', 'ä€你', 8],
  ])('%s keeps %s in %i bytes', async (collation, text, bytes) => {
    const query = `SELECT CAST(CAST(N'${text}' AS nvarchar(20)) COLLATE ${collation} AS varchar(20)) AS a, DATALENGTH(CAST(N'${text}' COLLATE ${collation} AS varchar(20))) AS b`
    expect(await rows(query)).toEqual([{ a: text, b: bytes }])
  })
  test('what a code page does not have becomes a question mark', async () => {
    expect(
      await rows("SELECT CAST(N'Ω你' AS varchar(10)) AS a, CAST(N'Ω你' COLLATE Greek_CI_AS AS varchar(10)) AS b"),
    ).toEqual([{ a: '??', b: 'Ω?' }])
  })
  test('the length of a char is counted in bytes', async () => {
    const table =
      "CREATE TABLE #k (a char(4) COLLATE Chinese_PRC_CI_AS, b varchar(3) COLLATE Latin1_General_100_CI_AS_SC_UTF8) INSERT INTO #k VALUES (N'你', N'ä')"
    expect(await rows(`${table} SELECT a, DATALENGTH(a) AS n, b, DATALENGTH(b) AS m FROM #k`)).toEqual([
      { a: '你  ', n: 4, b: 'ä', m: 2 },
    ])
    const pool = await server.connect()
    expect(await failure(pool.batch(`${table} INSERT INTO #k (b) VALUES (N'ää')`))).toMatchObject({ number: 2628 })
  })
  const noTsql = missing('tsql')
  test.skipIf(noTsql)(`a client that has not asked for UTF-8 gets the code page${noTsql ?? ''}`, async () => {
    const input = "SELECT CAST(N'äΩ' COLLATE Latin1_General_100_CI_AS_SC_UTF8 AS varchar(9))\ngo\nexit\n"
    const access = ['-S', 'sim', '-U', 'sa', '-P', saPassword]
    const old = freetdsEnvironment(server, ['tds version = 7.2'])
    expect(await runClient('tsql', access, { input, env: old })).toContain('ä?')
    const modern = freetdsEnvironment(server, ['tds version = 7.4'])
    expect(await runClient('tsql', access, { input, env: modern })).toContain('äΩ')
  })
})

describe('comparing', () => {
  test.each([
    ['Latin1_General_CI_AS', [1, 0]],
    ['Latin1_General_CI_AI', [1, 1]],
    ['Latin1_General_CS_AS', [0, 0]],
    ['Latin1_General_CS_AI', [0, 1]],
    ['Latin1_General_BIN2', [0, 0]],
  ])('%s: case and accent', async (collation, [sameCase, sameAccent]) => {
    const one = (left: string, right: string) =>
      `CASE WHEN N'${left}' = N'${right}' COLLATE ${collation} AND N'x${left}' LIKE N'%${right}' COLLATE ${collation} THEN 1 ELSE 0 END`
    expect(await rows(`SELECT ${one('A', 'a')} AS c, ${one('a', 'ä')} AS d`)).toEqual([{ c: sameCase, d: sameAccent }])
  })
  test('grouping, ordering and unique keys follow the column', async () => {
    const table = (collation: string) =>
      `CREATE TABLE #o (t nvarchar(9) COLLATE ${collation}) INSERT INTO #o VALUES (N'b'), (N'B'), (N'a'), (N'Ä')`
    expect(await rows(`${table('Latin1_General_CI_AI')} SELECT COUNT(*) AS n FROM #o GROUP BY t ORDER BY t`)).toEqual([
      { n: 2 },
      { n: 2 },
    ])
    expect(await rows(`${table('Latin1_General_BIN2')} SELECT t FROM #o ORDER BY t`)).toEqual(
      ['B', 'a', 'b', 'Ä'].map((t) => ({ t })),
    )
    const pool = await server.connect()
    expect(await failure(pool.batch(`${table('Latin1_General_CI_AS')} CREATE UNIQUE INDEX u ON #o (t)`))).toMatchObject(
      { number: 1505 },
    )
  })
  test('two columns of different collations do not compare: 468', async () => {
    const pool = await server.connect()
    const table =
      'CREATE TABLE #c (a varchar(5) COLLATE Latin1_General_CI_AS, b varchar(5) COLLATE Latin1_General_CS_AS)'
    expect(await failure(pool.batch(`${table} SELECT * FROM #c WHERE a = b`))).toMatchObject({
      number: 468,
      text: 'Cannot resolve the collation conflict between "Latin1_General_CS_AS" and "Latin1_General_CI_AS" in the equal to operation.',
    })
  })
  test('an unknown collation: 448', async () => {
    const pool = await server.connect()
    expect(await failure(pool.batch("SELECT 'a' COLLATE Klingon_CI_AS"))).toMatchObject({ number: 448 })
  })
})
