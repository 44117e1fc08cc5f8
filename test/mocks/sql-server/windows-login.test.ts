import type sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Domain } from '../../../mocks/directory/domain.ts'
import { failure, startTestServer, type TestServer } from './running-server.ts'

const password = 'Secret-1'
const untrusted =
  'Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.'

let server: TestServer
let admin: sql.ConnectionPool
const domain = new Domain({
  dns: 'corp.example',
  groups: [
    { name: 'DB Admins', members: ['Operators'] },
    { name: 'Readers', members: ['carol'] },
    { name: 'Writers', members: ['carol'] },
    { name: 'Banned', members: ['dave'] },
  ],
  accounts: [
    { name: 'alice', password },
    { name: 'bob', password, groups: ['Operators'] },
    { name: 'carol', password },
    { name: 'dave', password, groups: ['Readers'] },
    { name: 'root', password, groups: ['Domain Admins'] },
    { name: 'off', password, disabled: true },
    { name: 'locked', password, locked: true },
    { name: 'WEB1$', password },
  ],
})

beforeAll(async () => {
  server = await startTestServer({ windows: { domain } })
  admin = await server.connect()
  await admin.request().batch(`
    CREATE DATABASE shop;
    CREATE LOGIN [CORP\\alice] FROM WINDOWS WITH DEFAULT_DATABASE = [shop];
    CREATE LOGIN [CORP\\DB Admins] FROM WINDOWS;
    CREATE LOGIN [CORP\\Readers] FROM WINDOWS;
    CREATE LOGIN [CORP\\Banned] FROM WINDOWS;
    DENY CONNECT SQL TO [CORP\\Banned];
    ALTER SERVER ROLE dbcreator ADD MEMBER [CORP\\DB Admins];`)
  await admin.request().batch(`
    USE shop;
    CREATE TABLE goods (id int);
    CREATE USER alice FOR LOGIN [CORP\\alice];
    CREATE USER [CORP\\Readers];
    ALTER ROLE db_datareader ADD MEMBER [CORP\\Readers];
    CREATE USER [CORP\\Writers];
    ALTER ROLE db_datawriter ADD MEMBER [CORP\\Writers];
    USE master;`)
})
afterAll(() => server[Symbol.asyncDispose]())

const as = (user: string, given: Partial<sql.config> = {}): Promise<sql.ConnectionPool> =>
  server.connect({ domain: 'CORP', user, password, ...given })

const log = (lines: number): string => server.sqlServer.errorLog().slice(-lines).join('\n')

const row = async (pool: sql.ConnectionPool, query: string): Promise<unknown> =>
  (await pool.request().query(query)).recordset[0]

test('an account logs in by its own login, and everything says who it is', async () => {
  const alice = await as('alice')
  expect(
    await row(
      alice,
      `SELECT SUSER_SNAME() AS suser, ORIGINAL_LOGIN() AS original, SYSTEM_USER AS who, DB_NAME() AS db, USER_NAME() AS u,
         c.auth_scheme, s.nt_domain, s.nt_user_name, s.login_name, CONNECTIONPROPERTY('auth_scheme') AS scheme
       FROM sys.dm_exec_connections c JOIN sys.dm_exec_sessions s ON s.session_id = c.session_id
       WHERE c.session_id = @@SPID`,
    ),
  ).toEqual({
    suser: 'CORP\\alice',
    original: 'CORP\\alice',
    who: 'CORP\\alice',
    db: 'shop',
    u: 'alice',
    auth_scheme: 'NTLM',
    nt_domain: 'CORP',
    nt_user_name: 'alice',
    login_name: 'CORP\\alice',
    scheme: 'NTLM',
  })
  expect(log(1)).toContain(
    "Login succeeded for user 'CORP\\alice'. Connection made using Integrated authentication. [CLIENT: 127.0.0.1]",
  )
  expect(server.journal.findLast(({ type }) => type === 'login')).toMatchObject({
    user: 'CORP\\alice',
    authentication: 'NTLM',
  })
})

