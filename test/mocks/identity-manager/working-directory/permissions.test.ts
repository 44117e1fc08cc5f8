import { lstat, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  accesses,
  permissionMatrix,
  rowNames,
} from '../../../../mocks/identity-manager/working-directory/permission-matrix.ts'
import { realUsers } from '../../../../mocks/identity-manager/working-directory/service-identity.ts'
import { workingDirectorySettings } from '../../../../mocks/identity-manager/working-directory/settings.ts'
import { layOutWorkingDirectory } from '../../../../mocks/identity-manager/working-directory/working-directory.ts'
import { type ComponentHostDoubles, componentHostDoubles } from '../../../support/component-host-double.ts'
import { openHandles } from '../../../support/lab-of.ts'
import { has, run } from '../../../support/programs.ts'

const account = 'CORP\\svc-agent'
const users = realUsers(account)
const how = users.identity ? 'tried-as-user' : 'read-from-mode'
const wish = { folder: 'C:/Usercube', account }

let before: readonly string[]
let doubles: ComponentHostDoubles
beforeAll(async () => {
  before = await openHandles()
  doubles = await componentHostDoubles()
})
afterAll(async () => {
  await doubles[Symbol.asyncDispose]()
  // A process of the account's that had been left would be among them.
  expect(await openHandles()).toEqual(before)
})

describe.skipIf(process.platform === 'win32')(`the working directory (${users.reason})`, () => {
  test('gives the service account what the requirement says, and nothing else', async () => {
    const directory = await layOutWorkingDirectory(doubles.host('im1').host, wish)
    const report = await directory.check()
    expect(report).toMatchObject({ account, how, violations: [] })
    expect(new Set(report.entries.map((entry) => entry.how))).toEqual(new Set([how]))
    for (const { row, places, allowed } of permissionMatrix) {
      for (const { path, filesOf } of places) {
        const seen = report.entries.filter(
          (entry) => entry.row === row && entry.path === path && entry.filesOf === filesOf,
        )
        const happened = seen.flatMap((entry) => (entry.happened === 'allowed' ? [entry.access] : []))
        expect(happened.sort(), `${row} ${path}`).toEqual([...allowed].sort())
        expect(seen).toHaveLength(filesOf ? accesses.length - 2 : accesses.length)
      }
    }
    const denied = report.entries.filter(({ happened }) => happened === 'denied')
    if (users.identity) expect(new Set(denied.map(({ code }) => code))).toEqual(new Set(['EACCES', 'EPERM']))
  })

  const every = rowNames.flatMap((row) => accesses.map((access) => ({ row, access, permission: `${row}/${access}` })))
  test.for(every)('a wrong $permission is found', async ({ row, access, permission }, { skip }) => {
    if (access === 'change-permissions' && !users.identity) skip('modes do not tell who owns a file')
    const isAllowed = permissionMatrix.some((line) => line.row === row && line.allowed.includes(access))
    const permissions = workingDirectorySettings.parse(isAllowed ? { deny: [permission] } : { grant: [permission] })
    const directory = await layOutWorkingDirectory(doubles.host('im2').host, { ...wish, permissions })
    const { violations } = await directory.check([row])
    expect(violations.filter((text) => text.startsWith(`${row}: ${access} in `))).not.toEqual([])
  })

  test('is left by a check as it was, and laid out again without harm', async () => {
    const { host } = doubles.host('im3')
    const directory = await layOutWorkingDirectory(host, wish)
    await writeFile(join(directory.collect, 'hr.csv'), 'a;b')
    const tree = async () => (await readdir(directory.root, { recursive: true })).sort()
    const first = await tree()
    await directory.check()
    expect(await tree()).toEqual(first)
    const again = await layOutWorkingDirectory(host, wish)
    expect((await again.check()).violations).toEqual([])
    expect(await tree()).toEqual(first)
    expect(first).toContain('Work/Collect/hr.csv')
  })

  test.skipIf(!users.identity)('belongs to the administrator, and new files to the group of the account', async () => {
    const directory = await layOutWorkingDirectory(doubles.host('im4').host, wish)
    await writeFile(join(directory.provisioningOrders, 'order.json'), '{}')
    const { uid = 0, gid = 0 } = users.identity ?? {}
    expect(uid).toBeGreaterThan(60_000)
    expect(await lstat(directory.runtime)).toMatchObject({ uid: 0, gid, mode: 0o042750 })
    expect(await lstat(directory.work)).toMatchObject({ uid: 0, gid, mode: 0o042710 })
    expect(await lstat(directory.collect)).toMatchObject({ uid: 0, gid, mode: 0o043770 })
    expect(await lstat(directory.temp)).toMatchObject({ uid: 0, gid, mode: 0o042700 })
    expect(await lstat(join(directory.provisioningOrders, 'order.json'))).toMatchObject({ uid: 0, gid })
    // Nobody but root may come near it from outside: the account's process is put there.
    expect((await lstat(doubles.landscape.folder)).mode & 0o077).toBe(0)
  })

  test('folders that somebody has removed are told, and come back when it is laid out again', async () => {
    const { host } = doubles.host('im6')
    const directory = await layOutWorkingDirectory(host, wish)
    await rm(directory.work, { recursive: true })
    await rm(directory.runtime, { recursive: true })
    const { entries, violations } = await directory.check()
    const collect = entries.filter(({ path }) => path === 'Work/Collect')
    expect(new Set(collect.map(({ happened, code }) => `${happened} ${code}`))).toEqual(new Set(['failed ENOENT']))
    expect(violations).toContain('runtime: execute in Runtime has failed (ENOENT), not allowed')
    const again = await layOutWorkingDirectory(host, wish)
    expect((await again.check()).violations).toEqual([])
  })

  test('several checks at once, and of some lines alone', async () => {
    const directory = await layOutWorkingDirectory(doubles.host('im5').host, wish)
    const reports = await Promise.all([directory.check(['runtime']), directory.check(), directory.check(['other'])])
    expect(reports.map(({ violations }) => violations)).toEqual([[], [], []])
    expect(new Set(reports[0]?.entries.map(({ row }) => row))).toEqual(new Set(['runtime']))
  })
})

