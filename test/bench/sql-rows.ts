import { DatabaseSync } from 'node:sqlite'
import mssql from 'mssql'
import { type LocalSqlServer, startSqlServer } from '../../mocks/sql-server/index.ts'
import type { Bench, Figure } from './bench.ts'
import { inTurn, median, quantile, ratio } from './statistics.ts'

const ROUNDS = 3
const INSERTS = 10_000
const ROWS = 100_000
const SESSIONS = 200
const STARTS = 15
const MB = 1024 * 1024

const nameOf = (i: number): string => `name of row ${i}`

/** What the SQL Server does with many rows, beside the SQLite that it stands on; its start, its memory, its sessions. */
export const sqlRows: Bench = {
  name: 'sql-rows',
  title: 'SQL Server on its own through mssql, beside raw node:sqlite in the same process',
  async run() {
    const before = await restingBytes()
    const first = performance.now()
    await using server = await startSqlServer()
    const firstStart = performance.now() - first
    await using pools = new AsyncDisposableStack()
    const pool = pools.adopt(await connected(server), (open) => open.close())
    await pool.query('SELECT 1')
    const memory = (await restingBytes()) - before
    using raw = new RawTable()
    return [
      { name: 'start: first, its modules loaded', value: firstStart, unit: 'ms' },
      { name: 'start: median of those after it', value: median(await starts()), unit: 'ms', required: { atMost: 20 } },
      { name: 'memory: started, and one client logged in', value: memory / MB, unit: 'MB', required: { atMost: 60 } },
      ...(await pairs('10,000 inserts in a transaction, each a request', {
        landscape: () => timed(() => insertsOneByOne(pool)),
        raw: () => timed(() => raw.insert(INSERTS)),
      })),
      ...(await pairs('10,000 inserts in a transaction, one batch', {
        landscape: () => timed(() => insertsInABatch(pool)),
        raw: () => timed(() => raw.insert(INSERTS)),
      })),
      ...(await pairs('bulk load of 100,000 rows', {
        landscape: () => timed(() => bulkLoad(pool)),
        raw: () => timed(() => raw.insert(ROWS)),
      })),
      ...(await pairs('result of 100,000 rows', {
        landscape: () => timed(() => readRows(pool)),
        raw: () => timed(() => raw.read()),
      })),
      ...(await sessions(server)),
    ]
  },
}

/** Resident bytes when what is not needed has gone. */
async function restingBytes(): Promise<number> {
  globalThis.gc?.()
  await new Promise((resolve) => setImmediate(resolve))
  globalThis.gc?.()
  return process.memoryUsage.rss()
}

async function timed(work: () => unknown): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

async function starts(): Promise<readonly number[]> {
  const times: number[] = []
  for (let i = 0; i < STARTS; i++) {
    const began = performance.now()
    await using _server = await startSqlServer()
    times.push(performance.now() - began)
  }
  return times
}

function connected({ clientConfig }: LocalSqlServer): Promise<mssql.ConnectionPool> {
  return new mssql.ConnectionPool({ ...clientConfig, requestTimeout: 600_000, pool: { max: 1, min: 0 } }).connect()
}

type Measures = Readonly<Record<'landscape' | 'raw', () => Promise<number>>>

async function pairs(what: string, measures: Measures): Promise<readonly Figure[]> {
  const { landscape, raw } = await inTurn(ROUNDS, measures)
  return [
    { name: `${what}: node:sqlite`, value: median(raw), unit: 'ms' },
    { name: `${what}: through mssql`, value: median(landscape), unit: 'ms' },
    { name: `${what}: through mssql / node:sqlite`, value: ratio(landscape, raw), unit: '×' },
  ]
}

