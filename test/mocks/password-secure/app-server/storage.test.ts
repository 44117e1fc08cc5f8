import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppServer, type Client, type SmallLandscape, smallLandscape } from '../small-landscape.ts'

let landscape: SmallLandscape
let app: AppServer
let client: Client

beforeAll(async () => {
  landscape = await smallLandscape()
  app = await landscape.app('app1')
  client = await landscape.client('pc1', 'app1')
  await client.call('login', { user: 'alice', password: 'Alice-2026!' })
})
afterAll(() => landscape[Symbol.asyncDispose]())

const rows = async (text: string): Promise<Record<string, unknown>[]> => {
  const pool = await landscape.doubles.host('app1').host.clients.sql.connect({
    server: 'sql1.corp.example',
    database: 'PasswordSecure',
    user: 'passwordsecure',
    password: 'Vault-4-Every1!',
  })
  const { recordset } = await pool.request().query<Record<string, unknown>>(text)
  await pool.close()
  return recordset
}

describe('the data database', () => {
  it('keeps passwords sealed and metadata in clear', async () => {
    const secrets = await rows('SELECT name, username, sealed_password FROM dbo.secrets ORDER BY name;')
    expect(secrets.map(({ name }) => name)).toContain('Bank account')
    for (const { sealed_password: sealed } of secrets) expect(Buffer.isBuffer(sealed)).toBe(true)
    expect(JSON.stringify(secrets.map(({ sealed_password: sealed }) => String(sealed)))).not.toMatch(/B4nk|Rou-ter/)
    const users = await rows('SELECT name, iterations, password_hash FROM dbo.users;')
    expect(users.every(({ iterations }) => iterations === 1_000)).toBe(true)
  })

  it('cannot be read by a server that has not its certificate', async () => {
    await landscape.app('app2', { databaseKeyPassphrase: 'another' })
    const other = await landscape.client('pc2', 'app2')
    await other.call('login', { user: 'alice', password: 'Alice-2026!' })
    expect(await other.call('list-secrets')).toMatchObject({ ok: true })
    expect(await other.call('read-secret', { name: 'Intranet' })).toMatchObject({
      ok: false,
      code: 'database-key-missing',
    })
  })

  it('is backed up over 11014, and restored to what it was', async () => {
    expect(await app.call('backup')).toEqual({ ok: true, path: 'PasswordSecure.bak' })
    await client.call('change-secret', { name: 'Core router', password: 'after the backup' })
    expect(await app.call('restore')).toEqual({ ok: true, path: 'PasswordSecure.bak' })
    await client.call('login', { user: 'alice', password: 'Alice-2026!' })
    expect(await client.call('read-secret', { name: 'Core router' })).toMatchObject({
      password: 'Rou-ter-42',
      version: 1,
    })
  })

  it('is not restored from nothing', async () => {
    expect(await app.call('restore', { path: 'missing.bak' })).toMatchObject({ ok: false, code: '3201' })
    await client.call('login', { user: 'alice', password: 'Alice-2026!' })
    expect(await client.call('list-secrets')).toMatchObject({ ok: true })
  })
})

describe('the configuration database', () => {
  it('keeps the list of origins over a restart', async () => {
    const first = await landscape.app('app3')
    await first.call('allow-origin', { origin: 'https://web1.corp.example' })
    await first.call('allow-origin', { origin: 'https://web2.corp.example:8443' })
    const kept = () => rows("SELECT value FROM [npwsConfigDb_APP3].dbo.settings WHERE name = N'allowedOrigins';")
    await first.started[Symbol.asyncDispose]()
    expect(await kept()).toEqual([{ value: '["https://web1.corp.example","https://web2.corp.example:8443"]' }])
    const second = await landscape.app('app3')
    expect(await second.call('allow-origin', { origin: 'https://web1.corp.example' })).toEqual({
      origins: ['https://web1.corp.example', 'https://web2.corp.example:8443'],
    })
  })
})

describe('the backup schedule', () => {
  it('is orange after a failure, deactivated after five in a row, and green when amended', async () => {
    await app.call('amend-schedule', { path: '/no/such/folder/x.bak' })
    const colours: string[] = []
    for (let run = 0; run < 5; run++) colours.push((await app.call('run-schedule')).schedule.colour)
    expect(colours).toEqual(['orange', 'orange', 'orange', 'orange', 'red'])
    expect(await app.call('run-schedule')).toMatchObject({ ran: false, schedule: { active: false, failuresInARow: 5 } })
    expect(await app.call('amend-schedule', { path: 'PasswordSecure.bak' })).toMatchObject({
      colour: 'green',
      active: true,
    })
    expect(await app.call('run-schedule')).toMatchObject({
      ran: true,
      result: { ok: true },
      schedule: { colour: 'green' },
    })
  })
})
