import type sql from 'mssql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
  await pool.batch('CREATE DATABASE kept')
})
afterAll(() => server[Symbol.asyncDispose]())

const rows = async (text: string): Promise<unknown[]> => [...((await pool.batch(text)).recordset ?? [])]

test('xp_msver tells versions', async () => {
  expect(await rows("EXEC xp_msver 'ProductVersion'")).toEqual([
    { Index: 2, Name: 'ProductVersion', Internal_Value: 1_048_576, Character_Value: '16.0.4165.4' },
  ])
  expect((await rows('EXEC master..xp_msver')).length).toBeGreaterThan(5)
})

test("xp_instance_regread reads the server's part of the registry", async () => {
  const key = "N'HKEY_LOCAL_MACHINE', N'Software\\Microsoft\\MSSQLServer\\MSSQLServer'"
  expect(await rows(`EXEC xp_instance_regread ${key}, N'LoginMode'`)).toEqual([{ Value: 'LoginMode', Data: 2 }])
  expect(
    await rows(
      `DECLARE @d nvarchar(512); EXEC master.dbo.xp_instance_regread ${key}, N'DefaultData', @d OUTPUT; SELECT @d AS d`,
    ),
  ).toEqual([{ d: '/var/opt/mssql/data/' }])
  expect(await rows(`EXEC xp_instance_regread ${key}, N'Nothing'`)).toEqual([])
})

test('RESTORE FILELISTONLY and LABELONLY tell what a backup holds', async () => {
  await pool.batch("BACKUP DATABASE kept TO DISK = 'kept.bak'")
  const [data, log] = (await rows("RESTORE FILELISTONLY FROM DISK = 'kept.bak'")) as Record<string, unknown>[]
  expect(data).toMatchObject({ LogicalName: 'kept', Type: 'D', FileGroupName: 'PRIMARY', FileId: '1', CreateLSN: 0 })
  expect(log).toMatchObject({ LogicalName: 'kept_log', Type: 'L', FileGroupName: null, FileId: '2' })
  expect(await rows("RESTORE LABELONLY FROM DISK = 'kept.bak'")).toMatchObject([{ FamilyCount: 1 }])
})

test('sp_recompile and its kin need the object', async () => {
  await pool.batch('CREATE VIEW seen AS SELECT 1 AS a')
  await pool.batch("EXEC sp_refreshview 'dbo.seen'; EXEC sp_recompile N'seen'; EXEC sp_updatestats")
  expect(await failure(rows("EXEC sp_refreshview 'dbo.nothing'"))).toMatchObject({ number: 15009 })
})

test('users, roles and schemas have small numbers', async () => {
  const own = await server.connect({ database: 'kept' })
  await own.batch('CREATE USER one WITHOUT LOGIN; CREATE ROLE two')
  await own.batch('CREATE SCHEMA three')
  expect(
    (
      await own.query(
        "SELECT name, principal_id AS id FROM sys.database_principals WHERE name IN ('one', 'two') ORDER BY id",
      )
    ).recordset,
  ).toEqual([
    { name: 'one', id: 5 },
    { name: 'two', id: 6 },
  ])
  expect(
    (await own.query("SELECT uid, USER_NAME(uid) AS n, SCHEMA_ID('three') AS s FROM sysusers WHERE name = 'two'"))
      .recordset,
  ).toEqual([{ uid: 6, n: 'two', s: 5 }])
  await own.close()
})
