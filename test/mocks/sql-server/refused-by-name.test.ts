/** What the page of this component lists as refused says so by name, and nothing else happens. */
import type sql from 'mssql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  const first = await server.connect()
  await first.batch('CREATE DATABASE app')
  await first.close()
  pool = await server.connect({ database: 'app' })
  await pool.batch('CREATE TABLE t(a int); CREATE SEQUENCE s')
  await pool.batch('CREATE VIEW v AS SELECT a FROM t')
})
afterAll(() => server[Symbol.asyncDispose]())

test.each([
  'CREATE PROCEDURE ##p AS SELECT 1',
  'CREATE TRIGGER d ON DATABASE FOR CREATE_TABLE AS PRINT 1',
  'MERGE v USING t ON v.a = t.a WHEN MATCHED THEN DELETE;',
  'CREATE UNIQUE CLUSTERED INDEX i ON v(a)',
  'CREATE NONCLUSTERED COLUMNSTORE INDEX i ON t(a)',
  'CREATE TABLE x(a int) WITH (MEMORY_OPTIMIZED = ON)',
  'CREATE TABLE x(a int SPARSE, b xml COLUMN_SET FOR ALL_SPARSE_COLUMNS)',
  'CREATE TABLE x(a int) ON ps(a)',
  'CREATE DATABASE x CONTAINMENT = PARTIAL',
  "CREATE DATABASE x ON (NAME = a, FILENAME = 'a'), (NAME = b, FILENAME = 'b')",
  "CREATE DATABASE x ON (NAME = app, FILENAME = 'a') AS SNAPSHOT OF app",
  'ALTER DATABASE app ADD FILEGROUP f',
  'ALTER TABLE t SWITCH TO u',
  "SELECT * FROM OPENROWSET(BULK 'x', SINGLE_CLOB) AS x",
  "EXEC('SELECT 1') AT other",
  'SELECT NEXT VALUE FOR s OVER (ORDER BY a) FROM t',
  'UPDATE TOP (1) PERCENT t SET a = 1',
  'INSERT t SELECT a FROM (DELETE t OUTPUT deleted.a) AS x',
  "EXEC sp_addlinkedserver 'x'",
  "EXEC master..xp_cmdshell 'dir'",
  'SHUTDOWN',
])('%s', async (text) => {
  const refusal = await failure(pool.batch(text))
  expect(refusal).toMatchObject({ number: 50900, class: 16 })
  expect(refusal.text).toMatch(/^not supported by the simulator: ./)
})
