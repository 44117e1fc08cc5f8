import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import sql from 'mssql'
import { afterAll, expect, test } from 'vitest'
import { machine } from './landscape-process.ts'

const here = machine()
afterAll(() => here[Symbol.dispose]())

interface Up {
  readonly port: number
  readonly user: string
  readonly password: string
  readonly certificateFile: string
}

test('sql-server is up when it says so, tells what it sees, and leaves nothing', async () => {
  const child = here.start('sql-server', '--port', '0', '--database', 'Shop', '--json')
  const { stdout } = child
  if (!stdout) throw new Error('the process has no pipes')
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const up: Up = JSON.parse(String((await lines.next()).value))
  const config = {
    server: 'localhost',
    port: up.port,
    user: up.user,
    password: up.password,
    database: 'Shop',
    options: { cryptoCredentialsDetails: { ca: readFileSync(up.certificateFile, 'utf8') } },
  }
  if (process.platform !== 'win32') expect(statSync(up.certificateFile).mode & 0o777).toBe(0o600)
  const pool = await new sql.ConnectionPool(config).connect()
  expect((await pool.query('SELECT DB_NAME() AS name')).recordset).toEqual([{ name: 'Shop' }])
  await pool.close()

  const wrong = new sql.ConnectionPool({ ...config, password: 'not-this-one' })
  await expect(wrong.connect()).rejects.toMatchObject({ code: 'ELOGIN' })
  const told: string[] = []
  for (;;) {
    const { value, done } = await lines.next()
    if (done) throw new Error('it ended before it told of the refused login')
    told.push(value)
    if (JSON.parse(value).entry?.type === 'login-refused') break
  }
  expect(told.join('\n')).not.toContain('not-this-one')

  child.kill('SIGTERM')
  const [code] = await once(child, 'close')
  expect(code).toBe(130)
  expect(existsSync(up.certificateFile)).toBe(false)
})

test('sql-server says what is wrong with how it is called', async () => {
  const port = await here.run('sql-server', '--port', '70000')
  expect(port).toMatchObject({ code: 2, stdout: '' })
  expect(port.stderr).toContain('It must be a whole number from 0 to 65535.')
  const half = await here.run('sql-server', '--certificate', 'chain.pem')
  expect(half).toMatchObject({ code: 2, stdout: '' })
  expect(half.stderr).toContain('--certificate and --key go together')
  const missing = join(here.folder, 'no-such.pem')
  const unreadable = await here.run('sql-server', '--certificate', missing, '--key', missing)
  expect(unreadable).toMatchObject({ code: 2, stdout: '' })
  expect(unreadable.stderr).toContain(`cannot read ${missing}`)
  const collation = await here.run('sql-server', '--port', '0', '--collation', 'Klingon_CI_AS')
  expect(collation.stdout).toBe('')
  expect([collation.code, collation.stderr]).toMatchInlineSnapshot(`
    [
      3,
      "error: SQL Server did not start: Invalid collation 'Klingon_CI_AS'.
    ",
    ]
  `)
})
