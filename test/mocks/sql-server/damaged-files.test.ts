import { cpSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure, startTestServer } from './running-server.ts'

const root = mkdtempSync(join(tmpdir(), 'sql-damaged-test-'))
const whole = join(root, 'whole')
beforeAll(async () => {
  await using server = await startTestServer({ dataFolder: whole })
  const admin = await server.connect()
  await admin.batch('CREATE DATABASE zoo; CREATE DATABASE ark')
  await admin.batch('CREATE TABLE zoo.dbo.t(a int); CREATE TABLE ark.dbo.t(a int); CREATE TABLE master.dbo.t(a int)')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

let copies = 0
function damaged(damage: (folder: string) => void): string {
  copies += 1
  const folder = join(root, String(copies))
  cpSync(whole, folder, { recursive: true })
  damage(folder)
  return folder
}

test.each([
  ['cut off', (file: string) => truncateSync(file, 100)],
  ['empty', (file: string) => truncateSync(file, 0)],
  ['half there', (file: string) => truncateSync(file, 8192)],
  ['something else', (file: string) => writeFileSync(file, Buffer.alloc(9000, 7))],
])('a database whose file is %s is suspect, and the others work', async (_, damage) => {
  await using server = await startTestServer({ dataFolder: damaged((folder) => damage(join(folder, 'zoo.db'))) })
  const admin = await server.connect()
  expect(
    (await admin.batch("SELECT name, state_desc FROM sys.databases WHERE name IN ('zoo', 'ark')")).recordset,
  ).toEqual(
    expect.arrayContaining([
      { name: 'ark', state_desc: 'ONLINE' },
      { name: 'zoo', state_desc: 'SUSPECT' },
    ]),
  )
  expect(await failure(admin.batch('USE zoo'))).toMatchObject({ number: 926 })
  expect((await admin.batch('SELECT COUNT(*) AS n FROM ark.dbo.t')).recordset).toEqual([{ n: 0 }])
  expect(server.sqlServer.errorLog().join()).toContain('Error: 824, Severity: 24, State: 2.')
  await admin.batch('DROP DATABASE zoo')
  expect(server.journal.filter(({ type }) => type === 'internal-error')).toEqual([])
})

test('a folder where a database file would be is left alone', async () => {
  const dataFolder = damaged((folder) => {
    rmSync(join(folder, 'zoo.db'))
    mkdirSync(join(folder, 'zoo.db'))
  })
  await using server = await startTestServer({ dataFolder })
  expect(server.sqlServer.databases()).not.toContain('zoo')
})

test('a server whose master is damaged does not start, and says which file it is', async () => {
  const dataFolder = damaged((folder) => writeFileSync(join(folder, 'master.db'), Buffer.alloc(9000, 7)))
  const { code, text } = await failure(startTestServer({ dataFolder }))
  expect({ code, text }).toEqual({
    code: 'file-unreadable',
    text: expect.stringContaining(join(dataFolder, 'master.db')),
  })
})
