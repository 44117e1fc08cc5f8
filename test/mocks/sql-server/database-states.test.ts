import type sql from 'mssql'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DatabaseState } from '../../../mocks/sql-server/engine/storage/database-states.ts'
import { serverStates } from '../../../mocks/sql-server/security/server-states.ts'
import { startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let admin: sql.ConnectionPool

beforeAll(async () => {
  server = await startTestServer()
  admin = await server.connect()
  server.sqlServer.createLogin({ name: 'app', password: 'App-2026!' })
  await admin.batch("CREATE DATABASE vault; CREATE LOGIN owner1 WITH PASSWORD = 'Owner-2026!'")
  await admin.batch(
    'USE vault; CREATE USER app FOR LOGIN app; CREATE USER owner1 FOR LOGIN owner1; CREATE TABLE t (a int); INSERT t VALUES (1)',
  )
  await admin.batch(
    'USE vault; ALTER ROLE db_owner ADD MEMBER owner1; ALTER ROLE db_datawriter ADD MEMBER app; USE master',
  )
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  server.sqlServer.setState('running')
  server.sqlServer.changeDatabase('vault', { state: 'ONLINE', access: 'MULTI_USER', readOnly: false })
})

const asApp = { user: 'app', password: 'App-2026!' }

/** A session that stays: mssql opens its pools without keeping one. */
async function session(given: Partial<sql.config>, from: TestServer = server): Promise<sql.ConnectionPool> {
  const pool = await from.connect(given)
  await pool.query('SELECT 1 AS one')
  return pool
}

/** Number of the error that a batch or a login ends with, and those before it. */
async function numbers(work: Promise<unknown>): Promise<readonly number[]> {
  try {
    await work
    return []
  } catch (error) {
    const { number, precedingErrors } = error as { number?: number; precedingErrors?: readonly { number: number }[] }
    return [...(precedingErrors ?? []).map((before) => before.number), number ?? 0]
  }
}

const columns = async () =>
  (
    await admin.query(
      "SELECT state, state_desc, user_access_desc, is_read_only FROM sys.databases WHERE name = 'vault'",
    )
  ).recordset[0]

test.for([
  ['OFFLINE', 6, 942],
  ['RESTORING', 1, 927],
  ['RECOVERING', 2, 922],
  ['RECOVERY_PENDING', 3, 945],
  ['SUSPECT', 4, 926],
] as const)('a database that is %s is state %i, and refuses with %i', async ([state, number, error]) => {
  server.sqlServer.changeDatabase('vault', { state: state as DatabaseState })
  expect(await columns()).toMatchObject({ state: number, state_desc: state })
  expect(await numbers(admin.batch('USE vault'))).toEqual([error])
  expect(await numbers(admin.query('SELECT * FROM vault.dbo.t'))).toEqual([error])
  const login = await server.connect({ ...asApp, database: 'vault' }).catch((thrown: Error) => thrown.message)
  expect(login).toBe("Login failed for user 'app'.")
  const log = server.sqlServer.errorLog().slice(-2).join('\n')
  expect(log).toContain('Error: 18456, Severity: 14, State: 38.')
  expect(log).toContain("Failed to open the explicitly specified database 'vault'.")
})

test('EMERGENCY lets administrators read, and nobody write', async () => {
  await admin.batch('ALTER DATABASE vault SET EMERGENCY')
  expect(await columns()).toMatchObject({ state: 5, state_desc: 'EMERGENCY' })
  expect((await admin.query('SELECT a FROM vault.dbo.t')).recordset).toEqual([{ a: 1 }])
  expect(await numbers(admin.batch('USE vault; INSERT t VALUES (2)'))).toEqual([3908])
  await admin.batch('USE master')
  const login = await server.connect({ ...asApp, database: 'vault' }).catch((thrown: Error) => thrown.message)
  expect(login).toContain('Login failed')
  await admin.batch('ALTER DATABASE vault SET ONLINE')
  expect(await columns()).toMatchObject({ state: 0 })
})

test('READ_ONLY refuses every change, also of the catalogue, but none of temporary tables', async () => {
  await admin.batch('ALTER DATABASE vault SET READ_ONLY')
  expect(await columns()).toMatchObject({ is_read_only: true })
  for (const text of ['INSERT t VALUES (2)', 'CREATE TABLE u (a int)', 'DROP TABLE t', 'CREATE USER x WITHOUT LOGIN'])
    expect(await numbers(admin.batch(`USE vault; ${text}`)), text).toEqual([3906])
  await admin.batch('CREATE TABLE #t (a int); INSERT #t VALUES (1); DROP TABLE #t')
  await admin
    .batch('USE master; ALTER DATABASE vault SET READ_WRITE; INSERT vault.dbo.t VALUES (2)')
    .catch(() => undefined)
  expect(await columns()).toMatchObject({ is_read_only: false })
})

describe('who else is there', () => {
  test('SINGLE_USER keeps the second out: 924, 4060 at the login, 5064 for who would change that', async () => {
    await admin.batch('ALTER DATABASE vault SET SINGLE_USER')
    const only = await session({ database: 'vault' })
    expect(await numbers(admin.batch('USE vault'))).toEqual([924])
    expect(await numbers(admin.batch('ALTER DATABASE vault SET MULTI_USER'))).toEqual([5064, 5069])
    await only.batch('ALTER DATABASE vault SET MULTI_USER')
    await only.close()
  })

  test('RESTRICTED_USER is for owners and creators: 923', async () => {
    await admin.batch('ALTER DATABASE vault SET RESTRICTED_USER')
    const app = await server.connect(asApp)
    expect(await numbers(app.batch('USE vault'))).toEqual([923])
    const owner = await server.connect({ user: 'owner1', password: 'Owner-2026!', database: 'vault' })
    await owner.close()
    await app.close()
  })

  test('NO_WAIT fails at once, ROLLBACK IMMEDIATE cuts the others off and undoes what they did', async () => {
    const other = await session({ database: 'vault' })
    await other.batch('BEGIN TRAN; INSERT t VALUES (99)')
    expect(await numbers(admin.batch('ALTER DATABASE vault SET OFFLINE WITH NO_WAIT'))).toEqual([5070, 5069])
    await admin.batch('ALTER DATABASE vault SET OFFLINE WITH ROLLBACK IMMEDIATE')
    expect((await numbers(other.query('SELECT 1'))).length).toBe(1)
    await admin.batch('ALTER DATABASE vault SET ONLINE')
    expect((await admin.query('SELECT COUNT(*) AS n FROM vault.dbo.t WHERE a = 99')).recordset).toEqual([{ n: 0 }])
  })

  test('without a clause it waits until they have left, or as long as LOCK_TIMEOUT says: 5061', async () => {
    const other = await session({ database: 'vault' })
    const change = 'ALTER DATABASE vault SET SINGLE_USER'
    expect(await numbers(admin.batch(`SET LOCK_TIMEOUT 20; ${change}`))).toEqual([5061, 5069])
    await admin.batch('SET LOCK_TIMEOUT -1')
    const waiting = admin.batch(change)
    await other.close()
    await waiting
    expect(await columns()).toMatchObject({ user_access_desc: 'SINGLE_USER' })
  })

  test('ROLLBACK AFTER gives them time', async () => {
    const other = await session({ database: 'vault' })
    const waiting = admin.batch('ALTER DATABASE vault SET RESTRICTED_USER WITH ROLLBACK AFTER 30 SECONDS')
    await other.close()
    await waiting
    expect(await columns()).toMatchObject({ user_access_desc: 'RESTRICTED_USER' })
  })
})

test('what is being restored takes no ALTER DATABASE, and a suspect database does not come back by asking', async () => {
  server.sqlServer.changeDatabase('vault', { state: 'RESTORING' })
  expect(await numbers(admin.batch('ALTER DATABASE vault SET ONLINE'))).toEqual([5052, 5069])
  server.sqlServer.changeDatabase('vault', { state: 'SUSPECT' })
  expect(await numbers(admin.batch('ALTER DATABASE vault SET ONLINE'))).toEqual([926, 5069])
  expect(await numbers(admin.batch('ALTER DATABASE master SET OFFLINE'))).toEqual([5058, 5069])
})

describe('the service', () => {
  const said = async (given: Partial<sql.config>) => {
    const connected = await server.connect(given).catch((thrown: Error) => thrown.message)
    if (typeof connected === 'string') return connected
    await connected.close()
    return 'in'
  }

  test.for([
    ['paused', 'SQL Server service has been paused.', 'SQL Server service has been paused.'],
    ['starting', 'is not ready to accept new client connections', 'is not ready'],
    ['shutting-down', 'because it is shutting down', 'because it is shutting down'],
    ['script-upgrade', 'Server is in script upgrade mode', 'in'],
    ['administrators-only', 'Only administrators may connect at this time', 'in'],
    ['single-user', 'Server is in single user mode', 'Server is in single user mode'],
  ] as const)('%s', async ([state, forApp, forAdmin]) => {
    server.sqlServer.setState(state)
    expect(await said(asApp)).toContain(forApp)
    expect(await said({})).toContain(forAdmin)
    expect(serverStates).toContain(state)
  })

  test('single-user mode lets one administrator in', async () => {
    await using alone = await startTestServer({ state: 'single-user' })
    const one = await session({}, alone)
    await expect(alone.connect()).rejects.toThrow('Only one administrator can connect at this time.')
    await one.query('SELECT 1 AS one')
  })

  test('every login is refused with the number that a setting names', async () => {
    await using trigger = await startTestServer({ refuseLogins: 17892 })
    await expect(trigger.connect()).rejects.toThrow('due to trigger execution')
    await expect(trigger.connect()).rejects.toThrow('due to trigger execution')
  })
})

test('a database of the settings is there, and in its state', async () => {
  await using seeded = await startTestServer({
    seededDatabases: { Vault: { state: 'SUSPECT' }, Old: { readOnly: true } },
  })
  const pool = await seeded.connect()
  const { recordset } = await pool.query(
    'SELECT name, state_desc, is_read_only FROM sys.databases WHERE database_id > 4',
  )
  expect(recordset).toEqual([
    { name: 'Vault', state_desc: 'SUSPECT', is_read_only: false },
    { name: 'Old', state_desc: 'ONLINE', is_read_only: true },
  ])
})
