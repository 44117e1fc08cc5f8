import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { addressOf } from '../address.ts'
import { fresh, logIn, people } from '../people.ts'
import { requirement } from '../requirement.ts'

const oneBrowser = { browser: { kind: 'browser', first: true }, server: 'identity-manager/server' } as const

/** A server whose sessions are wrong in one way. */
const sessionDefect = (value: string) => ({ setting: 'server.sessionDefect', value }) as const

/** What takes every local login away. */
const noLocalLogin = { setting: 'server.appsettings.Authentication', value: { AllowLocalLogin: false } } as const

export const formLogins: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/browser/login-by-form-leads-to-the-start-page',
    title: 'From every browser a user logs in by the form and lands on the start page',
    requirement: requirement.httpsCertificate,
    on: { browser: 'browser', server: 'identity-manager/server' },
    brokenBy: noLocalLogin,
    async run({ browser, server, expect, defer }) {
      fresh(browser, { defer })
      const asked = await browser.call('open', { url: `https://${addressOf(server)}/` })
      expect(asked, 'the first page').toInclude({ ok: true, status: 200, redirects: [`https://${addressOf(server)}/`] })
      expect(asked.url).toContain('/Account/Login')
      const { login, password, displayName } = people.alice
      const page = await browser.call('submit-form', { fields: { Username: login, Password: password } })
      expect(page).toInclude({ ok: true, status: 200, url: `https://${addressOf(server)}/` })
      expect(page.text).toContain(`Welcome, ${displayName}`)
    },
  }),
  scenario({
    id: 'identity-manager/browser/wrong-password-stays-on-the-form',
    title: 'A wrong password leads back to the form, without a word about which part was wrong',
    requirement: requirement.logins,
    on: oneBrowser,
    brokenBy: {
      setting: 'server.users',
      value: [{ login: 'carol', displayName: 'Carol Chen', password: 'not-hers' }],
    },
    async run({ browser, server, expect, defer }) {
      fresh(browser, { defer })
      const page = await logIn(browser, server, 'carol', 'not-hers')
      expect(page).toInclude({ ok: true, url: `https://${addressOf(server)}/Account/Login` })
      expect(page.text).toContain('Invalid login or password.')
      expect(page.forms.length, 'forms').toEqual(1)
      const start = await browser.call('open', { url: `https://${addressOf(server)}/` })
      expect(start.url, 'the start page leads to').toContain('/Account/Login')
    },
  }),
  scenario({
    id: 'identity-manager/browser/logout-ends-the-session',
    title: 'After the logout the start page asks for a login again',
    requirement: requirement.sessions,
    on: oneBrowser,
    brokenBy: sessionDefect('survives-logout'),
    async run({ browser, server, expect, defer }) {
      fresh(browser, { defer })
      expect(await logIn(browser, server, 'bob'), 'the login').toInclude({ url: `https://${addressOf(server)}/` })
      await browser.call('open', { url: `https://${addressOf(server)}/Account/Logout` })
      expect((await browser.call('submit', {})).text).toContain('You are now signed out.')
      const start = await browser.call('open', { url: `https://${addressOf(server)}/` })
      expect(start.url, 'the start page leads to').toContain('/Account/Login')
    },
  }),
  scenario({
    id: 'identity-manager/browser/session-ends-with-the-browser',
    title: 'The session’s cookie goes with the browser: who opens it anew has to log in',
    requirement: requirement.sessions,
    on: oneBrowser,
    brokenBy: sessionDefect('persistent'),
    async run({ browser, server, expect, defer }) {
      fresh(browser, { defer })
      expect(await logIn(browser, server, 'bob'), 'the login').toInclude({ url: `https://${addressOf(server)}/` })
      expect(await browser.call('open', { url: `https://${addressOf(server)}/` })).toInclude({ redirects: [] })
      await browser.call('close', {})
      const start = await browser.call('open', { url: `https://${addressOf(server)}/` })
      expect(start.url, 'the start page leads to').toContain('/Account/Login')
    },
  }),
  scenario({
    id: 'identity-manager/browser/session-cookie-is-for-https-alone',
    title: 'The session’s cookie goes over HTTPS only, and no script can read it',
    requirement: requirement.sessions,
    on: oneBrowser,
    brokenBy: sessionDefect('exposed'),
    async run({ browser, server, expect, defer }) {
      fresh(browser, { defer })
      await logIn(browser, server, 'alice')
      const { cookies } = await browser.call('cookies', {})
      const session = cookies.find(({ name }) => name.startsWith('.AspNetCore.Cookies'))
      expect(session, 'the session’s cookie').toInclude({ domain: addressOf(server), secure: true, httpOnly: true })
      expect(session?.expires === undefined, 'it ends with the browser').toBeTruthy()
    },
  }),
  scenario({
    id: 'identity-manager/browser/sessions-of-two-browsers-are-apart',
    title: 'A login in one browser is none in another',
    requirement: requirement.sessions,
    on: {
      browser: { kind: 'browser', first: true },
      other: { kind: 'browser', otherThan: 'browser', first: true },
      server: 'identity-manager/server',
    },
    brokenBy: sessionDefect('shared'),
    async run({ browser, other, server, expect, defer }) {
      fresh(browser, { defer })
      fresh(other, { defer })
      expect(await logIn(browser, server, 'alice'), 'the login').toInclude({ url: `https://${addressOf(server)}/` })
      const page = await other.call('open', { url: `https://${addressOf(server)}/` })
      expect(page.url, 'the other browser’s page').toContain('/Account/Login')
    },
  }),
  scenario({
    id: 'identity-manager/browser/remembers-that-the-server-wants-tls',
    title: 'Once seen over HTTPS, the server is never again asked without TLS: its HSTS header says so',
    requirement: requirement.httpsCertificate,
    on: oneBrowser,
    brokenBy: { setting: 'server.certificate.defect', value: 'self-signed' },
    async run({ browser, server, expect, defer }) {
      fresh(browser, { defer })
      const plain = `http://${addressOf(server)}/hc`
      expect(await browser.call('open', { url: plain }), 'before').toInclude({ ok: false })
      await browser.call('open', { url: `https://${addressOf(server)}/` })
      const after = await browser.call('open', { url: plain })
      expect(after, 'after').toInclude({ ok: true, status: 200, url: `https://${addressOf(server)}/hc` })
    },
  }),
]
