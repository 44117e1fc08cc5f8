import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { password, refused, rows, type SignedIn, startSignedIn } from './signed-in.ts'

let at: SignedIn
const roles = ['owner', 'datareader', 'datawriter', 'ddladmin', 'securityadmin', 'accessadmin', 'backupoperator']
const users = [...roles.map((name) => `u_${name}`), 'denyreader', 'plain', 'second', 'third']
beforeAll(async () => {
  at = await startSignedIn()
  await at.prepare(
    'CREATE DATABASE app',
    ...users.map((name) => `CREATE LOGIN ${name} WITH PASSWORD = '${password}'`),
    ...users.map((name) => `USE app; CREATE USER ${name} FOR LOGIN ${name}`),
    ...roles.map((name) => `USE app; ALTER ROLE db_${name} ADD MEMBER u_${name}`),
    'USE app; ALTER ROLE db_datareader ADD MEMBER denyreader; ALTER ROLE db_denydatareader ADD MEMBER denyreader',
    "USE app; CREATE TABLE t(id int, secret nvarchar(20), note nvarchar(20)); INSERT t VALUES (1, N's', N'n')",
    'USE app; CREATE TABLE other(id int)',
    "USE app; EXEC('CREATE PROCEDURE p AS SELECT id FROM t')",
    "USE app; EXEC('CREATE VIEW v AS SELECT id, note FROM t')",
  )
})
afterAll(() => at[Symbol.asyncDispose]())

const number = async (user: string, batch: string): Promise<unknown> => {
  const pool = await at.as(user, 'app')
  try {
    await pool.batch(`BEGIN TRAN; ${batch}; ROLLBACK`)
    return 'done'
  } catch (error) {
    return (error as { number?: number }).number
  } finally {
    await pool.close()
  }
}

describe('fixed database roles', () => {
  test.each([
    ['owner', 'DELETE t', 'done'],
    ['owner', 'CREATE TABLE x(id int)', 'done'],
    ['owner', 'CREATE USER nobody WITHOUT LOGIN', 'done'],
    ['datareader', 'SELECT * FROM t', 'done'],
    ['datareader', "UPDATE t SET note = N'x'", 229],
    ['datareader', 'EXEC p', 229],
    ['datawriter', 'INSERT t VALUES (2, NULL, NULL)', 'done'],
    ['datawriter', "UPDATE t SET note = N'x'", 'done'],
    ['datawriter', 'DELETE t WHERE id = 7', 229],
    ['datawriter', 'SELECT id FROM t', 229],
    ['denyreader', 'SELECT id FROM t', 229],
    ['ddladmin', 'CREATE TABLE x(id int)', 'done'],
    ['ddladmin', 'ALTER TABLE t ADD more int', 'done'],
    ['ddladmin', 'SELECT id FROM t', 229],
    ['ddladmin', 'CREATE USER nobody WITHOUT LOGIN', 15247],
    ['securityadmin', 'CREATE ROLE r', 'done'],
    ['securityadmin', 'GRANT SELECT ON t TO plain', 'done'],
    ['securityadmin', 'ALTER ROLE db_owner ADD MEMBER plain', 15151],
    ['accessadmin', 'CREATE USER nobody WITHOUT LOGIN', 'done'],
    ['accessadmin', 'CREATE ROLE r', 15247],
    ['plain', 'CREATE SCHEMA s', 262],
    ['plain', 'CREATE ROLE r', 15247],
    ['plain', 'DROP TABLE t', 3701],
    ['plain', 'ALTER TABLE t ADD more int', 1088],
    ['plain', 'TRUNCATE TABLE t', 1088],
    ['plain', 'GRANT SELECT ON t TO second', 15151],
    ['plain', 'GRANT CREATE TABLE TO second', 4613],
  ])('%s: %s is %s', async (user, batch, answer) => {
    expect(await number(roles.includes(user) ? `u_${user}` : user, batch)).toBe(answer)
  })
  test('a backup operator backs up and no more', async () => {
    const operator = await at.as('u_backupoperator', 'app')
    await operator.batch("BACKUP DATABASE app TO DISK = 'rights.bak'")
    expect((await refused(operator, 'SELECT * FROM t'))[0]).toBe(229)
  })
})

