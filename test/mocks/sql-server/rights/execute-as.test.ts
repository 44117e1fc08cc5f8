import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { password, refused, rows, type SignedIn, startSignedIn } from './signed-in.ts'

let at: SignedIn
beforeAll(async () => {
  at = await startSignedIn()
  await at.prepare(
    'CREATE DATABASE app; CREATE DATABASE elsewhere',
    ...['ann', 'bob', 'cid'].map((name) => `CREATE LOGIN ${name} WITH PASSWORD = '${password}'`),
    ...['ann', 'bob', 'cid'].map((name) => `USE app; CREATE USER ${name} FOR LOGIN ${name}`),
    'USE elsewhere; CREATE USER ann FOR LOGIN ann; CREATE TABLE e(id int); GRANT SELECT ON e TO ann',
    'USE app; CREATE USER lonely WITHOUT LOGIN; CREATE TABLE t(id int); INSERT t VALUES (1); GRANT SELECT ON t TO ann; GRANT SELECT ON t TO lonely',
    'USE app; GRANT IMPERSONATE ON USER::ann TO bob',
  )
})
afterAll(() => at[Symbol.asyncDispose]())

const who = 'SELECT SUSER_SNAME() AS s, USER_NAME() AS u, ORIGINAL_LOGIN() AS o'

describe('EXECUTE AS', () => {
  test('USER changes who one is in the database, REVERT changes it back', async () => {
    const sa = await at.server.connect({ database: 'app' })
    await sa.batch("EXECUTE AS USER = 'ann'")
    expect(await rows(sa, who)).toEqual([['ann', 'ann', 'sa']])
    expect(await rows(sa, 'SELECT id FROM t')).toEqual([[1]])
    expect((await refused(sa, 'INSERT t VALUES (2)'))[0]).toBe(229)
    expect((await refused(sa, `CREATE LOGIN x WITH PASSWORD = '${password}'`))[0]).toBe(15247)
    expect(await refused(sa, 'USE elsewhere')).toEqual([
      916,
      14,
      1,
      'The server principal "ann" is not able to access the database "elsewhere" under the current security context.',
    ])
    await sa.batch('REVERT')
    expect(await rows(sa, who)).toEqual([['sa', 'dbo', 'sa']])
  })
  test('LOGIN goes to other databases, and REVERT must come where it was called', async () => {
    const sa = await at.server.connect({ database: 'app' })
    await sa.batch("EXECUTE AS LOGIN = 'ann'; USE elsewhere")
    expect(await rows(sa, 'SELECT COUNT(*) AS n FROM e')).toEqual([[0]])
    expect((await refused(sa, 'REVERT'))[0]).toBe(15199)
    await sa.batch('USE app; REVERT')
    expect(await rows(sa, who)).toEqual([['sa', 'dbo', 'sa']])
  })
  test('a user without login has rights too', async () => {
    const sa = await at.server.connect({ database: 'app' })
    await sa.batch("EXECUTE AS USER = 'lonely'")
    expect(await rows(sa, 'SELECT id, USER_NAME() AS u FROM t')).toEqual([[1, 'lonely']])
  })
  test('needs IMPERSONATE, and stacks', async () => {
    const bob = await at.as('bob', 'app')
    await bob.batch("EXECUTE AS USER = 'ann'")
    expect(await rows(bob, who)).toEqual([['ann', 'ann', 'bob']])
    expect(await refused(bob, "EXECUTE AS USER = 'cid'")).toEqual([
      15517,
      16,
      1,
      'Cannot execute as the database principal because the principal "cid" does not exist, this type of principal cannot be impersonated, or you do not have permission.',
    ])
    await bob.batch('REVERT; REVERT')
    expect(await refused(bob, "EXECUTE AS LOGIN = 'ann'")).toEqual([
      15406,
      16,
      1,
      'Cannot execute as the server principal because the principal "ann" does not exist, this type of principal cannot be impersonated, or you do not have permission.',
    ])
    expect((await refused(bob, "EXECUTE AS USER = 'db_owner'"))[0]).toBe(15517)
    await at.prepare('GRANT IMPERSONATE ON LOGIN::ann TO bob')
    await bob.batch("EXECUTE AS LOGIN = 'ann'; REVERT")
  })
  test('WITH NO REVERT and COOKIE', async () => {
    const sa = await at.server.connect({ database: 'app' })
    await sa.batch("DECLARE @c varbinary(8000); EXECUTE AS USER = 'ann' WITH COOKIE INTO @c; REVERT WITH COOKIE = @c")
    expect(await rows(sa, who)).toEqual([['sa', 'dbo', 'sa']])
    await sa.batch("DECLARE @c varbinary(8000); EXECUTE AS USER = 'ann' WITH COOKIE INTO @c")
    expect((await refused(sa, 'REVERT'))[0]).toBe(15591)
    const other = await at.server.connect({ database: 'app' })
    await other.batch("EXECUTE AS USER = 'ann' WITH NO REVERT")
    expect((await refused(other, 'REVERT'))[0]).toBe(15196)
  })
  test('ends with the text that it stands in', async () => {
    const sa = await at.server.connect({ database: 'app' })
    await sa.batch("EXEC('EXECUTE AS USER = ''ann''')")
    expect(await rows(sa, who)).toEqual([['sa', 'dbo', 'sa']])
    await sa.batch("EXEC sp_executesql N'EXECUTE AS USER = ''ann'''")
    expect(await rows(sa, who)).toEqual([['sa', 'dbo', 'sa']])
  })
})

