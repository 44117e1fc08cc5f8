import type sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from './running-server.ts'

describe('SELECT INTO', () => {
  let server: TestServer
  let pool: sql.ConnectionPool
  beforeAll(async () => {
    server = await startTestServer()
    pool = await server.connect()
    await pool.batch('CREATE TABLE source(id int IDENTITY, n int); INSERT source VALUES(5), (6)')
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test.each([
    ['SELECT * INTO made FROM source', true],
    ['SELECT id + 0 AS id INTO made FROM source', false],
    ['SELECT s.* INTO made FROM source AS s LEFT JOIN source AS t ON 1 = 0', false],
    ['SELECT id, id AS again INTO made FROM source', false],
    ['SELECT id, count(*) AS c INTO made FROM source GROUP BY id', false],
    ['SELECT id INTO made FROM source WHERE n = 5 UNION ALL SELECT id FROM source WHERE n = 6', false],
  ])('%s', async (text, identity) => {
    const { recordset } = await pool.batch(`${text};
      SELECT (SELECT is_identity FROM sys.columns WHERE object_id = OBJECT_ID('made') AND name = 'id') AS kept,
        (SELECT count(*) FROM made) AS n; DROP TABLE made`)
    expect(recordset).toEqual([{ kept: identity, n: 2 }])
  })

  test('INTO belongs to the first query', async () => {
    await expect(pool.batch('SELECT 1 AS a UNION SELECT 2 AS a INTO made')).rejects.toMatchObject({ number: 196 })
  })
})