describe('permissions on columns', () => {
  test('GRANT of some, error 230 for the others', async () => {
    await at.prepare('USE app; GRANT SELECT (id, note) ON t TO plain; GRANT UPDATE (note) ON t TO plain')
    const plain = await at.as('plain', 'app')
    expect(await rows(plain, 'SELECT id, note FROM t')).toEqual([[1, 'n']])
    expect(await refused(plain, 'SELECT * FROM t')).toEqual([
      230,
      14,
      1,
      "The SELECT permission was denied on the column 'secret' of the object 't', database 'app', schema 'dbo'.",
    ])
    expect((await refused(plain, "SELECT id FROM t WHERE secret = N's'"))[0]).toBe(230)
    expect((await refused(plain, 'SELECT a.id FROM t a JOIN t b ON a.secret = b.secret'))[0]).toBe(230)
    await plain.batch("UPDATE t SET note = N'm' WHERE id = 1")
    expect((await refused(plain, "UPDATE t SET secret = N'x'"))[0]).toBe(230)
    expect((await refused(plain, "UPDATE t SET note = N'x' WHERE secret = N's'"))[0]).toBe(230)
    expect(await refused(plain, 'GRANT SELECT ON t TO second')).toMatchObject({ 0: 15151 })
  })
  test('a DENY on a column goes before a GRANT on the table, a GRANT on the table wipes it', async () => {
    await at.prepare('USE app; GRANT SELECT ON t TO second; DENY SELECT ON t (secret) TO second')
    const second = await at.as('second', 'app')
    expect(await rows(second, 'SELECT id FROM t')).toEqual([[1]])
    expect((await refused(second, 'SELECT secret FROM t'))[0]).toBe(230)
    await at.prepare('USE app; GRANT SELECT ON t TO second')
    expect(await rows(second, 'SELECT secret FROM t')).toEqual([['s']])
  })
  test('a GRANT on a column goes before a DENY on the table', async () => {
    await at.prepare('USE app; DENY SELECT ON t TO third; GRANT SELECT ON t (id) TO third')
    const third = await at.as('third', 'app')
    expect(await rows(third, 'SELECT id FROM t')).toEqual([[1]])
    expect((await refused(third, 'SELECT note FROM t'))[0]).toBe(230)
    await at.prepare('USE app; REVOKE SELECT ON t FROM third')
    expect((await refused(third, 'SELECT id FROM t'))[0]).toBe(229)
  })
  test('stand in sys.database_permissions and sp_helprotect', async () => {
    expect(
      await rows(
        at.sa,
        "USE app; SELECT p.permission_name, c.name, p.state_desc FROM sys.database_permissions p JOIN sys.columns c ON c.object_id = p.major_id AND c.column_id = p.minor_id WHERE p.grantee_principal_id = USER_ID('plain') AND p.class = 1 ORDER BY 1, 2",
      ),
    ).toEqual([
      ['SELECT', 'id', 'GRANT'],
      ['SELECT', 'note', 'GRANT'],
      ['UPDATE', 'note', 'GRANT'],
    ])
    expect(await rows(at.sa, "EXEC sp_helprotect 't', 'plain'")).toContainEqual([
      'dbo',
      't',
      'plain',
      'dbo',
      'Grant     ',
      'Update',
      'note',
    ])
    await at.sa.batch('USE master')
  })
  test.each([
    ['GRANT INSERT (id) ON t TO third', 1020],
    ['GRANT SELECT (nope) ON t TO third', 4615],
    ['GRANT EXECUTE ON t TO third', 4606],
    ['GRANT SELECT ON p TO third', 4606],
    ['GRANT SELECT ON nothing TO third', 15151],
    ['GRANT SELECT ON t TO nobody', 15151],
    ['GRANT SELECT ON t TO dbo', 4624],
    ['GRANT SELECT ON t TO db_owner', 4617],
    ['GRANT FLY TO third', 102],
  ])('%s fails with %i', async (batch, answer) => {
    expect((await refused(at.sa, `USE app; ${batch}`))[0]).toBe(answer)
    await at.sa.batch('USE master')
  })
})

