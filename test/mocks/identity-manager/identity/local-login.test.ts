/** The login page and its form, as curl fills it in. */
import { parse } from 'node-html-parser'
import { describe, expect, test } from 'vitest'
import { missing } from '../../../support/programs.ts'
import { type IdentitySite, identitySite } from './identity-site.ts'

const noCurl = missing('curl')

const STATUS = ['--output', '/dev/null', '--write-out', '%{http_code} %{redirect_url}']

/** A browser's worth of cookies, and what a person does with them. */
function person(site: IdentitySite, name = 'person') {
  const jar = ['--cookie', site.file(`${name}.cookies`), '--cookie-jar', site.file(`${name}.cookies`)]
  const get = async (path: string, ...args: string[]) => (await site.curl(path, ...jar, ...args)).stdout
  const fieldsOf = async (path: string): Promise<Record<string, string>> =>
    Object.fromEntries(
      parse(await get(path))
        .querySelectorAll('input')
        .map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']),
    )
  return {
    get,
    async submit(path: string, values: Record<string, string>, ...args: string[]) {
      const fields = { ...(await fieldsOf(path)), ...values }
      const form = Object.entries(fields).flatMap(([field, value]) => ['--data-urlencode', `${field}=${value}`])
      return get(path.split('?')[0] ?? path, ...form, ...args)
    },
  }
}