test('a member of a nested group logs in by the group’s login and has its server roles', async () => {
  const bob = await as('bob')
  expect(
    await row(
      bob,
      `SELECT SUSER_SNAME() AS suser, IS_SRVROLEMEMBER('dbcreator') AS creator, IS_SRVROLEMEMBER('sysadmin') AS admin,
         IS_MEMBER('CORP\\DB Admins') AS inGroup, IS_MEMBER('CORP\\Readers') AS elsewhere, IS_MEMBER('BUILTIN\\Users') AS local`,
    ),
  ).toEqual({ suser: 'CORP\\bob', creator: 1, admin: 0, inGroup: 1, elsewhere: 0, local: 1 })
  await bob.request().batch('CREATE DATABASE of_bob; DROP DATABASE of_bob')
  await admin.request().batch('ALTER SERVER ROLE sysadmin ADD MEMBER [CORP\\DB Admins]')
  expect(await row(bob, "SELECT IS_SRVROLEMEMBER('sysadmin') AS admin")).toEqual({ admin: 1 })
  await admin.request().batch('ALTER SERVER ROLE sysadmin DROP MEMBER [CORP\\DB Admins]')
})

test('in a database the users of all its groups count, and it goes by its own name', async () => {
  const carol = await as('carol', { database: 'shop' })
  expect(
    await row(carol, "SELECT USER_NAME() AS u, IS_MEMBER('db_datareader') AS r, IS_MEMBER('db_owner') AS o"),
  ).toEqual({
    u: 'CORP\\carol',
    r: 1,
    o: 0,
  })
  await carol.request().batch('INSERT INTO goods VALUES (1); SELECT * FROM goods')
  expect(await failure(carol.request().batch('DROP TABLE goods'))).toMatchObject({ number: 3701 })
  expect(await failure(as('bob', { database: 'shop' }))).toMatchObject({ text: "Login failed for user 'CORP\\bob'." })
  expect(log(2)).toContain('State: 38.')
})

describe('refused with 18456, and the true state in the log', () => {
  test('state 11: the account is right, but no login matches its token', async () => {
    expect(await failure(as('WEB1$'))).toMatchObject({ code: 'ELOGIN', text: "Login failed for user 'CORP\\WEB1$'." })
    expect(log(2)).toContain('Error: 18456, Severity: 14, State: 11.')
    expect(log(1)).toContain('Token-based server access validation failed')
  })

  test('state 12: one of its groups is denied', async () => {
    expect(await failure(as('dave'))).toMatchObject({ text: "Login failed for user 'CORP\\dave'." })
    expect(log(2)).toContain('State: 12.')
  })

  test('18470: its login is disabled; a group’s cannot be', async () => {
    await admin.request().batch('ALTER LOGIN [CORP\\alice] DISABLE')
    expect(await failure(as('alice'))).toMatchObject({
      text: "Login failed for user 'CORP\\alice'. Reason: The account is disabled.",
    })
    await admin.request().batch('ALTER LOGIN [CORP\\alice] ENABLE')
    await as('alice')
    expect(await failure(admin.request().batch('ALTER LOGIN [CORP\\Readers] DISABLE'))).toMatchObject({ number: 15151 })
  })

  test('state 11: an account made anew under its old name is a stranger', async () => {
    domain.setAccount({ name: 'erin', password })
    await admin.request().batch('CREATE LOGIN [CORP\\erin] FROM WINDOWS')
    await as('erin')
    domain.removeAccount('erin')
    domain.setAccount({ name: 'erin', password })
    expect(await failure(as('erin'))).toMatchObject({ text: "Login failed for user 'CORP\\erin'." })
    expect(log(2)).toContain('State: 11.')
  })
})

