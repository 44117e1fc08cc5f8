/** Windows accounts within the server: impersonated, looked up, granted and denied. */
import type sql from 'mssql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LogonVerdict, LookupVerdict, WindowsAuthority } from '../../../mocks/directory/authority.ts'
import { Domain } from '../../../mocks/directory/domain.ts'
import { failure, startTestServer, type TestServer } from './running-server.ts'

const password = 'Secret-1'
let server: TestServer
let admin: sql.ConnectionPool
const domain = new Domain({
  dns: 'ad.corp.example',
  netbios: 'CORP',
  accounts: [
    { name: 'bob', password, groups: ['Operators'] },
    { name: 'eve', password },
    { name: 'both', password, groups: ['Operators', 'Banned'] },
  ],
})

beforeAll(async () => {
  server = await startTestServer({ windows: { domain } })
  admin = await server.connect()
  await admin.request().batch(`
    CREATE LOGIN [CORP\\Operators] FROM WINDOWS;
    ALTER SERVER ROLE processadmin ADD MEMBER [CORP\\Operators];
    CREATE LOGIN [CORP\\eve] FROM WINDOWS`)
})
afterAll(() => server[Symbol.asyncDispose]())

const rows = async (query: string, pool = admin) => (await pool.request().query(query)).recordset

test('EXECUTE AS LOGIN of somebody who comes in through a group alone', async () => {
  const query = `EXECUTE AS LOGIN = 'CORP\\bob';
    SELECT SUSER_SNAME() AS who, ORIGINAL_LOGIN() AS original, IS_SRVROLEMEMBER('processadmin') AS role,
      IS_MEMBER('CORP\\Operators') AS member, (SELECT auth_scheme FROM sys.dm_exec_connections WHERE session_id = @@SPID) AS auth;
    REVERT`
  expect(await rows(query)).toEqual([{ who: 'CORP\\bob', original: 'sa', role: 1, member: 1, auth: 'SQL' }])
})

test.each([
  [
    "EXECUTE AS LOGIN = 'CORP\\nobody'",
    15404,
    "Could not obtain information about Windows NT group/user 'CORP\\nobody', error code 0x534.",
  ],
  ["EXECUTE AS LOGIN = 'CORP\\Operators'", 15406, 'this type of principal cannot be impersonated'],
  ["EXEC xp_logininfo 'CORP\\nobody'", 15404, 'error code 0x534.'],
  ["EXEC xp_logininfo 'CORP\\Operators', 'members'", 50900, 'not supported by the simulator'],
])('%s fails with %i', async (statement, number, text) => {
  expect(await failure(admin.request().batch(statement))).toMatchObject({ number, text: expect.stringContaining(text) })
})

test('xp_logininfo tells by which login an account comes in', async () => {
  const info = async (name: string) => rows(`EXEC xp_logininfo '${name}'`)
  expect(await info('CORP\\eve')).toMatchObject([
    { 'account name': 'CORP\\eve', type: 'user    ', privilege: 'user     ', 'permission path': null },
  ])
  expect(await info('CORP\\bob')).toMatchObject([{ 'account name': 'CORP\\bob', 'permission path': 'CORP\\Operators' }])
  expect(await info('CORP\\Operators')).toMatchObject([{ type: 'group   ' }])
})

test('sp_denylogin keeps a group out, unless another makes its member sysadmin; sp_grantlogin and sp_revokelogin', async () => {
  const both = () => server.connect({ domain: 'CORP', user: 'both', password })
  await both()
  await admin.request().batch("EXEC sp_denylogin 'CORP\\Banned'")
  expect(await failure(both())).toMatchObject({ text: "Login failed for user 'CORP\\both'." })
  await admin.request().batch('ALTER SERVER ROLE sysadmin ADD MEMBER [CORP\\Operators]')
  await both()
  await admin.request().batch('ALTER SERVER ROLE sysadmin DROP MEMBER [CORP\\Operators]')
  await admin.request().batch("EXEC sp_grantlogin 'CORP\\Banned'")
  await both()
  await admin.request().batch("EXEC sp_revokelogin 'CORP\\Banned'")
  expect(await rows("SELECT name FROM sys.server_principals WHERE name = 'CORP\\Banned'")).toEqual([])
})

test('the domain may be named by either name, and the account by its principal name', async () => {
  for (const given of [{ domain: 'ad.corp.example' }, { domain: 'corp' }]) {
    const eve = await server.connect({ ...given, user: 'eve', password })
    expect(await rows('SELECT SUSER_SNAME() AS who', eve)).toEqual([{ who: 'CORP\\eve' }])
  }
})

test('logins survive a restart with their SIDs, and so do users of Windows accounts', async () => {
  await using first = await startTestServer({ windows: { domain } })
  const before = await first.connect()
  await before.request().batch('CREATE LOGIN [CORP\\eve] FROM WINDOWS; CREATE DATABASE kept')
  await before.request().batch('USE kept; CREATE USER eve FOR LOGIN [CORP\\eve]; USE master')
  await before.close()
  await first.sqlServer.stop()
  await using second = await startTestServer({ windows: { domain }, dataFolder: `${first.folder}/data` })
  const eve = await second.connect({ domain: 'CORP', user: 'eve', password, database: 'kept' })
  expect(await rows('SELECT USER_NAME() AS u', eve)).toEqual([{ u: 'eve' }])
})

test('when nobody can be asked: 15404 from statements, 0x80090311 in the log from logins', async () => {
  const away: WindowsAuthority = {
    names: domain.names,
    logon: async (): Promise<LogonVerdict> => ({ status: 'noLogonServers' }),
    lookup: async (): Promise<LookupVerdict> => ({ status: 'noLogonServers' }),
    account: async () => ({ status: 'noLogonServers' as const }),
  }
  await using own = await startTestServer({ windows: { domain: away } })
  const root = await own.connect()
  expect(await failure(root.request().batch('CREATE LOGIN [CORP\\eve] FROM WINDOWS'))).toMatchObject({
    number: 15404,
    text: "Could not obtain information about Windows NT group/user 'CORP\\eve', error code 0x54b.",
  })
  expect(await failure(own.connect({ domain: 'CORP', user: 'eve', password }))).toMatchObject({
    text: expect.stringContaining('untrusted domain'),
  })
  expect(own.sqlServer.errorLog().join('\n')).toContain('error code 0x80090311')
  await root.request().batch('CREATE LOGIN [BUILTIN\\Administrators] FROM WINDOWS') // the computer knows these itself
})

test('a user is moved to a Windows login that has not logged in yet', async () => {
  await using own = await startTestServer({ windows: { domain }, windowsLogins: [{ name: 'CORP\\eve' }] })
  const root = await own.connect()
  await root.request().batch("CREATE DATABASE shop; CREATE LOGIN before WITH PASSWORD = 'Secret-123'")
  await root
    .request()
    .batch('USE shop; CREATE USER moved FOR LOGIN before; ALTER USER moved WITH LOGIN = [CORP\\eve]; USE master')
  const eve = await own.connect({ domain: 'CORP', user: 'eve', password, database: 'shop' })
  expect(await rows('SELECT USER_NAME() AS u', eve)).toEqual([{ u: 'moved' }])
})