describe.skipIf(noCurl)(`local login by curl${noCurl ?? ''}`, () => {
  test('leads to the page that was asked for, and the session lasts', async () => {
    await using site = await identitySite()
    const alice = person(site)
    expect(await alice.get('/Profiles?page=2', ...STATUS)).toBe(
      '302 https://im1.corp.example/Account/Login?ReturnUrl=%2FProfiles%3Fpage%3D2',
    )
    const answer = await alice.submit(
      '/Account/Login?ReturnUrl=%2FProfiles%3Fpage%3D2',
      { Username: 'alice', Password: 'Alice-1' },
      '--include',
    )
    expect(answer).toMatch(/^HTTP\/1.1 302 /)
    expect(answer).toMatch(/location: \/Profiles\?page=2\r/i)
    expect(answer).toMatch(/set-cookie: \.AspNetCore\.Cookies=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=Lax\r/i)
    expect(JSON.parse(await alice.get('/Profiles'))).toMatchObject({ type: 'user', login: 'alice', method: 'local' })
    expect(site.journal.at(-1)).toMatchObject({ type: 'login', facts: { login: 'alice', method: 'local' } })
    expect(JSON.stringify(site.journal)).not.toContain('Alice-1')
  })

  test('refuses a wrong password and an unknown login with the same words', async () => {
    await using site = await identitySite()
    const shown = []
    for (const Username of ['alice', 'nobody']) {
      const html = await person(site, Username).submit('/Account/Login', { Username, Password: 'wrong' })
      expect(html).toContain(`value="${Username}"`)
      shown.push(parse(html).querySelector('[role=alert]')?.text)
      expect(site.journal.at(-1)).toMatchObject({ type: 'login-refused', facts: { login: Username } })
    }
    expect(shown).toEqual(['Invalid login or password.', 'Invalid login or password.'])
  })

  test('writes back what was typed as text', async () => {
    await using site = await identitySite()
    const html = await person(site).submit('/Account/Login', { Username: '"><script>x</script>', Password: 'x' })
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;x&lt;/script&gt;"')
  })

  test.each(['//evil.example', 'https://evil.example/', '/\\evil.example', '/\t/evil.example', 'javascript:x'])(
    'does not lead to %s',
    async (target) => {
      await using site = await identitySite()
      const answer = await person(site).submit(
        `/Account/Login?ReturnUrl=${encodeURIComponent(target)}`,
        { ReturnUrl: target, Username: 'alice', Password: 'Alice-1' },
        ...STATUS,
      )
      expect(answer).toBe('302 https://im1.corp.example/')
    },
  )

  test('leads to a page whose name is not ASCII', async () => {
    await using site = await identitySite()
    const target = '/Dossiers/Été/日本?a=%2F'
    const login = { ReturnUrl: target, Username: 'alice', Password: 'Alice-1' }
    expect(await person(site).submit('/Account/Login', login, ...STATUS)).toBe(
      '302 https://im1.corp.example/Dossiers/%C3%89t%C3%A9/%E6%97%A5%E6%9C%AC?a=%2F',
    )
  })

  test('takes no form that it has not given to this browser', async () => {
    await using site = await identitySite()
    const field = { __RequestVerificationToken: 'x' }
    const values = { Username: 'alice', Password: 'Alice-1' }
    expect(await person(site).submit('/Account/Login', { ...values, ...field }, ...STATUS)).toMatch(/^400/)
    const blind = await site.curl('/Account/Login', '--data', 'Username=alice&Password=Alice-1', ...STATUS)
    expect(blind.stdout).toMatch(/^400/)
    expect(site.journal.at(-1)).toMatchObject({ type: 'form-refused', facts: { path: '/Account/Login' } })
  })

  test.each([
    ['another media type', ['--header', 'Content-Type: application/json', '--data', '{}'], '415'],
    ['no media type', ['--header', 'Content-Type:', '--data', 'x'], '415'],
    ['a large body', ['--data', 'x'.repeat(40_000)], '413'],
    ['a large body in pieces', ['--header', 'Transfer-Encoding: chunked', '--data', 'x'.repeat(40_000)], '413'],
    ['broken escapes', ['--data', 'Username=%zz&Password=%'], '400'],
    ['another method', ['--request', 'PUT'], '405'],
  ])('refuses %s', async (_what, args, status) => {
    await using site = await identitySite()
    expect((await site.curl('/Account/Login', ...args, ...STATUS)).stdout.trim()).toBe(status)
  })

  test('a session ends ten minutes after its last request, eight hours after its login, and at logout', async () => {
    await using site = await identitySite()
    const alice = person(site)
    const login = () => alice.submit('/Account/Login', { Username: 'alice', Password: 'Alice-1' })
    await login()
    site.pass(9 * 60_000)
    expect(await alice.get('/')).toContain('alice')
    site.pass(9 * 60_000)
    expect(await alice.get('/')).toContain('alice')
    site.pass(10 * 60_000)
    expect(await alice.get('/', ...STATUS)).toMatch(/^302/)
    await login()
    for (let minutes = 0; minutes < 8 * 60 - 9; minutes += 9) {
      expect(await alice.get('/')).toContain('alice')
      site.pass(9 * 60_000)
    }
    expect(await alice.get('/')).toContain('alice')
    site.pass(4 * 60_000)
    expect(await alice.get('/', ...STATUS)).toMatch(/^302/)
    await login()
    await alice.submit('/Account/Logout', {})
    expect(await alice.get('/', ...STATUS)).toMatch(/^302/)
    expect(site.journal.at(-1)).toMatchObject({ type: 'logout', facts: { login: 'alice' } })
  })

  test('a cookie that was changed, or made by somebody else, is nobody’s', async () => {
    await using site = await identitySite()
    await using other = await identitySite()
    const steal = async (from: IdentitySite) =>
      /AspNetCore\.Cookies=([\w-]+)/.exec(
        await person(from).submit('/Account/Login', { Username: 'alice', Password: 'Alice-1' }, '--include'),
      )?.[1] ?? ''
    const [own, foreign] = [await steal(site), await steal(other)]
    const use = async (cookie: string) =>
      (await site.curl('/', '--cookie', `.AspNetCore.Cookies=${cookie}`, ...STATUS)).stdout
    expect(await use(own)).toMatch(/^200/)
    const changed = `${own.slice(0, 20)}${own[20] === 'A' ? 'B' : 'A'}${own.slice(21)}`
    for (const cookie of [changed, foreign, 'x', '', own.slice(0, -3)]) expect(await use(cookie)).toMatch(/^302/)
  })

  test('is not there where AllowLocalLogin is off', async () => {
    await using site = await identitySite({ allowLocalLogin: false })
    expect((await site.curl('/Account/Login')).stdout).not.toContain('Password')
    expect((await site.curl('/Account/Login', '--data', 'Username=alice&Password=Alice-1', ...STATUS)).stdout).toMatch(
      /^405/,
    )
  })
})