test.each([
  ['a wrong password', 'alice', { password: 'wrong' }, 'the password is wrong'],
  ['an unknown account', 'nobody', {}, 'there is no such account'],
  ['an unknown domain', 'alice', { domain: 'ELSEWHERE' }, 'there is no such account'],
  ['a disabled account', 'off', {}, 'the account is disabled'],
  ['a locked account', 'locked', {}, 'the account is locked out'],
])('%s is 18452 to the client, 17806 in the log, and told apart in the journal', async (_what, user, given, why) => {
  expect(await failure(as(user, given))).toMatchObject({ code: 'ELOGIN', text: untrusted })
  const [first, second, third] = server.sqlServer.errorLog().slice(-4)
  expect(first).toContain('Error: 17806, Severity: 20, State: 14.')
  expect(second).toContain('SSPI handshake failed with error code 0x8009030c, state 14 while establishing a connection')
  expect(third).toContain('Error: 18452, Severity: 14, State: 1.')
  expect(log(1)).toContain(untrusted)
  expect(server.journal.findLast(({ type }) => type === 'login-refused')).toMatchObject({
    number: 18452,
    why: expect.stringContaining(why),
  })
})

test('BUILTIN\\Administrators has the domain’s administrators', async () => {
  expect(await failure(as('root'))).toMatchObject({ text: "Login failed for user 'CORP\\root'." })
  await admin.request().batch('CREATE LOGIN [BUILTIN\\Administrators] FROM WINDOWS')
  await admin.request().batch('ALTER SERVER ROLE sysadmin ADD MEMBER [BUILTIN\\Administrators]')
  const root = await as('root')
  expect(await row(root, "SELECT IS_SRVROLEMEMBER('sysadmin') AS admin, USER_NAME() AS u")).toEqual({
    admin: 1,
    u: 'dbo',
  })
})

test.each([
  [
    'CREATE LOGIN [CORP\\missing] FROM WINDOWS',
    15401,
    "Windows NT user or group 'CORP\\missing' not found. Check the name again.",
  ],
  [
    'CREATE LOGIN [alice] FROM WINDOWS',
    15407,
    "'alice' is not a valid Windows NT name. Give the complete name: <domain\\username>.",
  ],
  ['CREATE LOGIN [CORP\\alice] FROM WINDOWS', 15025, "The server principal 'CORP\\alice' already exists."],
  [
    "CREATE LOGIN [CORP\\x] WITH PASSWORD = 'Secret-123'",
    15006,
    "'CORP\\x' is not a valid name because it contains invalid characters.",
  ],
  ['CREATE USER [CORP\\missing]', 15401, "Windows NT user or group 'CORP\\missing' not found. Check the name again."],
  ["ALTER LOGIN [CORP\\alice] WITH PASSWORD = 'Secret-123'", 50900, 'not supported by the simulator'],
])('%s fails with %i', async (statement, number, text) => {
  expect(await failure(admin.request().batch(statement))).toMatchObject({ number, text: expect.stringContaining(text) })
})

test('the catalogue tells Windows logins and users, and they are not among sys.sql_logins', async () => {
  const principals = await admin
    .request()
    .query(
      "SELECT name, type, type_desc FROM sys.server_principals WHERE name IN ('CORP\\alice', 'CORP\\Readers') ORDER BY name",
    )
  expect(principals.recordset).toEqual([
    { name: 'CORP\\alice', type: 'U', type_desc: 'WINDOWS_LOGIN' },
    { name: 'CORP\\Readers', type: 'G', type_desc: 'WINDOWS_GROUP' },
  ])
  expect(await row(admin, "SELECT COUNT(*) AS n FROM sys.sql_logins WHERE name LIKE 'CORP%'")).toEqual({ n: 0 })
  const users = await admin
    .request()
    .query(
      "SELECT name, type, authentication_type_desc AS a FROM shop.sys.database_principals WHERE type IN ('U', 'G') ORDER BY name",
    )
  expect(users.recordset).toEqual([
    { name: 'alice', type: 'U', a: 'WINDOWS' },
    { name: 'CORP\\Readers', type: 'G', a: 'WINDOWS' },
    { name: 'CORP\\Writers', type: 'G', a: 'WINDOWS' },
  ])
})

