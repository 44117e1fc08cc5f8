import type sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let sa: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  sa = await server.connect()
  await sa.batch(
    "CREATE DATABASE app; CREATE LOGIN joe WITH PASSWORD = 'Secret#123'; CREATE LOGIN maker WITH PASSWORD = 'Secret#123'; ALTER SERVER ROLE dbcreator ADD MEMBER maker",
  )
  await sa.batch(
    'USE app; CREATE TABLE t(id int); CREATE TABLE hidden(id int); INSERT t VALUES (1); CREATE USER joe FOR LOGIN joe; GRANT SELECT, INSERT ON t TO joe; USE master',
  )
})
afterAll(() => server[Symbol.asyncDispose]())

const as = (user: string, database?: string) =>
  server.connect({ user, password: 'Secret#123', ...(database ? { database } : {}) })

describe('rights', () => {
  test('a user may what was granted and nothing else', async () => {
    const joe = await as('joe', 'app')
    expect(
      (await joe.batch('INSERT t VALUES (2); SELECT COUNT(*) AS n FROM t; SELECT USER_NAME() AS u')).recordsets,
    ).toEqual([[{ n: 2 }], [{ u: 'joe' }]])
    expect(await failure(joe.batch('DELETE t'))).toMatchObject({
      number: 229,
      class: 14,
      state: 5,
      text: "The DELETE permission was denied on the object 't', database 'app', schema 'dbo'.",
    })
    expect(await failure(joe.batch('SELECT * FROM hidden'))).toMatchObject({ number: 229 })
    expect(await failure(joe.batch('CREATE TABLE x(id int)'))).toMatchObject({
      number: 262,
      text: "CREATE TABLE permission denied in database 'app'.",
    })
    expect(await failure(joe.batch('CREATE DATABASE x'))).toMatchObject({
      number: 262,
      text: "CREATE DATABASE permission denied in database 'master'.",
    })
    expect(await failure(joe.batch("CREATE LOGIN y WITH PASSWORD = 'Secret#123'"))).toMatchObject({ number: 15247 })
  })
  test('DENY goes before a role', async () => {
    await sa.batch('USE app; ALTER ROLE db_datareader ADD MEMBER joe; DENY SELECT ON hidden TO joe; USE master')
    const joe = await as('joe', 'app')
    expect(await failure(joe.batch('SELECT * FROM hidden'))).toMatchObject({ number: 229 })
  })
  test('a login without a user stays outside', async () => {
    const maker = await as('maker')
    expect(await failure(maker.batch('USE app'))).toMatchObject({
      number: 916,
      text: 'The server principal "maker" is not able to access the database "app" under the current security context.',
    })
    expect((await failure(as('maker', 'app'))).text).toBe("Login failed for user 'maker'.")
  })
  test('who makes a database owns it', async () => {
    const maker = await as('maker')
    await maker.batch('CREATE DATABASE own')
    expect(
      (await maker.batch('USE own; CREATE TABLE x(id int); INSERT x VALUES (1); SELECT id FROM x; USE master'))
        .recordset,
    ).toEqual([{ id: 1 }])
  })
})

describe('backup and restore', () => {
  test('what was saved comes back, and nothing newer', async () => {
    await sa.batch(
      "CREATE DATABASE keep; USE keep; CREATE TABLE k(id int IDENTITY, s nvarchar(20)); INSERT k(s) VALUES ('one'); BACKUP DATABASE keep TO DISK = 'keep.bak' WITH INIT; INSERT k(s) VALUES ('two'); USE master",
    )
    await sa.batch("RESTORE VERIFYONLY FROM DISK = 'keep.bak'")
    await sa.batch("RESTORE DATABASE keep FROM DISK = 'keep.bak' WITH REPLACE")
    expect(
      (await sa.batch("USE keep; INSERT k(s) VALUES ('three'); SELECT id, s FROM k; USE master")).recordset,
    ).toEqual([
      { id: 1, s: 'one' },
      { id: 2, s: 'three' },
    ])
    await sa.batch("RESTORE DATABASE copy FROM DISK = 'keep.bak'")
    expect((await sa.batch('SELECT s FROM copy.dbo.k')).recordset).toEqual([{ s: 'one' }])
  })
  test.each([
    [
      "BACKUP DATABASE keep TO DISK = '../outside.bak'",
      3201,
      "Cannot open backup device '../outside.bak'. Operating system error 5(Access is denied.).",
    ],
    [
      "BACKUP DATABASE keep TO DISK = '/tmp/outside.bak'",
      3201,
      "Cannot open backup device '/tmp/outside.bak'. Operating system error 5(Access is denied.).",
    ],
    [
      "BACKUP DATABASE keep TO DISK = 'no\\such\\folder.bak'",
      3201,
      "Cannot open backup device 'no\\such\\folder.bak'. Operating system error 3(The system cannot find the path specified.).",
    ],
    [
      "RESTORE DATABASE keep FROM DISK = 'missing.bak'",
      3201,
      "Cannot open backup device 'missing.bak'. Operating system error 2(The system cannot find the file specified.).",
    ],
    [
      "RESTORE DATABASE own FROM DISK = 'keep.bak'",
      3154,
      "The backup set holds a backup of a database other than the existing 'own' database.",
    ],
    [
      "BACKUP DATABASE nope TO DISK = 'n.bak'",
      911,
      "Database 'nope' does not exist. Make sure that the name is entered correctly.",
    ],
  ])('%s is refused', async (text, number, message) => {
    const error = await sa.batch(text).then(
      () => undefined,
      (caught: sql.RequestError & { precedingErrors?: { number: number; message: string }[] }) => caught,
    )
    expect(error?.number).toBe(3013)
    expect(error?.precedingErrors?.map((before) => [before.number, before.message])).toEqual([[number, message]])
  })
  test('a database in use is not restored over', async () => {
    const user = await server.connect({ database: 'keep' })
    await user.batch('SELECT 1')
    const error = await failure(sa.batch("RESTORE DATABASE keep FROM DISK = 'keep.bak' WITH REPLACE"))
    expect(error.number).toBe(3013)
    expect(server.journal.length).toBeGreaterThan(0)
    await user.close()
  })
})

test('data stays when the server starts again on its folder', async () => {
  const { createSqlServer } = await import('../../../mocks/sql-server/server.ts')
  await sa.batch(
    "CREATE DATABASE stay; USE stay; CREATE TABLE s(id int IDENTITY PRIMARY KEY, n nvarchar(9)); INSERT s(n) VALUES ('x'); USE master",
  )
  const options = {
    serverName: 'SQL2',
    encryption: 'optional',
    tls: () => Promise.reject(new Error('nobody asks')),
    logins: [{ name: 'sa', password: 'p' }],
    edition: 'express',
    collation: 'Latin1_General_CI_AS',
    backupFolder: server.folder,
    now: () => new Date(),
    callerOf: () => ({ address: '' }),
    journal: () => undefined,
  } as const
  const { cpSync } = await import('node:fs')
  cpSync(`${server.folder}/data`, `${server.folder}/again`, { recursive: true })
  await using again = await createSqlServer({ ...options, dataFolder: `${server.folder}/again` })
  expect(await again.execute('stay', "INSERT s(n) VALUES ('y'); SELECT id, n FROM s")).toEqual([
    { id: 1, n: 'x' },
    { id: 2, n: 'y' },
  ])
  await expect(again.execute('stay', 'SELECT * FROM nope')).rejects.toThrow("Invalid object name 'nope'.")
})
