import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { saPassword, startTestServer, type TestServer } from './running-server.ts'

const here = spawnSync('freebcp', ['-v']).error === undefined
const folder = mkdtempSync(join(tmpdir(), 'freebcp-test-'))
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Copies a file into a table, or a table into a file. */
async function bcp(version: string, ...args: string[]): Promise<string> {
  const conf = join(folder, 'freetds.conf')
  writeFileSync(conf, `[sim]\nhost = 127.0.0.1\nport = ${server.port}\ntds version = ${version}\nencryption = off\n`)
  const login = ['-S', 'sim', '-U', 'sa', '-P', saPassword, '-c']
  const { stdout, stderr } = await promisify(execFile)('freebcp', [...args, ...login], {
    env: { ...process.env, FREETDSCONF: conf },
  })
  return stdout + stderr
}

describe.skipIf(!here)('freebcp (needs Debian’s freetds-bin)', () => {
  test.each(['7.0', '7.1', '7.2', '7.3', '7.4'])('copies in and out with TDS %s', async (version) => {
    const pool = await server.connect()
    const table = `t${version.replace('.', '')}`
    await pool.batch(
      `CREATE TABLE ${table}(id int NOT NULL, name nvarchar(50) NULL, price decimal(10,2) NULL, at datetime NULL, long varchar(max) NULL, code char(4) NULL, bytes varbinary(9) NULL, note ntext NULL)`,
    )
    const lines = [
      '1\tname 1\t1.50\t2024-01-02 03:04:05\tlong 1\tabcd\t0aff\tnote 1',
      '2\tname 2\t-2.25\t2024-01-03 03:04:05\tlong 2\tefgh\t00\tnote 2',
      '3\t\t\t\t\t\t\t',
    ]
    const file = join(folder, 'in.txt')
    writeFileSync(file, `${lines.join('\n')}\n`)
    expect(await bcp(version, `master..${table}`, 'in', file)).toContain('3 rows copied')
    const { recordset } = await pool.query(`SELECT * FROM ${table} ORDER BY id`)
    expect(recordset[1]).toEqual({
      id: 2,
      name: 'name 2',
      price: -2.25,
      at: new Date('2024-01-03T03:04:05Z'),
      long: 'long 2',
      code: 'efgh',
      bytes: Buffer.from([0]),
      note: 'note 2',
    })
    const out = join(folder, 'out.txt')
    expect(await bcp(version, `SELECT id, name, price, code FROM ${table} ORDER BY id`, 'queryout', out)).toContain(
      '3 rows copied',
    )
    expect(readFileSync(out, 'utf8').split('\n').slice(0, 2)).toEqual([
      '1\tname 1\t1.50\tabcd',
      '2\tname 2\t-2.25\tefgh',
    ])
  })

  test('copies into another database than its own', async () => {
    const pool = await server.connect()
    await pool.batch('CREATE DATABASE app')
    await pool.batch('USE app; CREATE TABLE t(id int NOT NULL, name varchar(9) NULL); USE master')
    const file = join(folder, 'other.txt')
    writeFileSync(file, '1\tone\n2\ttwo\n')
    expect(await bcp('7.4', 'app.dbo.t', 'in', file)).toContain('2 rows copied')
    expect((await pool.query('SELECT COUNT(*) AS n, DB_NAME() AS db FROM app..t')).recordset).toEqual([
      { n: 2, db: 'master' },
    ])
  })
  test('loads in batches, keeps identity values, and stops at a constraint', async () => {
    const pool = await server.connect()
    await pool.batch('CREATE TABLE numbered(id int IDENTITY NOT NULL PRIMARY KEY, n int NOT NULL CHECK (n < 900))')
    const file = join(folder, 'numbers.txt')
    writeFileSync(file, Array.from({ length: 1000 }, (_, i) => `${i + 5000}\t${i}\n`).join(''))
    expect(await bcp('7.4', 'master..numbered', 'in', file, '-b', '100', '-E')).toContain('1000 rows copied')
    expect((await pool.query('SELECT COUNT(*) AS n, MIN(id) AS low, MAX(id) AS high FROM numbered')).recordset).toEqual(
      [{ n: 1000, low: 5000, high: 5999 }],
    )
    await pool.batch('TRUNCATE TABLE numbered')
    const checked = await bcp('7.4', 'master..numbered', 'in', file, '-b', '100', '-h', 'CHECK_CONSTRAINTS').catch(
      (error: { stderr: string }) => error.stderr,
    )
    expect(checked).toContain('The INSERT statement conflicted with the CHECK constraint')
    expect((await pool.query('SELECT COUNT(*) AS n FROM numbered')).recordset).toEqual([{ n: 900 }])
  })
})