describe('modules', () => {
  test('run as caller, owner, self or somebody', async () => {
    const body = 'AS SELECT USER_NAME() AS u, SUSER_SNAME() AS s, ORIGINAL_LOGIN() AS o'
    await at.prepare(
      `USE app; EXEC('CREATE PROCEDURE as_caller ${body}')`,
      `USE app; EXEC('CREATE PROCEDURE as_owner WITH EXECUTE AS OWNER ${body}')`,
      `USE app; EXEC('CREATE PROCEDURE as_self WITH EXECUTE AS SELF ${body}')`,
      `USE app; EXEC('CREATE PROCEDURE as_ann WITH EXECUTE AS ''ann'' ${body}')`,
      `USE app; EXEC('CREATE PROCEDURE count_dynamic WITH EXECUTE AS OWNER AS EXEC(''SELECT COUNT(*) AS n FROM t'')')`,
      'USE app; GRANT EXECUTE ON SCHEMA::dbo TO cid',
    )
    const cid = await at.as('cid', 'app')
    expect(await rows(cid, 'EXEC as_caller')).toEqual([['cid', 'cid', 'cid']])
    expect(await rows(cid, 'EXEC as_owner')).toEqual([['dbo', 'sa', 'cid']])
    expect(await rows(cid, 'EXEC as_self')).toEqual([['dbo', 'sa', 'cid']])
    expect(await rows(cid, 'EXEC as_ann')).toEqual([['ann', 'ann', 'cid']])
    expect(await rows(cid, 'EXEC count_dynamic')).toEqual([[1]])
    expect((await refused(cid, 'SELECT COUNT(*) AS n FROM t'))[0]).toBe(229)
    expect(await rows(cid, who)).toEqual([['cid', 'cid', 'cid']])
  })
  test('an error inside leads back, and who it runs as stays in the database', async () => {
    await at.prepare(
      "USE app; EXEC('CREATE PROCEDURE fails WITH EXECUTE AS OWNER AS RAISERROR(''no'', 16, 1)')",
      `USE app; EXEC('CREATE PROCEDURE makes_login WITH EXECUTE AS OWNER AS CREATE LOGIN made WITH PASSWORD = ''${password}''')`,
    )
    const cid = await at.as('cid', 'app')
    expect((await refused(cid, 'EXEC fails'))[0]).toBe(50_000)
    expect(await rows(cid, who)).toEqual([['cid', 'cid', 'cid']])
    expect((await refused(cid, 'EXEC makes_login'))[0]).toBe(15247)
    await at.prepare('ALTER DATABASE app SET TRUSTWORTHY ON')
    await cid.batch('EXEC makes_login')
    await at.prepare('ALTER DATABASE app SET TRUSTWORTHY OFF; DROP LOGIN made')
  })
  test('a context that is used keeps its user', async () => {
    expect((await refused(at.sa, 'USE app; DROP USER ann'))[0]).toBe(15136)
    await at.sa.batch('USE master')
    expect(
      (await refused(at.sa, "USE app; EXEC('CREATE PROCEDURE x WITH EXECUTE AS ''nobody'' AS SELECT 1 AS a')"))[0],
    ).toBe(15517)
    await at.sa.batch('USE master')
  })
})

test('sys.login_token and sys.user_token say what counts', async () => {
  await at.prepare('USE app; ALTER ROLE db_datareader ADD MEMBER bob')
  const bob = await at.as('bob', 'app')
  expect(await rows(bob, 'SELECT name FROM sys.user_token ORDER BY name')).toEqual([
    ['bob'],
    ['db_datareader'],
    ['public'],
  ])
  expect(await rows(bob, 'SELECT name, usage FROM sys.login_token')).toEqual([
    ['bob', 'GRANT OR DENY'],
    ['public', 'GRANT OR DENY'],
  ])
})

test('a connection from the pool is itself again after a reset', async () => {
  const sa = await at.server.connect({ database: 'app' })
  await sa.batch("EXECUTE AS USER = 'ann'")
  await sa.batch('EXEC sp_reset_connection')
  expect(await rows(sa, who)).toMatchObject([['sa', expect.any(String), 'sa']])
})