async function insertsOneByOne(pool: mssql.ConnectionPool): Promise<void> {
  await pool.batch('DROP TABLE IF EXISTS one_by_one; CREATE TABLE one_by_one (id int PRIMARY KEY, name nvarchar(50))')
  const transaction = new mssql.Transaction(pool)
  await transaction.begin()
  for (let i = 0; i < INSERTS; i++) {
    const request = transaction.request().input('id', mssql.Int, i).input('name', mssql.NVarChar(50), nameOf(i))
    await request.query('INSERT one_by_one (id, name) VALUES (@id, @name)')
  }
  await transaction.commit()
}

async function insertsInABatch(pool: mssql.ConnectionPool): Promise<void> {
  await pool.batch('DROP TABLE IF EXISTS one_batch; CREATE TABLE one_batch (id int PRIMARY KEY, name nvarchar(50))')
  await pool.batch(`
    SET NOCOUNT ON
    BEGIN TRAN
    DECLARE @i int = 0
    WHILE @i < ${INSERTS}
    BEGIN
      INSERT one_batch (id, name) VALUES (@i, CONCAT(N'name of row ', @i))
      SET @i += 1
    END
    COMMIT`)
}

async function bulkLoad(pool: mssql.ConnectionPool): Promise<void> {
  await pool.batch('DROP TABLE IF EXISTS loaded; CREATE TABLE loaded (id int NOT NULL PRIMARY KEY, name nvarchar(50))')
  const table = new mssql.Table('loaded')
  table.columns.add('id', mssql.Int, { nullable: false, primary: true })
  table.columns.add('name', mssql.NVarChar(50), { nullable: true })
  for (let i = 0; i < ROWS; i++) table.rows.add(i, nameOf(i))
  await pool.request().bulk(table)
}

async function readRows(pool: mssql.ConnectionPool): Promise<void> {
  const request = pool.request()
  request.stream = true
  request.arrayRowMode = true
  let rows = 0
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  request.on('row', () => {
    rows += 1
  })
  request.on('error', reject)
  request.on('done', () => resolve())
  request.query('SELECT id, name FROM loaded')
  await promise
  if (rows !== ROWS) throw new Error(`${rows} rows came instead of ${ROWS}`)
}

/** What SQLite alone takes for the same rows. */
class RawTable implements Disposable {
  readonly #database = new DatabaseSync(':memory:')

  insert(count: number): void {
    this.#database.exec('DROP TABLE IF EXISTS t; CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); BEGIN')
    const statement = this.#database.prepare('INSERT INTO t (id, name) VALUES (?, ?)')
    for (let i = 0; i < count; i++) statement.run(i, nameOf(i))
    this.#database.exec('COMMIT')
  }

  read(): void {
    let rows = 0
    for (const _row of this.#database.prepare('SELECT id, name FROM t').iterate()) rows += 1
    if (rows !== ROWS) throw new Error(`${rows} rows came instead of ${ROWS}`)
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }
}

/** Sessions that are all there at the same time, and then all ask. */
async function sessions(server: LocalSqlServer): Promise<readonly Figure[]> {
  const before = await restingBytes()
  await using pools = new AsyncDisposableStack()
  const began = performance.now()
  const opened = await Promise.all(Array.from({ length: SESSIONS }, () => connected(server)))
  for (const pool of opened) pools.defer(() => pool.close())
  await Promise.all(opened.map((pool) => pool.query('SELECT 1')))
  const elapsed = performance.now() - began
  const standing = server.listSessions().length
  if (standing < SESSIONS) throw new Error(`${standing} sessions instead of ${SESSIONS}`)
  const times: number[] = []
  const one = async (pool: mssql.ConnectionPool): Promise<void> => {
    const start = performance.now()
    await pool.query('SELECT COUNT(*) FROM sys.objects')
    times.push(performance.now() - start)
  }
  await Promise.all(opened.map(one))
  const memory = ((await restingBytes()) - before) / 1024 / SESSIONS
  return [
    { name: '200 sessions: all logged in', value: elapsed, unit: 'ms' },
    { name: '200 sessions: a query each at once, p95', value: quantile(times, 0.95), unit: 'ms' },
    { name: '200 sessions: memory, each, client included', value: memory, unit: 'KiB' },
  ]
}