describe('GRANT OPTION', () => {
  test('passes on, and goes with CASCADE', async () => {
    await at.prepare('USE app; GRANT INSERT ON other TO second WITH GRANT OPTION')
    const second = await at.as('second', 'app')
    const third = await at.as('third', 'app')
    await second.batch('GRANT INSERT ON other TO third')
    await third.batch('INSERT other VALUES (1)')
    expect(await refused(at.sa, 'USE app; REVOKE INSERT ON other FROM second')).toEqual([
      4611,
      16,
      1,
      'To revoke or deny grantable privileges, specify the CASCADE option.',
    ])
    await at.prepare('USE app; REVOKE GRANT OPTION FOR INSERT ON other FROM second CASCADE')
    await second.batch('INSERT other VALUES (2)')
    expect((await refused(third, 'INSERT other VALUES (3)'))[0]).toBe(229)
    expect((await refused(second, 'GRANT INSERT ON other TO third'))[0]).toBe(15151)
  })
})

describe('schemas, roles and ownership', () => {
  test('a permission on a schema covers what is in it; nested roles count', async () => {
    await at.prepare(
      'USE app; CREATE ROLE outer_role; CREATE ROLE inner_role AUTHORIZATION dbo; ALTER ROLE outer_role ADD MEMBER inner_role; ALTER ROLE inner_role ADD MEMBER third',
      "USE app; EXEC('CREATE SCHEMA work'); CREATE TABLE work.w(id int); GRANT SELECT ON SCHEMA::work TO outer_role",
    )
    const third = await at.as('third', 'app')
    expect(await rows(third, 'SELECT * FROM work.w')).toEqual([])
    expect(
      await rows(
        third,
        "SELECT IS_MEMBER('outer_role') AS a, IS_MEMBER('db_owner') AS b, IS_ROLEMEMBER('inner_role', 'second') AS c",
      ),
    ).toEqual([[1, 0, 0]])
    expect((await refused(at.sa, 'USE app; ALTER ROLE inner_role ADD MEMBER outer_role'))[0]).toBe(15413)
    await at.sa.batch('USE master')
    await at.prepare('USE app; DENY SELECT ON SCHEMA::work TO third')
    expect((await refused(third, 'SELECT * FROM work.w'))[0]).toBe(229)
  })
  test('a chain of one owner asks once, a broken one twice', async () => {
    await at.prepare('USE app; GRANT SELECT ON v TO third; GRANT EXECUTE ON p TO third')
    const third = await at.as('third', 'app')
    expect(await rows(third, 'SELECT id FROM v')).toEqual([[1]])
    expect(await rows(third, 'EXEC p')).toEqual([[1]])
    await at.prepare('USE app; ALTER AUTHORIZATION ON OBJECT::t TO second')
    expect((await refused(third, 'SELECT id FROM v'))[0]).toBe(229)
    expect((await refused(third, 'EXEC p'))[0]).toBe(229)
    await at.prepare('USE app; ALTER AUTHORIZATION ON t TO SCHEMA OWNER; GRANT SELECT (id, note) ON t TO plain')
    expect(await rows(third, 'EXEC p')).toEqual([[1]])
  })
  test('text in a procedure is outside its chain', async () => {
    await at.prepare(
      "USE app; EXEC('CREATE PROCEDURE dynamic AS EXEC(''SELECT id FROM t'')'); GRANT EXECUTE ON dynamic TO third",
    )
    expect((await refused(await at.as('third', 'app'), 'EXEC dynamic'))[0]).toBe(229)
  })
  test('what is owned keeps its owner', async () => {
    await at.prepare('USE app; ALTER AUTHORIZATION ON SCHEMA::work TO second')
    const second = await at.as('second', 'app')
    await second.batch('CREATE VIEW work.mine AS SELECT id FROM work.w').catch(() => undefined)
    await second.batch('DROP TABLE work.w')
    expect(await refused(at.sa, 'USE app; DROP USER second')).toEqual([
      15138,
      16,
      1,
      'The database principal owns a schema in the database, and cannot be dropped.',
    ])
    await at.sa.batch('USE master')
  })
  test('a foreign key needs REFERENCES', async () => {
    await at.prepare(
      'USE app; CREATE TABLE parent(id int PRIMARY KEY); CREATE SCHEMA fk AUTHORIZATION third; GRANT CREATE TABLE TO third',
    )
    const third = await at.as('third', 'app')
    expect((await refused(third, 'CREATE TABLE fk.child(id int REFERENCES dbo.parent(id))'))[0]).toBe(229)
    await at.prepare('USE app; GRANT REFERENCES ON parent TO third')
    await third.batch('CREATE TABLE fk.child(id int REFERENCES dbo.parent(id))')
  })
})

