import { once } from 'node:events'
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'
import sql from 'mssql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLandscape } from '../../../harness/standard.ts'
import type { RunningLandscape } from '../../../harness/start-landscape.ts'
import { saPassword, startTestServer } from './running-server.ts'

test('two hundred sessions at once, over TLS, each with its own answer', async () => {
  await using server = await startTestServer()
  const pools = await Promise.all(
    Array.from({ length: 200 }, () => server.connect({ connectionTimeout: 30_000, options: { encrypt: true } })),
  )
  // A transaction holds its connection.
  const open = pools.map((pool) => pool.transaction())
  await Promise.all(open.map((transaction) => transaction.begin()))
  expect(server.sqlServer.listSessions()).toHaveLength(200)
  const answers = await Promise.all(
    open.map((transaction, i) =>
      transaction.request().query(`SELECT ${i} AS i, @@SPID AS s, COUNT(*) AS n FROM sys.tables`),
    ),
  )
  await Promise.all(open.map((transaction) => transaction.commit()))
  expect(answers.map(({ recordset }) => recordset[0]?.i)).toEqual(pools.map((_, i) => i))
  expect(new Set(answers.map(({ recordset }) => recordset[0]?.s)).size).toBe(200)
})

test('other sessions are answered again and again while 100,000 rows go out', async () => {
  await using server = await startTestServer()
  const other = await server.connect()
  await other.batch(
    `CREATE TABLE n(a int PRIMARY KEY, b nvarchar(40));
     WITH x(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM x WHERE a < 100000)
     INSERT n SELECT a, N'row after row' FROM x OPTION (MAXRECURSION 0)`,
  )
  const reader = new Worker(new URL('reading-client.ts', import.meta.url), {
    workerData: { config: server.config(), text: 'SELECT a, b FROM n' },
  })
  let reading = true
  const rows = once(reader, 'message').then(([count]) => {
    reading = false
    return count
  })
  // Answers count from the moment when the rows are under way.
  await expect.poll(() => server.journal.filter((entry) => entry.type === 'login').length).toBeGreaterThan(2)
  let answers = 0
  while (reading) {
    await other.query('SELECT 1 AS one')
    answers += 1
  }
  expect(await rows).toBe(100_000)
  expect(answers).toBeGreaterThan(5)
})

test('a client that reads nothing of 100,000 rows holds neither the server nor its memory', async () => {
  await using server = await startTestServer()
  const pool = await server.connect()
  await pool.batch(
    `CREATE TABLE n(a int PRIMARY KEY, b nvarchar(200));
     WITH x(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM x WHERE a < 100000)
     INSERT n SELECT a, REPLICATE(N'x', 200) FROM x OPTION (MAXRECURSION 0)`,
  )
  const slow = await server.connect()
  const request = slow.request()
  request.stream = true
  const first = new Promise<void>((resolve) => request.once('row', () => resolve()))
  const ended = new Promise<void>((resolve) => request.once('done', () => resolve()))
  request.on('error', () => undefined)
  void request.query('SELECT a, b FROM n')
  await first
  request.pause()
  const before = process.memoryUsage().rss
  for (let i = 0; i < 200; i++) await pool.query('SELECT 1 AS one')
  expect(process.memoryUsage().rss - before).toBeLessThan(40 * 1024 * 1024)
  request.cancel()
  request.resume()
  await ended
  expect((await pool.query('SELECT COUNT(*) AS n FROM n')).recordset).toEqual([{ n: 100_000 }])
})

let lab: RunningLandscape
let at: { readonly address: string; readonly port: number }
beforeAll(async () => {
  const settings = { encryption: 'required', loginTimeoutMs: 300, saPassword }
  lab = await startLandscape({
    landscape: 'hostile',
    hosts: { db: { runs: { 'sql-server': settings } } },
  })
  const seen = lab.endpoints().find((endpoint) => endpoint.to === 'db')
  if (!seen) throw new Error('SQL Server has no endpoint')
  at = { address: seen.address, port: seen.seenPort }
})
afterAll(() => lab[Symbol.asyncDispose]())

const header = (type: number, length: number) => Buffer.from([type, 1, length >> 8, length & 0xff, 0, 0, 1, 0])
test.each([
  ['random bytes', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 131 + 7) % 256))],
  ['half a PRELOGIN', Buffer.concat([header(0x12, 47), Buffer.alloc(10)])],
  [
    'a PRELOGIN whose option lies outside of it',
    Buffer.concat([header(0x12, 14), Buffer.from([0, 0xff, 0xff, 0, 6, 0xff])]),
  ],
  ['a packet longer than any', Buffer.concat([header(0x12, 0xffff), Buffer.alloc(70_000)])],
  [
    'a message of many packets without end',
    Buffer.concat(
      Array.from({ length: 2000 }, () =>
        Buffer.concat([Buffer.from([0x12, 0, 0x01, 0, 0, 0, 1, 0]), Buffer.alloc(248)]),
      ),
    ),
  ],
  ['a batch before the login', Buffer.concat([header(1, 12), Buffer.from('a\0b\0')])],
  ['nothing', Buffer.alloc(0)],
])('in a landscape: %s ends in a close, is in the journal, and the next login works', async (_, bytes) => {
  const host = lab.host('db')
  const last = (await host.journal('sql-server')).at(-1)?.sequence ?? 0
  await new Promise<void>((resolve) => {
    const socket = connect(at.port, at.address)
    socket.on('error', () => undefined)
    socket.on('data', () => undefined)
    socket.on('close', () => resolve())
    socket.write(bytes)
  })
  await expect
    .poll(async () => (await host.journal('sql-server', last)).map((entry) => entry.type))
    .toEqual(expect.arrayContaining([expect.stringMatching(/^(protocol-error|tls-failed)$/), 'disconnected']))
  const pool = await new sql.ConnectionPool({
    server: at.address,
    port: at.port,
    user: 'sa',
    password: saPassword,
    pool: { max: 1 },
    options: { encrypt: true, trustServerCertificate: true, serverName: 'db' } as sql.config['options'] & object,
  }).connect()
  expect((await pool.query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }])
  await pool.close()
})

test('a component that is stopped and started has its logins and data again', async () => {
  const host = lab.host('db')
  await host.call('sql-server', 'execute', {
    sql: "CREATE DATABASE kept; CREATE LOGIN keeper WITH PASSWORD = 'Pa55-of-the-Zoo!1'; ALTER SERVER ROLE dbcreator ADD MEMBER keeper",
  })
  await host.call('sql-server', 'execute', { database: 'kept', sql: 'CREATE TABLE t(a int); INSERT t VALUES (7)' })
  await host.stop('sql-server')
  await host.start('sql-server')
  const answer = await host.call('sql-server', 'execute', {
    database: 'kept',
    sql: "SELECT a, (SELECT COUNT(*) FROM sys.server_principals WHERE name = 'keeper') AS logins FROM t",
  })
  expect(answer).toEqual({ rows: [{ a: 7, logins: 1 }] })
})
