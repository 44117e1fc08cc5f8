import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { failure, startTestServer } from './running-server.ts'

const root = mkdtempSync(join(tmpdir(), 'sql-restart-test-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const sa = { name: 'sa', password: 'Adm1n-of-SQL!' }
// The client gives a login's refusal as a text alone.
const refused = { code: 'ELOGIN', text: expect.stringMatching(/^Login failed for user '\w+'\.$/) }
const disabled = { code: 'ELOGIN', text: expect.stringContaining('The account is disabled') }
const locked = { code: 'ELOGIN', text: expect.stringContaining('currently locked out') }
const secret = 'Pa55-of-the-Zoo!1'

test('logins, databases and data are there again after a restart on the same folder', async () => {
  const dataFolder = join(root, 'all')
  {
    await using server = await startTestServer({ dataFolder, logins: [sa] })
    const admin = await server.connect()
    await admin.batch('CREATE DATABASE zoo; CREATE DATABASE ark; ALTER DATABASE ark SET RECOVERY SIMPLE')
    await admin.batch(`CREATE LOGIN app WITH PASSWORD = '${secret}', DEFAULT_DATABASE = zoo;
      CREATE LOGIN gone WITH PASSWORD = '${secret}'; CREATE LOGIN idle WITH PASSWORD = '${secret}'`)
    await admin.batch(`ALTER SERVER ROLE dbcreator ADD MEMBER app; ALTER LOGIN idle DISABLE; DROP LOGIN gone;
      GRANT VIEW SERVER STATE TO app; ALTER LOGIN sa WITH PASSWORD = 'An0ther-of-SQL!'`)
    await admin.batch('USE zoo; CREATE TABLE animals(id int IDENTITY PRIMARY KEY, name nvarchar(30), seen rowversion)')
    await admin.batch(
      "USE zoo; CREATE USER app FOR LOGIN app; GRANT SELECT, INSERT ON animals TO app; INSERT animals(name) VALUES (N'Löwe')",
    )
    await admin.batch('ALTER DATABASE ark SET OFFLINE')
  }
  const file = readFileSync(join(dataFolder, 'logins.json'), 'utf8')
  expect(file).not.toContain(secret)
  expect(file).not.toContain(sa.password)
  if (process.platform !== 'win32') expect(statSync(join(dataFolder, 'logins.json')).mode & 0o777).toBe(0o600)

  await using server = await startTestServer({ dataFolder, logins: [sa, { name: 'later', password: secret }] })
  expect(await failure(server.connect())).toMatchObject(refused)
  const admin = await server.connect({ password: 'An0ther-of-SQL!' })
  const app = await server.connect({ user: 'app', password: secret })
  const later = await server.connect({ user: 'later', password: secret })
  expect((await later.batch('SELECT SUSER_SNAME() AS me')).recordset).toEqual([{ me: 'later' }])
  expect(await failure(server.connect({ user: 'gone', password: secret }))).toMatchObject(refused)
  expect(await failure(server.connect({ user: 'idle', password: secret }))).toMatchObject(disabled)
  expect(
    (await app.batch("SELECT DB_NAME() AS db, DB_ID('zoo') AS id, IS_SRVROLEMEMBER('dbcreator') AS maker")).recordset,
  ).toEqual([{ db: 'zoo', id: 5, maker: 1 }])
  await app.batch("INSERT animals(name) VALUES (N'Bär')")
  const { recordset } = await app.batch('SELECT id, name FROM animals ORDER BY seen')
  expect(recordset).toEqual([
    { id: 1, name: 'Löwe' },
    { id: 2, name: 'Bär' },
  ])
  expect(
    (await admin.batch('SELECT name, state_desc, recovery_model_desc AS r FROM sys.databases WHERE database_id = 6'))
      .recordset,
  ).toEqual([{ name: 'ark', state_desc: 'OFFLINE', r: 'SIMPLE' }])
})

test('logins outlive a server that was killed while it wrote them', async () => {
  const dataFolder = join(root, 'killed')
  const file = join(dataFolder, 'logins.json')
  {
    await using server = await startTestServer({ dataFolder, logins: [sa] })
    await (await server.connect()).batch(`CREATE LOGIN app WITH PASSWORD = '${secret}'`)
  }
  const connects = async () => {
    await using server = await startTestServer({ dataFolder, logins: [sa] })
    const app = await server.connect({ user: 'app', password: secret })
    return (await app.batch('SELECT SUSER_SNAME() AS me')).recordset[0]?.me
  }
  // The new ones half written, the old ones still in place.
  writeFileSync(`${file}.part`, '[{"id":')
  expect(await connects()).toBe('app')
  // The new ones whole, the old ones gone.
  renameSync(file, `${file}.part`)
  expect(await connects()).toBe('app')
  // The first ones of all, half written: there were none before.
  rmSync(file)
  writeFileSync(`${file}.part`, '[{"id":')
  expect(await failure(connects())).toMatchObject(refused)
})

test('a file of logins that is none stops the start, with its name', async () => {
  const dataFolder = mkdtempSync(join(root, 'bad-'))
  writeFileSync(join(dataFolder, 'logins.json'), '{"sa":1}')
  await expect(startTestServer({ dataFolder })).rejects.toMatchObject({
    code: 'file-unreadable',
    message: expect.stringContaining('logins.json'),
  })
})

test('wrong passwords in a row lock a login, 18486, until it is unlocked; also after a restart', async () => {
  const dataFolder = join(root, 'lock')
  const options = { dataFolder, lockoutThreshold: 3, logins: [sa, { name: 'app', password: secret }] }
  const right = { user: 'app', password: secret }
  const wrong = { user: 'app', password: 'no' }
  {
    await using server = await startTestServer(options)
    for (let i = 0; i < 2; i++) expect(await failure(server.connect(wrong))).toMatchObject(refused)
    await server.connect(right)
    for (let i = 0; i < 3; i++) expect(await failure(server.connect(wrong))).toMatchObject(refused)
    expect(await failure(server.connect(right))).toMatchObject(locked)
  }
  await using server = await startTestServer(options)
  expect(await failure(server.connect(right))).toMatchObject(locked)
  const admin = await server.connect()
  await admin.batch(`ALTER LOGIN app WITH PASSWORD = '${secret}' UNLOCK`)
  await server.connect(right)
})