test('the same text finds the tables of each user’s own default schema', async () => {
  await at.prepare(
    "USE app; EXEC('CREATE SCHEMA here'); CREATE TABLE here.place(n int); CREATE TABLE dbo.place(n int); INSERT here.place VALUES (1); INSERT dbo.place VALUES (2)",
    'USE app; GRANT SELECT ON SCHEMA::here TO plain; GRANT SELECT ON dbo.place TO plain; GRANT SELECT ON dbo.place TO second; ALTER USER plain WITH DEFAULT_SCHEMA = here',
  )
  expect(await rows(await at.as('plain', 'app'), 'SELECT n FROM place')).toEqual([[1]])
  expect(await rows(await at.as('second', 'app'), 'SELECT n FROM place')).toEqual([[2]])
  const sa = await at.server.connect({ database: 'app' })
  expect(await rows(sa, "EXECUTE AS USER = 'plain'; SELECT n FROM place")).toEqual([[1]])
  expect(await rows(sa, 'REVERT; SELECT n FROM place')).toEqual([[2]])
  await at.prepare('USE app; ALTER USER plain WITH DEFAULT_SCHEMA = dbo; DROP TABLE here.place; DROP TABLE dbo.place')
})

describe('users', () => {
  test('an orphan is found and tied to its login again', async () => {
    await at.prepare(
      `CREATE LOGIN lost WITH PASSWORD = '${password}'; USE app; CREATE USER lost FOR LOGIN lost`,
      'DROP LOGIN lost',
      `CREATE LOGIN lost WITH PASSWORD = '${password}'`,
    )
    await expect(at.as('lost', 'app')).rejects.toThrow("Login failed for user 'lost'.")
    expect((await rows(at.sa, "USE app; EXEC sp_change_users_login 'Report'")).map(([name]) => name)).toEqual(['lost'])
    await at.prepare('USE app; ALTER USER lost WITH LOGIN = lost')
    expect(await rows(await at.as('lost', 'app'), 'SELECT USER_NAME() AS u')).toEqual([['lost']])
  })
  test.each([
    ['CREATE USER plain WITHOUT LOGIN', 15023, "User, group, or role 'plain' already exists in the current database."],
    ['CREATE USER x FOR LOGIN nobody', 15007, "'nobody' is not a valid login or you do not have permission."],
    ['CREATE USER x FOR LOGIN plain', 15063, 'The login already has an account under a different user name.'],
    ["CREATE USER x WITH PASSWORD = 'p'", 50900, 'not supported by the simulator: users of contained databases'],
    ['ALTER USER dbo WITH NAME = x', 15150, "Cannot alter the user 'dbo'."],
    ['DROP USER dbo', 15150, "Cannot drop the user 'dbo'."],
    ['DROP ROLE db_owner', 15150, "Cannot drop the role 'db_owner'."],
    ['ALTER ROLE public ADD MEMBER plain', 15081, 'Membership of the public role cannot be changed.'],
    ['ALTER ROLE db_owner ADD MEMBER dbo', 15405, "Cannot use the special principal 'dbo'."],
    ["EXEC sp_addrolemember 'nope', 'plain'", 15014, "The role 'nope' does not exist in the current database."],
    ["EXEC sp_grantdbaccess 'nobody'", 15007, "'nobody' is not a valid login or you do not have permission."],
    ['SETUSER', 50900, 'not supported by the simulator: SETUSER'],
  ])('%s fails with %i', async (batch, answer, text) => {
    expect(await refused(at.sa, `USE app; ${batch}`)).toMatchObject({ 0: answer, 3: text })
    await at.sa.batch('USE master')
  })
  test('guest opens a database to every login', async () => {
    await at.prepare(`CREATE LOGIN visitor WITH PASSWORD = '${password}'; CREATE DATABASE open_house`)
    await expect(at.as('visitor', 'open_house')).rejects.toThrow('Login failed')
    await at.prepare('USE open_house; GRANT CONNECT TO guest')
    expect(
      await rows(
        await at.as('visitor', 'open_house'),
        "SELECT USER_NAME() AS u, HAS_DBACCESS('open_house') AS a, HAS_DBACCESS('app') AS b",
      ),
    ).toEqual([['guest', 1, 0]])
  })
  test('without CONNECT a user stays out', async () => {
    await at.prepare('USE app; DENY CONNECT TO plain')
    await expect(at.as('plain', 'app')).rejects.toThrow('Login failed')
    await at.prepare('USE app; GRANT CONNECT TO plain')
  })
  test('the old procedures do what they did', async () => {
    await at.prepare(
      `EXEC sp_addlogin 'old', '${password}', 'app'`,
      "USE app; EXEC sp_grantdbaccess 'old'; EXEC sp_addrole 'old_role'; EXEC sp_addrolemember 'old_role', 'old'",
    )
    expect(await rows(await at.as('old'), "SELECT DB_NAME() AS d, IS_MEMBER('old_role') AS m")).toEqual([['app', 1]])
    expect(
      (await at.sa.batch("USE app; EXEC sp_helprolemember 'old_role'")).recordset.map(
        (row: { MemberName: string }) => row.MemberName,
      ),
    ).toEqual(['old'])
    expect((await at.sa.batch("EXEC sp_helpuser 'old'")).recordset).toMatchObject([
      { UserName: 'old', RoleName: 'old_role', LoginName: 'old', DefDBName: 'app' },
    ])
    await at.sa.batch("EXEC sp_droprolemember 'old_role', 'old'; EXEC sp_droprole 'old_role'; USE master")
  })
})

