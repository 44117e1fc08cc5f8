import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { password, refused, rows, type SignedIn, startSignedIn } from './signed-in.ts'

let at: SignedIn
const logins = ['plain', 'secadmin', 'creator', 'bulker', 'ender', 'granted', 'member', 'idle']
beforeAll(async () => {
  at = await startSignedIn()
  await at.prepare(
    ...logins.map((name) => `CREATE LOGIN ${name} WITH PASSWORD = '${password}'`),
    'ALTER SERVER ROLE securityadmin ADD MEMBER secadmin; ALTER SERVER ROLE dbcreator ADD MEMBER creator; ALTER SERVER ROLE bulkadmin ADD MEMBER bulker; ALTER SERVER ROLE processadmin ADD MEMBER ender',
    'CREATE DATABASE app',
  )
})
afterAll(() => at[Symbol.asyncDispose]())

const may = (permission: string) => `SELECT HAS_PERMS_BY_NAME(NULL, NULL, '${permission}') AS p`

describe('fixed server roles', () => {
  test.each([
    ['secadmin', 'ALTER ANY LOGIN', 1],
    ['secadmin', 'CONTROL SERVER', 0],
    ['creator', 'CREATE ANY DATABASE', 1],
    ['bulker', 'ADMINISTER BULK OPERATIONS', 1],
    ['bulker', 'CREATE ANY DATABASE', 0],
    ['ender', 'ALTER ANY CONNECTION', 1],
    ['ender', 'VIEW SERVER STATE', 1],
    ['plain', 'VIEW ANY DATABASE', 1],
    ['plain', 'ADMINISTER BULK OPERATIONS', 0],
    ['plain', 'NO SUCH PERMISSION', null],
  ])('%s: %s is %s', async (login, permission, answer) => {
    expect(await rows(await at.as(login), may(permission))).toEqual([[answer]])
  })
  test('a securityadmin makes logins and grants, but no sysadmins', async () => {
    const admin = await at.as('secadmin')
    await admin.batch(`CREATE LOGIN made WITH PASSWORD = '${password}'; GRANT VIEW SERVER STATE TO made`)
    expect(await refused(admin, 'ALTER SERVER ROLE sysadmin ADD MEMBER made')).toEqual([
      15151,
      16,
      1,
      "Cannot alter the server role 'sysadmin', because it does not exist or you do not have permission.",
    ])
    expect(await refused(admin, "EXEC sp_addsrvrolemember 'made', 'sysadmin'")).toEqual([
      15247,
      16,
      1,
      'User does not have permission to perform this action.',
    ])
    expect(await refused(admin, 'GRANT CONTROL SERVER TO made')).toEqual([
      4613,
      16,
      1,
      'Grantor does not have GRANT permission.',
    ])
    expect((await refused(admin, `ALTER LOGIN sa WITH PASSWORD = '${password}'`))[0]).toBe(15151)
    await admin.batch('DROP LOGIN made')
  })
  test('who is no administrator is told so', async () => {
    const plain = await at.as('plain')
    expect((await refused(plain, 'CREATE SERVER ROLE r'))[0]).toBe(15247)
    expect(await refused(plain, 'DROP LOGIN member')).toEqual([
      15151,
      16,
      1,
      "Cannot drop the login 'member', because it does not exist or you do not have permission.",
    ])
    expect((await refused(plain, 'ALTER SERVER ROLE dbcreator ADD MEMBER plain'))[0]).toBe(15151)
    expect(await refused(plain, 'KILL 51')).toEqual([
      6102,
      14,
      1,
      'User does not have permission to use the KILL statement.',
    ])
    expect((await refused(plain, 'SELECT * FROM sys.dm_tran_locks')).slice(0, 3)).toEqual([300, 14, 1])
  })
  test('BULK INSERT is for bulkadmin', async () => {
    const batch =
      "CREATE TABLE #t(a int); BULK INSERT #t FROM 'c:\\\\data.csv' WITH (FIELDTERMINATOR = ';', FIRSTROW = 2)"
    expect(await refused(await at.as('plain'), batch)).toEqual([
      4834,
      16,
      1,
      'You do not have permission to use the bulk load statement.',
    ])
    expect(await refused(await at.as('bulker'), batch)).toEqual([
      4861,
      16,
      1,
      'Cannot bulk load because the file "c:\\\\data.csv" could not be opened. Operating system error code 5(Access is denied.).',
    ])
  })
  test('a dbcreator alters and drops every database', async () => {
    await at.prepare('CREATE DATABASE other')
    const creator = await at.as('creator')
    await creator.batch('ALTER DATABASE other SET RECOVERY SIMPLE; DROP DATABASE other')
    expect(await rows(creator, "SELECT name FROM sys.databases WHERE name = 'other'")).toEqual([])
  })
  test('sys.server_role_members and IS_SRVROLEMEMBER tell who is in', async () => {
    expect(
      await rows(
        at.sa,
        "SELECT r.name, m.name AS member FROM sys.server_role_members x JOIN sys.server_principals r ON r.principal_id = x.role_principal_id JOIN sys.server_principals m ON m.principal_id = x.member_principal_id WHERE r.name = 'bulkadmin'",
      ),
    ).toEqual([['bulkadmin', 'bulker']])
    expect(
      await rows(
        await at.as('bulker'),
        "SELECT IS_SRVROLEMEMBER('bulkadmin') AS a, IS_SRVROLEMEMBER('sysadmin') AS b, IS_SRVROLEMEMBER('public') AS c, IS_SRVROLEMEMBER('nope') AS d, IS_SRVROLEMEMBER('securityadmin', 'secadmin') AS e",
      ),
    ).toEqual([[1, 0, 1, null, 1]])
  })
})

