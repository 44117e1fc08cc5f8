import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sql from 'mssql'
import { expect, onTestFinished, test } from 'vitest'
import { startSqlServer } from '../../../mocks/sql-server/index.ts'

const ownFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`landscape-lab.${process.pid}.`))

async function rows(config: sql.config, statement: string): Promise<readonly unknown[]> {
  const pool = await new sql.ConnectionPool(config).connect()
  try {
    return (await pool.query(statement)).recordset
  } finally {
    await pool.close()
  }
}

test('a client works on it with the settings that it tells, and nothing of it stays', async () => {
  const before = ownFolders()
  const server = await startSqlServer({ databases: ['Shop'], logins: [{ name: 'app', password: 'App-2026!' }] })
  const config = { ...server.clientConfig, database: 'Shop' }
  expect(await rows(config, 'CREATE TABLE t (a int); INSERT t VALUES (7); SELECT a FROM t')).toEqual([{ a: 7 }])
  expect(
    await rows({ ...server.clientConfig, user: 'app', password: 'App-2026!' }, 'SELECT suser_sname() AS who'),
  ).toEqual([{ who: 'app' }])
  await server.stop()
  await server.stop()
  expect(ownFolders()).toEqual(before)
  await expect(rows(config, 'SELECT 1')).rejects.toMatchObject({ code: 'ESOCKET' })
})

test('its certificate is one that a client can check', async () => {
  await using server = await startSqlServer({ encryption: 'required' })
  const checked = (ca: string) => ({
    ...server.clientConfig,
    options: { ...server.clientConfig.options, trustServerCertificate: false, cryptoCredentialsDetails: { ca } },
  })
  const seen = 'SELECT encrypt_option FROM sys.dm_exec_connections WHERE session_id = @@SPID'
  expect(await rows(checked(await server.certificate()), seen)).toEqual([{ encrypt_option: 'TRUE' }])
  await using stranger = await startSqlServer()
  await expect(rows(checked(await stranger.certificate()), seen)).rejects.toThrow('self-signed certificate')
})

test('a named data folder is kept, and sa has the password of this start', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'kept-sql-'))
  onTestFinished(() => rmSync(dataFolder, { recursive: true }))
  const options = { dataFolder, databases: ['Shop'] }
  await using first = await startSqlServer(options)
  await first.execute('Shop', 'CREATE TABLE t (a int); INSERT t VALUES (7)')
  await first.stop()
  expect(existsSync(dataFolder)).toBe(true)
  await using second = await startSqlServer(options)
  expect(second.saPassword).not.toBe(first.saPassword)
  expect(await rows(second.clientConfig, 'SELECT a FROM Shop.dbo.t')).toEqual([{ a: 7 }])
})

test('a port that another program has is named', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await new Promise((resolve) => other.once('listening', resolve))
  const before = ownFolders()
  const address = other.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await expect(startSqlServer({ port })).rejects.toMatchObject({
    code: 'port-taken',
    message: expect.stringContaining(`127.0.0.1:${port}`),
  })
  expect(ownFolders()).toEqual(before)
})

test('Windows accounts are told, and log in by NTLM', async () => {
  await using server = await startSqlServer({
    windows: {
      domain: { dns: 'corp.example', accounts: [{ name: 'alice', password: 'Secret-1', groups: ['DB Admins'] }] },
    },
    windowsLogins: [{ name: 'CORP\\DB Admins', group: true, roles: ['dbcreator'] }],
  })
  const { user: _, ...where } = server.clientConfig
  const config = { ...where, domain: 'CORP', user: 'alice', password: 'Secret-1' }
  expect(await rows(config, "SELECT SUSER_SNAME() AS who, IS_SRVROLEMEMBER('dbcreator') AS creator")).toEqual([
    { who: 'CORP\\alice', creator: 1 },
  ])
})