describe('what one sees of the catalogue', () => {
  test('is what one has a right on', async () => {
    const plain = await at.as('plain', 'app')
    expect(await rows(plain, 'SELECT name FROM sys.tables')).toEqual([['t']])
    expect(
      await rows(plain, "SELECT OBJECT_ID('other') AS a, OBJECT_ID('t') AS b, OBJECT_NAME(OBJECT_ID('t')) AS c"),
    ).toEqual([[null, expect.any(Number), 't']])
    expect(
      await rows(
        plain,
        "SELECT name FROM sys.database_principals WHERE type = 'S' AND name NOT IN ('dbo', 'guest', 'sys', 'INFORMATION_SCHEMA')",
      ),
    ).toEqual([['plain']])
    expect(await rows(plain, 'SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES')).toEqual([['t']])
  })
  test('the text of a procedure needs VIEW DEFINITION', async () => {
    const third = await at.as('third', 'app')
    const query =
      "SELECT OBJECT_DEFINITION(OBJECT_ID('p')) AS d, (SELECT definition FROM sys.sql_modules WHERE object_id = OBJECT_ID('p')) AS m"
    expect(await rows(third, query)).toEqual([[null, null]])
    await at.prepare('USE app; GRANT VIEW DEFINITION ON p TO third')
    expect((await rows(third, query))[0]?.[0]).toContain('CREATE PROCEDURE p')
  })
  test('HAS_PERMS_BY_NAME and fn_my_permissions tell', async () => {
    const plain = await at.as('plain', 'app')
    expect(
      await rows(
        plain,
        "SELECT HAS_PERMS_BY_NAME('t', 'OBJECT', 'SELECT') AS a, HAS_PERMS_BY_NAME('t', 'OBJECT', 'SELECT', 'id', 'COLUMN') AS b, HAS_PERMS_BY_NAME('t', 'OBJECT', 'SELECT', 'secret', 'COLUMN') AS c, HAS_PERMS_BY_NAME('app', 'DATABASE', 'CONNECT') AS d, HAS_PERMS_BY_NAME('t', 'OBJECT', 'ANY') AS e, HAS_PERMS_BY_NAME('nope', 'OBJECT', 'ANY') AS f, HAS_PERMS_BY_NAME('app', 'DATABASE', 'FLY') AS g",
      ),
    ).toEqual([[0, 1, 0, 1, 1, null, null]])
    expect(
      await rows(plain, "SELECT permission_name FROM fn_my_permissions(NULL, 'DATABASE') ORDER BY 1"),
    ).toContainEqual(['CONNECT'])
  })
})
