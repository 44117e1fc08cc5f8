import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../../../support/programs.ts'
import { type ServerSite, serverSite } from './server-site.ts'

const noCurl = missing('curl')

let site: ServerSite
let jar: string
beforeAll(async () => {
  site = await serverSite({ openIdClients: { Reports: 'Rep-0rts!' } })
  jar = join(site.lab.folder, 'cookies')
})
afterAll(() => site?.[Symbol.asyncDispose]())

const status = async (path: string, ...options: string[]) =>
  (await site.curl(path, '-o', '/dev/null', '-w', '%{http_code}', ...options)).stdout

/** As a browser without scripts does: the form's own fields, with login and password. */
async function logIn(login: string, password: string): Promise<string> {
  await rm(jar, { force: true })
  const form = (await site.curl('/', '-L', '-b', jar, '-c', jar)).stdout
  const action = /<form[^>]*action="([^"]+)"/.exec(form)?.[1]?.replaceAll('&amp;', '&') ?? '/Account/Login'
  const hidden = [...form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => {
    const of = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(input)?.[1] ?? ''
    return `${of('name')}=${of('value')}`
  })
  const names = /name="(username|login)"/i.exec(form)?.[1] ?? 'Username'
  const password_ = /name="(password)"/i.exec(form)?.[1] ?? 'Password'
  const fields = [...hidden, `${names}=${login}`, `${password_}=${password}`]
  const data = fields.flatMap((field) => ['--data-urlencode', field])
  return (await site.curl(action, '-L', '-b', jar, '-c', jar, ...data)).stdout
}

async function token(): Promise<string> {
  const fields = [
    'grant_type=client_credentials',
    'client_id=Reports@im1.corp.example',
    'client_secret=Rep-0rts!',
    'scope=usercube_api',
  ]
  const { stdout } = await site.curl('/connect/token', ...fields.flatMap((field) => ['--data-urlencode', field]))
  return JSON.parse(stdout).access_token
}

describe.skipIf(noCurl)(`The site, asked by curl${noCurl ?? ''}`, () => {
  test('leads who is not logged in to the login page, and who logs in to the start page', async () => {
    expect((await site.curl('/', '-i')).stdout).toMatch(
      /^HTTP\/1\.1 302 [\s\S]*^location: \/Account\/Login\?ReturnUrl=%2F\r$/im,
    )
    expect(await logIn('alice', 'Alice-2026!')).toContain('Welcome, <span id="user">Alice Arnold</span>')
    expect(await logIn('alice', 'wrong')).not.toContain('Alice Arnold')
    expect(await logIn('nobody', 'Alice-2026!')).not.toContain('Welcome')
  })

  test('keeps people logged in when the application pool is recycled', async () => {
    await logIn('bob', 'Bob-2026!')
    expect(await site.call('recycle')).toMatchObject({ state: 'running' })
    expect((await site.curl('/', '-b', jar)).stdout).toContain('Bob Berger')
  })

  test('shows the API to people who are known and to API clients, and to nobody else', async () => {
    expect((await site.curl('/api/Resource/Directory_User', '-i')).stdout).toMatch(
      /^HTTP\/1\.1 401 [\s\S]*^www-authenticate: Bearer\r$/im,
    )
    await logIn('carol', 'Carol-2026!')
    const { stdout } = await site.curl('/api/Resource/Directory_User?PageSize=2', '-b', jar)
    expect(JSON.parse(stdout)).toMatchObject({
      Result: [
        { Identifier: 'alice', DisplayName: 'Alice Arnold', Mail: 'alice@corp.example' },
        { Identifier: 'bob', DisplayName: 'Bob Berger' },
      ],
    })
    const bearer = ['-H', `Authorization: Bearer ${await token()}`]
    const next = (await site.curl('/api/Resource/Directory_User?PageSize=2&Page=2', ...bearer)).stdout
    expect(JSON.parse(next)).toMatchObject({ Result: [{ Identifier: 'carol' }] })
    expect(await status('/api/Resource/Directory_User?PageSize=1001', ...bearer)).toBe('400')
    expect(await status('/api/Resource/Directory_User', ...bearer, '-X', 'DELETE')).toBe('405')
    expect(await status('/api/Nonsense', ...bearer)).toBe('404')
    // Nobody learns from outside what is there.
    expect(await status('/api/Nonsense')).toBe('401')
  })

  test('takes a name with T-SQL in it for a name', async () => {
    expect(await status("/api/Resource/x';DROP%20TABLE%20UR_Resource--", '-b', jar)).toBe('404')
    const people = [{ identifier: "o'neill", displayName: "<script>alert('x')</script>" }]
    expect(await site.call('bulk-import', { resources: people })).toEqual({ ok: true, rows: 1 })
  })

  test.each([
    '/swagger',
    '/swagger/index.html',
    '/Runtime/appsettings.json',
    '/appsettings.json',
    '/..%2fappsettings.json',
    '/web.config',
  ])('has nothing at %s', async (path) => {
    expect(await status(path, '--path-as-is')).toBe('404')
  })

  test('answers 405 where a path takes another method', async () => {
    expect(await status('/hc', '-X', 'POST', '-d', 'x')).toBe('405')
    expect(await status('/', '-X', 'PUT', '-d', 'x')).toBe('405')
  })

  test('refuses a body that is too large, whether its length is told or not, and works on', async () => {
    const file = join(site.lab.folder, 'large')
    await writeFile(file, Buffer.alloc(7 * 1024 * 1024, 'x'))
    const options = ['-H', `Authorization: Bearer ${await token()}`, '--data-binary', `@${file}`]
    expect(await status('/api/Agents/Session', ...options)).toBe('413')
    expect(await status('/api/Agents/Session', ...options, '-H', 'Transfer-Encoding: chunked')).toBe('413')
    expect(await status('/api/Agents/Session', ...options, '-H', 'Expect:')).toBe('413')
    expect((await site.curl('/hc')).stdout).toBe('Healthy')
  })

  test('under IIS is never asked about what request filtering keeps out', async () => {
    await site.restart({ iis: { maxAllowedContentLength: 1_000 } })
    expect(await status('/connect/token', '-d', 'x'.repeat(1_001), '-H', 'Expect:')).toBe('404')
    expect(await site.journal('request-filtered')).toMatchObject([{ status: '404.13' }])
  })

  test('refuses headers that are too large', async () => {
    expect(await status('/hc', '-H', `X: ${'x'.repeat(20_000)}`)).toBe('431')
    expect((await site.curl('/hc')).stdout).toBe('Healthy')
  })

  test('says nothing of its insides when the database fails under a request', async () => {
    await site.restart({ openIdClients: { Reports: 'Rep-0rts!' } })
    const bearer = ['-H', `Authorization: Bearer ${await token()}`]
    await site.sql('DROP TABLE UR_Resource')
    const { stdout } = await site.curl('/api/Resource/Directory_User', '-i', ...bearer)
    expect(stdout).toMatch(/^HTTP\/1\.1 500 /)
    expect(stdout).not.toMatch(/UR_Resource|Invalid object|sql1/)
    expect(await site.journal('api-failed')).toMatchObject([{ code: '208' }])
  })
})
