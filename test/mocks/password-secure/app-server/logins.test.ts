import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AppServer, type Client, type SmallLandscape, smallLandscape } from '../small-landscape.ts'

let now = new Date()
let landscape: SmallLandscape
let app: AppServer
let client: Client

beforeAll(async () => {
  landscape = await smallLandscape({ now: () => now })
  app = await landscape.app('app1', { lockUserAfter: 3, lockClientAfter: 3 })
  client = await landscape.client('pc1', 'app1')
})
afterAll(() => landscape[Symbol.asyncDispose]())
beforeEach(async () => {
  await app.call('unlock-clients')
  for (const name of ['alice', 'bob', 'carol']) await app.call('unlock-user', { name })
})

const refused = (code: string) => ({ ok: false, code })
const alice = { user: 'alice', password: 'Alice-2026!' }

describe('a login on 11011', () => {
  it('goes well, and the server knows who it is and from where', async () => {
    expect(await client.call('login', alice)).toEqual({
      ok: true,
      user: 'alice',
      roles: ['Administrators', 'IT'],
      server: 'app1',
      database: 'PasswordSecure',
    })
    expect((await app.call('sessions')).sessions).toMatchObject([{ user: 'alice', channel: 'clients', from: 'pc1' }])
    expect(await app.call('status')).toMatchObject({
      acceptsLogins: true,
      licence: { state: 'active' },
      database: { connected: true, encrypted: true, name: 'PasswordSecure', configName: 'npwsConfigDb_APP1' },
    })
    await client.call('logout')
    expect((await app.call('sessions')).sessions).toEqual([])
    expect(JSON.stringify(app.started.journal)).not.toContain('Alice-2026!')
  })

  it('says the same of a wrong password and of an unknown user', async () => {
    const wrong = await client.call('login', { user: 'alice', password: 'wrong' })
    const unknown = await client.call('login', { user: 'mallory', password: 'wrong' })
    expect(wrong).toEqual(unknown)
    expect(wrong).toMatchObject(refused('login-failed'))
  })

  it('locks the user after wrong passwords, and only this user', async () => {
    for (let attempt = 0; attempt < 3; attempt++) await client.call('login', { user: 'bob', password: 'wrong' })
    expect(await client.call('login', { user: 'bob', password: 'Bob-2026!' })).toMatchObject(refused('user-locked'))
    expect(await client.call('login', alice)).toMatchObject({ ok: true })
    await app.call('unlock-user', { name: 'bob' })
    expect(await client.call('login', { user: 'bob', password: 'Bob-2026!' })).toMatchObject({ ok: true })
  })

  it('locks the client after unknown names, and only this client', async () => {
    for (let attempt = 0; attempt < 3; attempt++)
      await client.call('login', { user: `nobody${attempt}`, password: 'x' })
    expect(await client.call('login', alice)).toMatchObject(refused('client-locked'))
    const other = await landscape.client('pc2', 'app1')
    expect(await other.call('login', alice)).toMatchObject({ ok: true })
    await app.call('unlock-clients')
    expect(await client.call('login', alice)).toMatchObject({ ok: true })
  })

  it('is refused to disabled users, for unknown databases, and to newer clients', async () => {
    expect(await client.call('login', { user: 'dave', password: 'Dave-2026!' })).toMatchObject(refused('user-disabled'))
    expect(await client.call('login', { ...alice, database: 'Other' })).toMatchObject(refused('unknown-database'))
    const newer = await landscape.client('pc3', 'app1', { productVersion: '10.0' })
    expect(await newer.call('login', alice)).toMatchObject(refused('client-too-new'))
  })

  it('takes names with quotes and other scripts as what they are', async () => {
    for (const name of ["o'neil", 'ünïcode', '名前', "'; DROP TABLE dbo.users; --"]) {
      expect(await app.call('create-user', { name, password: "p'w", roles: ["R&D'"] })).toMatchObject({ ok: true })
      expect(await client.call('login', { user: name, password: "p'w" })).toMatchObject({
        ok: true,
        user: name,
        roles: ["R&D'"],
      })
    }
    expect(await app.call('create-user', { name: "o'neil", password: 'x' })).toMatchObject({
      ok: false,
      code: 'name-taken',
    })
  })

  it('puts out who is locked or disabled meanwhile', async () => {
    await client.call('login', { user: 'carol', password: 'Carol-2026!' })
    await client.call('connect-real-time')
    await app.call('lock-user', { name: 'carol' })
    expect(await client.call('list-secrets')).toMatchObject({ ok: false })
    expect((await app.call('sessions')).sessions.filter(({ user }) => user === 'carol')).toEqual([])
    expect(await client.call('login', { user: 'carol', password: 'Carol-2026!' })).toMatchObject(refused('user-locked'))
  })
})

describe('a licence', () => {
  const key = 'NPWS-2026-LAB-0001'

  it('that has expired refuses logins, and serves again when it is renewed', async () => {
    const before = now
    now = new Date('2100-01-01T00:00:00Z')
    expect(await client.call('login', alice)).toMatchObject(refused('licence-expired'))
    expect((await app.call('status')).licence).toMatchObject({ state: 'expired' })
    now = before
    expect(await client.call('login', alice)).toMatchObject({ ok: true })
  })

  it('that is activated too often is refused in the product’s words', async () => {
    await landscape.license.call('register-licence', { key: 'ONE', maxActivations: 0 })
    expect(await app.call('activate-licence', { key: 'ONE' })).toMatchObject({
      state: 'refused',
      code: 'too-many-activations',
    })
    expect(await client.call('login', alice)).toEqual({
      ok: false,
      reason: 'refused',
      code: 'too-many-activations',
      text: 'Too many activations!',
    })
    expect(await app.call('activate-licence', { key })).toMatchObject({ state: 'active' })
    expect(await client.call('login', alice)).toMatchObject({ ok: true })
  })

  it('that nobody can ask for leaves the server standing, and nobody in', async () => {
    const other = await landscape.app('app9', { licenceHost: 'nowhere.corp.example' })
    expect((await other.call('status')).licence).toMatchObject({ state: 'unreachable', code: 'ENOTFOUND' })
    const pc = await landscape.client('pc9', 'app9')
    expect(await pc.call('login', alice)).toMatchObject(refused('licence-unreachable'))
  })
})
