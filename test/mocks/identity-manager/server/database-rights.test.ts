import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../../../support/programs.ts'
import { type ServerSite, serverSite } from './server-site.ts'

const noCurl = missing('curl')

let site: ServerSite
beforeAll(async () => {
  site = await serverSite()
})
afterAll(() => site?.[Symbol.asyncDispose]())

const people = [
  { identifier: 'dave', displayName: 'Dave Dorn', mail: 'dave@corp.example' },
  { identifier: 'erin', displayName: 'Erin Eck' },
]
const found = () => site.sql(`SELECT Identifier FROM UR_Resource WHERE Identifier IN (N'dave', N'erin') ORDER BY Id`)

const rights: readonly [right: string, take: string, give: string, number: number, text: RegExp][] = [
  [
    'sysadmin or securityadmin',
    'ALTER SERVER ROLE securityadmin DROP MEMBER usercube',
    'ALTER SERVER ROLE securityadmin ADD MEMBER usercube',
    15151,
    /^Cannot alter the server role 'securityadmin'/,
  ],
  [
    'db_owner',
    'ALTER ROLE db_owner DROP MEMBER usercube',
    'ALTER ROLE db_owner ADD MEMBER usercube',
    15151,
    /^Cannot alter the role 'db_owner'/,
  ],
  [
    'bulkadmin',
    'ALTER SERVER ROLE bulkadmin DROP MEMBER usercube',
    'ALTER SERVER ROLE bulkadmin ADD MEMBER usercube',
    4834,
    /^You do not have permission to use the bulk load statement\.$/,
  ],
]

describe.skipIf(noCurl)(`A login at SQL Server${noCurl ?? ''}`, () => {
  test.each(rights)(
    'without %s is refused by SQL Server, /hc says Unhealthy, and the journal which right',
    async (right, take, give, number, text) => {
      await site.sql(take)
      try {
        await site.restart()
        // The installation has been repeated, and with it the roles: taken again while the server runs.
        await site.sql(take)
        expect((await site.curl('/hc', '-w', ' %{http_code}')).stdout).toBe('Unhealthy 503')
        expect(await site.call('status')).toMatchObject({ state: 'running', database: { missingRights: [right] } })
        const missingRights = await site.journal('database-right-missing')
        expect(missingRights.at(-1)).toEqual({ right, number, text: expect.stringMatching(text) })
      } finally {
        await site.sql(give)
      }
      expect((await site.curl('/hc')).stdout).toBe('Healthy')
    },
  )

  test('that is sysadmin needs no other role', async () => {
    await site.sql(
      'ALTER SERVER ROLE sysadmin ADD MEMBER usercube; ALTER SERVER ROLE bulkadmin DROP MEMBER usercube; ALTER ROLE db_owner DROP MEMBER usercube',
    )
    expect((await site.curl('/hc')).stdout).toBe('Healthy')
    await site.sql(
      'ALTER SERVER ROLE sysadmin DROP MEMBER usercube; ALTER SERVER ROLE bulkadmin ADD MEMBER usercube; ALTER ROLE db_owner ADD MEMBER usercube',
    )
  })

  test('with both rights writes by a bulk load; with one of them it is refused, and nothing is written', async () => {
    for (const [right, take, give, number] of rights.slice(1)) {
      await site.sql(take)
      const refused = await site.call('bulk-import', { resources: people })
      expect(refused, right).toMatchObject({ ok: false, code: String(number) })
      await site.sql(give)
    }
    expect(await found()).toEqual([])
    expect(await site.call('bulk-import', { resources: people })).toEqual({ ok: true, rows: 2 })
    expect(await found()).toEqual([{ Identifier: 'dave' }, { Identifier: 'erin' }])
    // All or nothing, as of any statement: the second of them is there already.
    const again = await site.call('bulk-import', { resources: [{ identifier: 'zoe', displayName: 'Zoe' }, ...people] })
    expect(again).toMatchObject({ ok: false, code: '2627' })
    expect(await site.sql(`SELECT 1 AS one FROM UR_Resource WHERE Identifier = N'zoe'`)).toEqual([])
  })

  test('with a wrong password is told 18456, and no password is in the journal', async () => {
    await site.restart({ sqlPassword: 'Not-The-One-1' })
    expect(await site.call('status')).toMatchObject({
      state: 'running',
      database: { connected: false, code: '18456', text: "Login failed for user 'usercube'." },
    })
    expect(await site.call('health')).toMatchObject({ ok: true, status: 'Unhealthy' })
    expect(JSON.stringify(await site.lab.host('im1').journal())).not.toContain('Not-The-One-1')
  })

  test('to a database that is not there is told 4060', async () => {
    await site.restart({ databaseName: 'Nowhere' })
    expect(await site.call('status')).toMatchObject({ database: { connected: false, code: '4060' } })
  })
})
