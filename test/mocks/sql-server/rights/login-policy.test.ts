import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { saPassword, startTestServer, type TestServer } from '../running-server.ts'
import { rawLogin } from './raw-login.ts'
import { password, refused, rows, type SignedIn, startSignedIn } from './signed-in.ts'

let at: SignedIn
beforeAll(async () => {
  at = await startSignedIn()
})
afterAll(() => at[Symbol.asyncDispose]())

describe('CREATE and ALTER LOGIN', () => {
  test.each([
    ["CREATE LOGIN x WITH PASSWORD = 'short'", 15116, 'it is too short.'],
    ["CREATE LOGIN x WITH PASSWORD = 'alllowercaseletters'", 15118, 'it is not complex enough.'],
    [`CREATE LOGIN xavier WITH PASSWORD = 'Xavier#123'`, 15118, 'it is not complex enough.'],
    [`CREATE LOGIN x WITH PASSWORD = '${password}' MUST_CHANGE`, 15099, 'MUST_CHANGE'],
    [
      `CREATE LOGIN x WITH PASSWORD = '${password}', CHECK_EXPIRATION = ON, CHECK_POLICY = OFF`,
      15122,
      'CHECK_EXPIRATION',
    ],
    [`CREATE LOGIN sa WITH PASSWORD = '${password}'`, 15025, "The server principal 'sa' already exists."],
    [`CREATE LOGIN sysadmin WITH PASSWORD = '${password}'`, 15025, "The server principal 'sysadmin' already exists."],
    [`CREATE LOGIN [a\\b] WITH PASSWORD = '${password}'`, 15006, 'contains invalid characters.'],
    [
      `CREATE LOGIN x WITH PASSWORD = '${password}', DEFAULT_DATABASE = gone`,
      15010,
      "The database 'gone' does not exist.",
    ],
    [
      `CREATE LOGIN x WITH PASSWORD = '${password}', DEFAULT_LANGUAGE = klingon`,
      15033,
      'is not a valid official language name.',
    ],
    [`CREATE LOGIN x WITH PASSWORD = '${password}', SID = 0x01`, 15419, 'binary(16)'],
    ['CREATE LOGIN x WITH PASSWORD = 0x1234 HASHED', 15021, 'Invalid value given for parameter PASSWORD.'],
    ['CREATE LOGIN x FROM CERTIFICATE c', 50900, 'not supported by the simulator: logins of certificates and keys'],
    ['ALTER LOGIN sa ADD CREDENTIAL c', 50900, 'not supported by the simulator: credentials'],
    ['ALTER LOGIN nobody DISABLE', 15151, "Cannot alter the login 'nobody'"],
    ['DROP LOGIN nobody', 15151, "Cannot drop the login 'nobody'"],
    ['DROP LOGIN sa', 15150, "Cannot drop the login 'sa'."],
  ])('%s fails with %i', async (batch, number, text) => {
    const error = await refused(at.sa, batch)
    expect(error[0]).toBe(number)
    expect(error[3]).toContain(text)
  })
  test('a hash and a security id are taken over', async () => {
    await at.prepare(`CREATE LOGIN first WITH PASSWORD = '${password}'`)
    const [[hash, sid] = []] = await rows(
      at.sa,
      "SELECT CONVERT(varchar(200), password_hash, 1) AS h, CONVERT(varchar(200), sid, 1) AS s FROM sys.sql_logins WHERE name = 'first'",
    )
    await at.prepare(
      'DROP LOGIN first',
      `CREATE LOGIN first WITH PASSWORD = ${String(hash)} HASHED, SID = ${String(sid)}`,
    )
    await at.as('first')
    expect(await rows(at.sa, `SELECT SUSER_SNAME(${String(sid)}) AS n`)).toEqual([['first']])
    expect((await refused(at.sa, `CREATE LOGIN other WITH PASSWORD = '${password}', SID = ${String(sid)}`))[0]).toBe(
      15433,
    )
  })
  test('an ordinary login changes its own password, with the old one', async () => {
    await at.prepare(`CREATE LOGIN own WITH PASSWORD = '${password}'`)
    const own = await at.as('own')
    expect((await refused(own, "ALTER LOGIN own WITH PASSWORD = 'Other#1234'"))[0]).toBe(15151)
    expect((await refused(own, "ALTER LOGIN own WITH PASSWORD = 'Other#1234' OLD_PASSWORD = 'wrong'"))[0]).toBe(15151)
    expect((await refused(own, `ALTER LOGIN own WITH PASSWORD = 'simple' OLD_PASSWORD = '${password}'`))[0]).toBe(15116)
    await own.batch(`ALTER LOGIN own WITH PASSWORD = 'Other#1234' OLD_PASSWORD = '${password}'`)
    await expect(at.as('own')).rejects.toThrow("Login failed for user 'own'.")
    expect((await refused(own, "EXEC sp_password 'wrong', 'Third#1234'"))[0]).toBe(15211)
    await own.batch(`EXEC sp_password 'Other#1234', '${password}'`)
    await at.as('own')
  })
  test('NAME, DISABLE, ENABLE and the defaults', async () => {
    await at.prepare(
      `CREATE DATABASE home; CREATE LOGIN old_name WITH PASSWORD = '${password}', DEFAULT_DATABASE = master`,
      'ALTER LOGIN old_name WITH NAME = new_name; ALTER LOGIN new_name WITH DEFAULT_LANGUAGE = Deutsch; ALTER LOGIN new_name DISABLE',
    )
    await expect(at.as('new_name')).rejects.toThrow('The account is disabled.')
    await at.prepare('ALTER LOGIN new_name ENABLE; ALTER LOGIN new_name WITH DEFAULT_DATABASE = home')
    await expect(at.as('new_name')).rejects.toThrow("Login failed for user 'new_name'.")
    expect(at.server.sqlServer.errorLog().slice(-2).join()).toContain('State: 40.')
    expect(
      await rows(at.sa, "SELECT default_language_name FROM sys.server_principals WHERE name = 'new_name'"),
    ).toEqual([['Deutsch']])
  })
  test('LOGINPROPERTY, PWDCOMPARE and PWDENCRYPT', async () => {
    await at.prepare(`CREATE LOGIN asked WITH PASSWORD = '${password}' MUST_CHANGE, CHECK_EXPIRATION = ON`)
    await expect(at.server.connect({ user: 'asked', password: 'wrong' })).rejects.toThrow()
    expect(
      await rows(
        at.sa,
        `SELECT LOGINPROPERTY('asked', 'IsMustChange') AS a, LOGINPROPERTY('asked', 'BadPasswordCount') AS b, LOGINPROPERTY('asked', 'DaysUntilExpiration') AS c, LOGINPROPERTY('nobody', 'IsLocked') AS d, PWDCOMPARE('${password}', password_hash) AS e, PWDCOMPARE('x', PWDENCRYPT('x')) AS f, PWDCOMPARE('x', password_hash) AS g FROM sys.sql_logins WHERE name = 'asked'`,
      ),
    ).toEqual([[1, 1, 42, null, 1, 1, 0]])
  })
})