test('a Windows name with SQL authentication is state 6', async () => {
  expect(await failure(server.connect({ user: 'CORP\\alice', password }))).toMatchObject({ code: 'ELOGIN' })
  expect(log(2)).toContain('State: 6.')
})

test('who is logged in cannot be dropped', async () => {
  await using own = await startTestServer({ windows: { domain }, windowsLogins: [{ name: 'CORP\\alice' }] })
  const root = await own.connect()
  const alice = await own.connect({ domain: 'CORP', user: 'alice', password })
  await alice.request().query('SELECT 1') // the pool keeps the connection from now on
  expect(await failure(root.request().batch('DROP LOGIN [CORP\\alice]'))).toMatchObject({ number: 15434 })
  await alice.close()
  await expect.poll(() => own.sqlServer.listSessions().map(({ login }) => login)).toEqual(['sa'])
  await root.request().batch('DROP LOGIN [CORP\\alice]')
  expect(await failure(own.connect({ domain: 'CORP', user: 'alice', password }))).toMatchObject({ code: 'ELOGIN' })
})

test('Windows Authentication mode refuses SQL logins with state 58', async () => {
  await using own = await startTestServer({
    windows: { domain },
    authentication: 'windows',
    windowsLogins: [{ name: 'CORP\\Operators', group: true, roles: ['sysadmin'] }],
  })
  expect(await failure(own.connect())).toMatchObject({ text: "Login failed for user 'sa'." })
  expect(own.sqlServer.errorLog().slice(-2).join('\n')).toContain('State: 58.')
  expect(own.sqlServer.errorLog().join('\n')).toContain('Authentication mode is WINDOWS-ONLY.')
  const bob = await own.connect({ domain: 'CORP', user: 'bob', password })
  expect(await row(bob, "SELECT SERVERPROPERTY('IsIntegratedSecurityOnly') AS only")).toEqual({ only: 1 })
})

test('a server in no domain refuses everybody with 18452', async () => {
  await using own = await startTestServer()
  expect(await failure(own.connect({ domain: 'CORP', user: 'alice', password }))).toMatchObject({ text: untrusted })
})

test.each([true, 'strict' as const, false])('NTLM goes through whatever encryption there is: %s', async (encrypt) => {
  const options = {
    encrypt,
    trustServerCertificate: true,
    serverName: 'localhost',
    cryptoCredentialsDetails: { ca: await server.certificate() },
  }
  // mssql's types know no strict.
  const alice = await as('alice', { options: options as unknown as NonNullable<sql.config['options']> })
  expect(
    await row(alice, 'SELECT encrypt_option, auth_scheme FROM sys.dm_exec_connections WHERE session_id = @@SPID'),
  ).toEqual({ encrypt_option: encrypt ? 'TRUE' : 'FALSE', auth_scheme: 'NTLM' })
})

test('a paused service, and the refusal that was asked for, hold for Windows logins too', async () => {
  server.sqlServer.failNextLogin(18486)
  expect((await failure(as('alice'))).text).toContain(
    "Login failed for user 'CORP\\alice' because the account is currently locked out.",
  )
  server.sqlServer.setState('paused')
  expect((await failure(as('alice'))).text).toContain('SQL Server service has been paused.')
  server.sqlServer.setState('single-user')
  expect(await failure(as('alice'))).toMatchObject({ text: expect.stringContaining('single user mode') })
  server.sqlServer.setState('running')
  await as('alice')
})

test('twenty log in at once, and a pool takes their connections up again', async () => {
  const pool = await as('alice', { pool: { max: 20 } })
  const asked = Array.from({ length: 60 }, () => row(pool, 'SELECT SUSER_SNAME() AS who'))
  expect(new Set((await Promise.all(asked)).map((found) => JSON.stringify(found)))).toEqual(
    new Set([JSON.stringify({ who: 'CORP\\alice' })]),
  )
})