test('settings refuse what is no permission', () => {
  for (const wrong of ['runtime', 'runtime/fly', 'nowhere/read', '/read']) {
    expect(workingDirectorySettings.safeParse({ grant: [wrong] }).success, wrong).toBe(false)
  }
})

const module = new URL('../../../../mocks/identity-manager/working-directory/working-directory.ts', import.meta.url)
  .href
const program = `
  const { mkdtempSync, mkdirSync, rmSync } = await import('node:fs')
  const { dirname, join } = await import('node:path')
  const { layOutWorkingDirectory } = await import(${JSON.stringify(module)})
  const root = mkdtempSync('/tmp/host-double-')
  const path = (...parts) => { const full = join(root, ...parts); mkdirSync(dirname(full), { recursive: true }); return full }
  const host = { files: { root, path }, signal: new AbortController().signal, background() {} }
  const reports = []
  for (const grant of [[], ['runtime/create']]) {
    const directory = await layOutWorkingDirectory(host, ${JSON.stringify(wish)}.folder && { ...${JSON.stringify(wish)}, permissions: { grant, deny: [] } })
    const { how, reason, entries, violations } = await directory.check()
    reports.push({ how, reason, entries: entries.length, violations })
  }
  rmSync(root, { recursive: true })
  console.log(JSON.stringify(reports))
`
const canUnshare = has('unshare') && (await run('unshare', ['--user', '--map-root-user', 'true'])).exitCode === 0

test.skipIf(!canUnshare)('where no other user exists, modes are read and the report says so', async () => {
  const args = ['--user', '--map-root-user', process.execPath, '--input-type=module', '-e', program]
  const { stdout, stderr } = await run('unshare', args)
  expect(stderr).toBe('')
  const [healthy, broken] = JSON.parse(stdout) as readonly Record<string, unknown>[] // printed by the program above
  expect(healthy).toMatchObject({ how: 'read-from-mode', violations: [] })
  expect(healthy?.reason).toContain('no other users')
  expect(broken?.violations).toEqual(['runtime: create in Runtime is allowed, not denied'])
})
