import type sql from 'mssql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from '../running-server.ts'

let server: TestServer
let admin: sql.ConnectionPool
let mallory: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  admin = await server.connect()
  await admin.batch('CREATE DATABASE ours')
  await admin.batch(
    `USE ours; CREATE TABLE hidden(id int PRIMARY KEY, secret nvarchar(50)); INSERT hidden VALUES (1, N'x')`,
  )
  await admin.batch("USE ours; EXEC('CREATE PROCEDURE used AS SELECT 42 AS told')")
  await admin.batch(`CREATE LOGIN mallory WITH PASSWORD = 'Mall0ry-Pass!'; USE ours; CREATE USER mallory FOR LOGIN mallory;
    GRANT EXECUTE ON used TO mallory; USE master; BACKUP DATABASE ours TO DISK = 'ours.bak'`)
  mallory = await server.connect({ user: 'mallory', password: 'Mall0ry-Pass!', database: 'ours' })
})
afterAll(() => server[Symbol.asyncDispose]())

const denied = { number: 229 }

test('a temporary procedure of one’s own gives no right that its maker does not have', async () => {
  await mallory.batch('CREATE PROCEDURE #look AS SELECT * FROM hidden')
  expect(await failure(mallory.batch('EXEC #look'))).toMatchObject(denied)
  await mallory.batch("CREATE PROCEDURE #change AS UPDATE hidden SET secret = N'gone'")
  expect(await failure(mallory.batch('EXEC #change'))).toMatchObject(denied)
  expect(
    await failure(mallory.batch('CREATE PROCEDURE #owner WITH EXECUTE AS OWNER AS SELECT * FROM hidden')),
  ).toMatchObject({ number: 50900 })
})

test.each([
  ["EXEC sp_help 'hidden'", 15009],
  ["EXEC sp_spaceused 'hidden'", 15009],
  ["EXEC sp_helpindex 'hidden'", 15009],
  ["EXEC sp_helptext 'used'", 15197],
  ["EXEC sp_describe_first_result_set N'SELECT * FROM hidden'", 229],
  ['DBCC CHECKDB', 7983],
  ["DBCC CHECKDB('master')", 7983],
  ['DBCC FREEPROCCACHE', 2571],
  ['DBCC TRACEON(3604)', 2571],
  ["RAISERROR('to the log', 10, 1) WITH LOG", 2778],
  ["RAISERROR('the end', 20, 1) WITH LOG", 2754],
])('%s is refused with %i', async (statement, number) => {
  expect(await failure(mallory.batch(statement))).toMatchObject({ number })
})

test('tables that one may not see are not gone through', async () => {
  expect((await mallory.batch("EXEC sp_MSforeachtable 'SELECT ''?'' AS name'")).recordsets).toEqual([])
})

test.each(['ours.bak', 'none.bak'])('who may not restore learns nothing of %s', async (file) => {
  const told = async (statement: string) => {
    const error = await mallory.batch(statement).then(
      () => undefined,
      (reason: sql.RequestError) => reason,
    )
    return (error as { precedingErrors?: readonly { message: string }[] } | undefined)?.precedingErrors?.[0]?.message
  }
  expect(await told(`RESTORE HEADERONLY FROM DISK = '${file}'`)).toMatch(/^CREATE DATABASE permission denied/)
  expect(await told(`RESTORE DATABASE ours FROM DISK = '${file}' WITH REPLACE`)).toMatch(
    /^User does not have permission/,
  )
})

test('the right to make databases is none to replace what others have', async () => {
  await admin.batch('USE master; GRANT CREATE ANY DATABASE TO mallory')
  const replace = "USE master; RESTORE DATABASE ours FROM DISK = 'ours.bak' WITH REPLACE"
  expect(await failure(mallory.batch(replace))).toMatchObject({ number: 3013 })
  await mallory.batch("USE master; RESTORE DATABASE copied FROM DISK = 'ours.bak'")
  for (const name of ['master', 'tempdb'])
    expect(await failure(admin.batch(`RESTORE DATABASE ${name} FROM DISK = 'ours.bak' WITH REPLACE`))).toMatchObject({
      number: 3013,
    })
})