describe('the login that changes its password', () => {
  test('18488 first, 18464 and 18466 for what the policy does not take, then it is in', async () => {
    await at.prepare(`CREATE LOGIN fresh WITH PASSWORD = '${password}' MUST_CHANGE, CHECK_EXPIRATION = ON`)
    const { port } = at.server
    const log = () => at.server.sqlServer.errorLog().join('\n')
    const attempt = (newPassword?: string) =>
      rawLogin(port, { user: 'fresh', password, ...(newPassword === undefined ? {} : { newPassword }) })
    expect(await attempt()).toEqual({ numbers: [18488], accepted: false })
    expect(await attempt('no')).toEqual({ numbers: [18464], accepted: false })
    expect(await attempt('notcomplexenough')).toEqual({ numbers: [18466], accepted: false })
    expect(await attempt('Brand#New1')).toMatchObject({ accepted: true })
    expect((await rawLogin(port, { user: 'fresh', password })).numbers).toEqual([18456])
    await at.server.connect({ user: 'fresh', password: 'Brand#New1' })
    expect(log()).toContain(
      'Password change failed. The password does not meet operating system policy requirements because it is too short.',
    )
    expect(log()).not.toContain('Brand#New1')
  })
})

describe('the database of a login', () => {
  test.each([
    ['gone', true, [4060, 18456], false],
    ['gone', false, [4063, 5701, 5703], true],
    ['home', true, [5701, 5703], true],
  ])('%s, fatal %s: %j', async (database, fatal, numbers, accepted) => {
    await at.prepare("IF DB_ID('home') IS NULL CREATE DATABASE home")
    expect(await rawLogin(at.server.port, { user: 'sa', password: saPassword, database, fatal })).toEqual({
      numbers,
      accepted,
    })
  })
  test('a default database that is gone: 4064, or 4062 and master', async () => {
    await at.prepare(
      `CREATE DATABASE going; CREATE LOGIN homeless WITH PASSWORD = '${password}', DEFAULT_DATABASE = going`,
      'DROP DATABASE going',
    )
    const login = { user: 'homeless', password }
    expect((await rawLogin(at.server.port, login)).numbers).toEqual([4064, 18456])
    expect(await rawLogin(at.server.port, { ...login, fatal: false })).toEqual({
      numbers: [4062, 5701, 5703],
      accepted: true,
    })
  })
})

