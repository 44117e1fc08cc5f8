import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HostHandle } from '../../../harness/host/host-handle.ts'
import type { RunningLandscape } from '../../../harness/start-landscape.ts'
import { browser } from '../../../mocks/browser/kind.ts'
import { labOf } from '../../support/lab-of.ts'
import { missing } from '../../support/programs.ts'
import { testSite } from './test-site.ts'

const noChromium = process.platform === 'linux' ? missing('chromium', 'certutil') : ' (skipped: driven on Linux only)'

const SITE = 'https://site1.corp.example'

describe.each([
  { engine: 'plain', skipped: undefined },
  { engine: 'chromium', skipped: noChromium },
])('$engine', ({ engine, skipped }) => {
  describe.skipIf(skipped !== undefined)(`opens pages${skipped ?? ''}`, () => {
    let lab: RunningLandscape
    let client: HostHandle
    const call = async (action: string, input = {}) =>
      // What these actions give is declared as an object.
      (await client.call('browser', action, input, AbortSignal.timeout(30_000))) as Record<string, never>

    beforeAll(async () => {
      lab = await labOf(
        {
          landscape: 'browser',
          domain: 'corp.example',
          hosts: {
            site1: { aliases: ['portal'], runs: { 'test-site': {} } },
            app: { runs: { 'test-site': {} } },
            expired: { runs: { 'test-site': { certificate: { defect: 'expired' } } } },
            stranger: { runs: { 'test-site': { certificate: { defect: 'self-signed' } } } },
            misnamed: { runs: { 'test-site': { certificate: { defect: 'wrong-name' } } } },
            client1: { runs: { browser: { engine } } },
          },
        },
        [browser, testSite],
      )
      client = lab.host('client1')
    }, 60_000)
    afterAll(() => lab[Symbol.asyncDispose]())

    test('logs in by a form with a hidden field, and lands on the start page', async () => {
      const first = await call('open', { url: `${SITE}/` })
      expect(first).toMatchObject({ engine, ok: true, status: 200, title: 'Log in', url: `${SITE}/` })
      expect(first.text).toContain('Log in')
      expect(first.forms).toMatchObject([{ name: 'login', method: 'post', action: `${SITE}/login?from=form` }])
      const fields = { user: 'alice', password: 'Alice-2026!', remember: true, language: 'de' }
      const landed = await call('submit-form', { form: 'login', fields })
      expect(landed).toMatchObject({ ok: true, status: 200, title: 'Start', redirects: [`${SITE}/login`] })
      expect(landed.text).toContain('go,de,on')
      expect(landed.url).toMatch(/\/start\?told=.*#top$/)
      expect(await call('cookies')).toMatchObject({
        cookies: [{ name: 'session', domain: 'site1.corp.example', secure: true, httpOnly: true, sameSite: 'lax' }],
      })
      expect(await call('open', { url: `${SITE}/start` })).toMatchObject({ title: 'Start' })
      await call('clear')
      expect(await call('open', { url: `${SITE}/start` })).toMatchObject({ title: 'No session' })
    })

    test('a wrong password stays on the form; fields are filled in steps', async () => {
      await call('open', { url: `${SITE}/` })
      expect(await call('fill', { fields: { user: 'alice' } })).toEqual({ form: 'login', filled: ['user'] })
      await call('fill', { fields: { password: 'wrong' } })
      const answer = await call('submit')
      expect(answer).toMatchObject({ ok: true, title: 'Log in', redirects: [] })
      expect(answer.text).toContain('Wrong')
      await expect(call('fill', { fields: { nobody: 'x' } })).rejects.toThrow(/nobody/)
      await expect(call('submit', { button: 'none' })).rejects.toThrow(/no button "none"/)
    })

    test('follows links and redirects to HTTPS, and reads the page again', async () => {
      expect(await call('open', { url: 'http://portal/' })).toMatchObject({ title: 'Log in', url: 'https://portal/' })
      expect(await call('click', { text: 'About' })).toMatchObject({ title: 'About', url: 'https://portal/about' })
      expect(await call('read', { until: 'About us' })).toMatchObject({ title: 'About' })
      await expect(call('click', { text: 'Nowhere' })).rejects.toThrow(/no link "Nowhere"/)
      expect(await call('open', { url: `${SITE}/none` })).toMatchObject({ ok: true, status: 404, title: 'Not here' })
    })

    test.each([
      ['https://stranger.corp.example/', 'net::ERR_CERT_AUTHORITY_INVALID'],
      ['https://expired.corp.example/', 'net::ERR_CERT_DATE_INVALID'],
      ['https://misnamed.corp.example/', 'net::ERR_CERT_COMMON_NAME_INVALID'],
      ['https://nobody.corp.example/', 'net::ERR_NAME_NOT_RESOLVED'],
      ['https://site1.corp.example:4443/', 'net::ERR_CONNECTION_REFUSED'],
      [`${SITE}/loop`, 'net::ERR_TOO_MANY_REDIRECTS'],
    ])('%s is refused: %s', async (url, net) => {
      const answer = await call('open', { url })
      expect(answer).toMatchObject({ ok: false, error: { net, ours: engine === 'plain' } })
      expect(await call('open', { url: `${SITE}/about` })).toMatchObject({ ok: true })
    })

    test('a script of the page asks another origin only as that origin allows', async () => {
      const api = 'https://site1.corp.example/api'
      const asked = (input: object) => call('fetch', { url: api, ...input })
      await call('open', { url: 'https://app.corp.example/about' })
      expect(await asked({})).toMatchObject({ ok: true, origin: 'https://app.corp.example', text: 'GET session=none' })
      expect(await asked({ method: 'PUT', headers: { 'X-Good': '1' }, credentials: 'include' })).toMatchObject({
        ok: true,
      })
      const header = await asked({ method: 'PUT', headers: { 'X-Bad': '1' } })
      expect(header).toMatchObject({ ok: false })
      expect(header.error).toMatchObject({ text: expect.stringMatching(/CORS policy.*x-bad/i) })
      expect(await asked({ method: 'DELETE' })).toMatchObject({ ok: false })
      await call('open', { url: 'https://portal/about' })
      expect(await asked({})).toMatchObject({ ok: false, origin: 'https://portal', error: { net: 'net::ERR_FAILED' } })
      expect(await call('fetch', { url: 'https://portal/api' })).toMatchObject({ ok: true, status: 200 })
    })

    test('the Windows user is proven to sites of the intranet, silently', async () => {
      expect(await call('open', { url: `${SITE}/windows` })).toMatchObject({ status: 401 })
      await call('set-windows-user', { as: { user: 'CORP\\alice', password: 'Alice-2026!' } })
      const seen = await call('open', { url: `${SITE}/windows` })
      expect(seen).toMatchObject({ ok: true, status: 200, title: 'Intranet', authenticated: 'NTLM' })
      expect(seen.text).toContain('You are CORP\\alice')
      await call('set-windows-user', { as: { user: 'CORP\\alice', password: 'not-hers' } })
      expect(await call('open', { url: `${SITE}/windows` })).toMatchObject({ status: 401 })
      await call('set-windows-user')
    })

    test('journals say which engine, and carry no secret', async () => {
      await call('open', { url: `${SITE}/start?told=Geheim-1` })
      const { version } = await call('status')
      const entries = JSON.stringify(await client.journal('browser'))
      expect(entries).toContain(`"engine":"${engine}","version":"${version}"`)
      expect(entries).not.toMatch(/Alice-2026|not-hers|Geheim/)
    })
  })
})