describe('server roles of one’s own', () => {
  test('are made, granted to, nested, renamed and dropped', async () => {
    await at.prepare(
      'CREATE SERVER ROLE watchers; CREATE SERVER ROLE inner_watchers; ALTER SERVER ROLE watchers ADD MEMBER inner_watchers; ALTER SERVER ROLE inner_watchers ADD MEMBER member; GRANT VIEW SERVER STATE TO watchers',
    )
    expect(await rows(await at.as('member'), may('VIEW SERVER STATE'))).toEqual([[1]])
    expect(await refused(at.sa, 'ALTER SERVER ROLE inner_watchers ADD MEMBER watchers')).toEqual([
      15413,
      16,
      1,
      'Cannot make a role a member of itself.',
    ])
    expect(await refused(at.sa, 'DROP SERVER ROLE watchers')).toEqual([
      15144,
      16,
      1,
      'The role has members. It must be empty before it can be dropped.',
    ])
    await at.prepare('ALTER SERVER ROLE watchers WITH NAME = guards')
    expect(await rows(await at.as('member'), "SELECT IS_SRVROLEMEMBER('guards') AS g")).toEqual([[1]])
    await at.prepare(
      'ALTER SERVER ROLE inner_watchers DROP MEMBER member; ALTER SERVER ROLE guards DROP MEMBER inner_watchers; DROP SERVER ROLE guards; DROP SERVER ROLE inner_watchers',
    )
    expect((await refused(at.sa, 'DROP SERVER ROLE bulkadmin'))[0]).toBe(15150)
  })
})

describe('server permissions', () => {
  test('imply one another, and DENY goes before GRANT', async () => {
    await at.prepare('GRANT CONTROL SERVER TO granted; DENY ALTER ANY LOGIN TO granted')
    const granted = await at.as('granted')
    expect(await rows(granted, `${may('SHUTDOWN')}; ${may('ALTER ANY LOGIN')}; ${may('CREATE ANY DATABASE')}`)).toEqual(
      [[1]],
    )
    expect(await rows(granted, may('CREATE LOGIN'))).toEqual([[0]])
    expect(
      await rows(
        at.sa,
        "SELECT permission_name, type, state_desc FROM sys.server_permissions WHERE grantee_principal_id = SUSER_ID('granted') ORDER BY permission_name",
      ),
    ).toEqual([
      ['ALTER ANY LOGIN', 'ALLG', 'DENY'],
      ['CONNECT SQL', 'COSQ', 'GRANT'],
      ['CONTROL SERVER', 'CL  ', 'GRANT'],
    ])
    await at.prepare('REVOKE CONTROL SERVER FROM granted; REVOKE ALTER ANY LOGIN FROM granted')
  })
  test('are granted in master alone, to nobody special', async () => {
    expect(await refused(at.sa, 'USE app; GRANT VIEW SERVER STATE TO granted')).toEqual([
      4621,
      16,
      10,
      'Permissions at the server scope can only be granted when the current database is master',
    ])
    await at.sa.batch('USE master')
    expect((await refused(at.sa, 'GRANT VIEW SERVER STATE TO sa'))[0]).toBe(4624)
    expect((await refused(at.sa, 'GRANT VIEW SERVER STATE TO bulkadmin'))[0]).toBe(4617)
    expect((await refused(at.sa, 'GRANT VIEW SERVER STATE TO nobody'))[0]).toBe(15151)
  })
  test('DENY CONNECT SQL keeps a login out, REVOKE too, and the log says state 12', async () => {
    for (const verb of ['DENY CONNECT SQL TO', 'REVOKE CONNECT SQL FROM']) {
      await at.prepare(`${verb} plain`)
      await expect(at.as('plain')).rejects.toThrow("Login failed for user 'plain'.")
      expect(at.server.sqlServer.errorLog().slice(-2).join()).toContain('State: 12.')
      await at.prepare('GRANT CONNECT SQL TO plain')
      await at.as('plain')
    }
  })
  test('without VIEW ANY DATABASE one sees master and tempdb', async () => {
    await at.prepare('DENY VIEW ANY DATABASE TO plain')
    expect(await rows(await at.as('plain'), 'SELECT name FROM sys.databases')).toEqual([['master'], ['tempdb']])
    await at.prepare('REVOKE VIEW ANY DATABASE FROM plain')
  })
  test('one sees one’s own login, sa and the fixed roles; hashes are for administrators', async () => {
    const plain = await at.as('plain')
    expect(await rows(plain, "SELECT name FROM sys.server_principals WHERE type = 'S' ORDER BY name")).toEqual([
      ['plain'],
      ['sa'],
    ])
    expect(await rows(plain, "SELECT password_hash FROM sys.sql_logins WHERE name = 'plain'")).toEqual([[null]])
    expect(await rows(at.sa, "SELECT DATALENGTH(password_hash) AS n FROM sys.sql_logins WHERE name = 'plain'")).toEqual(
      [[70]],
    )
  })
})

test('what is owned or granted by a login keeps it', async () => {
  await at.prepare('CREATE DATABASE mine; ALTER AUTHORIZATION ON DATABASE::mine TO idle')
  expect(await refused(at.sa, 'DROP LOGIN idle')).toEqual([
    15174,
    16,
    1,
    "Login 'idle' owns one or more database(s). Change the owner of the database(s) before dropping the login.",
  ])
  await at.prepare('ALTER AUTHORIZATION ON DATABASE::mine TO sa')
  expect(await rows(at.sa, "SELECT SUSER_SNAME(owner_sid) AS o FROM sys.databases WHERE name = 'mine'")).toEqual([
    ['sa'],
  ])
  await at.prepare('DROP LOGIN idle')
})