describe('lockout, age and auditing', () => {
  let strict: TestServer
  let now = new Date('2026-03-01T10:00:00Z')
  beforeAll(async () => {
    strict = await startTestServer({ lockoutThreshold: 3, loginAuditing: 'failed', now: () => now })
    await (await strict.connect()).batch(
      `CREATE LOGIN guessed WITH PASSWORD = '${password}'; CREATE LOGIN lax WITH PASSWORD = 'x', CHECK_POLICY = OFF; CREATE LOGIN aging WITH PASSWORD = '${password}', CHECK_EXPIRATION = ON`,
    )
  })
  afterAll(() => strict[Symbol.asyncDispose]())
  const numbers = async (user: string, given: string) =>
    (await rawLogin(strict.port, { user, password: given })).numbers[0]

  test('three wrong passwords lock, UNLOCK opens', async () => {
    for (let i = 0; i < 3; i += 1) expect(await numbers('guessed', 'wrong')).toBe(18456)
    expect(await numbers('guessed', password)).toBe(18486)
    const sa = await strict.connect()
    expect(await rows(sa, "SELECT LOGINPROPERTY('guessed', 'IsLocked') AS l")).toEqual([[1]])
    await sa.batch(`ALTER LOGIN guessed WITH PASSWORD = '${password}' UNLOCK`)
    expect(await numbers('guessed', password)).toBe(5701)
    for (let i = 0; i < 5; i += 1) expect(await numbers('lax', 'wrong')).toBe(18456)
    expect(await numbers('lax', 'x')).toBe(5701)
  })
  test('a password is too old after 42 days', async () => {
    expect(await numbers('aging', password)).toBe(5701)
    now = new Date('2026-04-13T10:00:00Z')
    expect(await numbers('aging', password)).toBe(18487)
    expect((await rawLogin(strict.port, { user: 'aging', password, newPassword: 'Brand#New1' })).accepted).toBe(true)
    expect(await numbers('aging', 'Brand#New1')).toBe(5701)
  })
  test('auditing of failed logins leaves the others out', async () => {
    const log = strict.sqlServer.errorLog().join('\n')
    expect(log).not.toContain('Login succeeded')
    expect(log).toContain('Error: 18456, Severity: 14, State: 8.')
    const sa = await strict.connect()
    expect(await rows(sa, "EXEC sp_readerrorlog 0, 1, 'guessed', 'State: 8'")).toEqual([])
    expect((await rows(sa, "EXEC sp_readerrorlog 0, 1, 'Login failed', 'guessed'")).length).toBe(4)
    const own = await strict.connect({ user: 'guessed', password })
    expect((await refused(own, 'EXEC sp_readerrorlog'))[0]).toBe(15003)
  })
})
