import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { fresh, people, windowsUser } from '../people.ts'
import { requirement } from '../requirement.ts'

const inTheDomain = {
  browser: { kind: 'browser', first: true },
  server: { kind: 'identity-manager/server', where: { hosting: 'iis' } },
  directory: { kind: 'directory', via: 'server.directory' },
} as const

const NETLOGON = 445
const controllerUnreachable = { fault: 'reject', from: 'server', to: 'directory', port: NETLOGON } as const
const alice = { user: 'CORP\\alice', password: people.alice.password }

/** Integrated Windows Authentication as the vendor has it set up: no other way to log in, so that nobody is asked to choose. */
const silently = { appsettings: { Authentication: { AllowLocalLogin: false, OpenId: null } } } as const

export const windowsLogins: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/browser/windows-user-lands-without-a-form',
    title: 'With Windows Authentication, and local login off, a domain user lands on the start page without a form',
    requirement: requirement.windowsAuthentication,
    on: inTheDomain,
    brokenBy: controllerUnreachable,
    async run({ browser, server, expect, defer }) {
      fresh(browser, { defer })
      await server.restart(silently)
      await windowsUser(browser, { defer }, alice)
      const page = await browser.call('open', { url: `https://${server.fqdn}/` })
      expect(page).toInclude({ ok: true, status: 200, url: `https://${server.fqdn}/` })
      expect(page.authenticated, 'the scheme').toMatch(/^(NTLM|Negotiate)$/)
      expect(page.text).toContain(`Welcome, ${people.alice.displayName}`)
    },
  }),
  scenario({
    id: 'identity-manager/browser/windows-is-offered-beside-the-form',
    title: 'Where both are on, the login page offers Windows beside its form',
    requirement: requirement.windowsAuthentication,
    on: inTheDomain,
    brokenBy: { setting: 'server.iis.windowsAuthentication', value: false },
    async run({ browser, server, expect, defer }) {
      fresh(browser, { defer })
      await windowsUser(browser, { defer }, alice)
      const asked = await browser.call('open', { url: `https://${server.fqdn}/` })
      expect(asked.forms.length, 'forms').toEqual(1)
      const page = await browser.call('click', { text: 'Windows' })
      expect(page).toInclude({ ok: true, status: 200, url: `https://${server.fqdn}/` })
      expect(page.text).toContain(`Welcome, ${people.alice.displayName}`)
    },
  }),
  scenario({
    id: 'identity-manager/browser/wrong-windows-password-is-refused',
    title: 'A Windows user whose password the domain does not know is refused with 401',
    requirement: requirement.windowsAuthentication,
    on: inTheDomain,
    brokenBy: { setting: 'server.iis.windowsAuthentication', value: false },
    async run({ browser, server, expect, defer }) {
      fresh(browser, { defer })
      await windowsUser(browser, { defer }, { ...alice, password: 'not-hers' })
      const page = await browser.call('open', { url: `https://${server.fqdn}/Account/Windows` })
      expect(page).toInclude({ ok: true, status: 401 })
      expect((await server.journal('windows-login-refused')).length, 'refusals').toEqual(1)
    },
  }),
  scenario({
    id: 'identity-manager/browser/windows-user-unknown-to-the-application-has-no-rights',
    title: 'A domain user whom Identity Manager does not know is logged in, and has no access',
    requirement: requirement.logins,
    on: inTheDomain,
    brokenBy: controllerUnreachable,
    async run({ browser, server, directory, expect, defer }) {
      fresh(browser, { defer })
      const stranger = { name: 'dave', password: 'Dave-2026!' }
      defer(() => directory.call('remove-account', { name: stranger.name }))
      await directory.call('set-account', stranger)
      await windowsUser(browser, { defer }, { user: 'CORP\\dave', password: stranger.password })
      const page = await browser.call('open', { url: `https://${server.fqdn}/Account/Windows` })
      expect(page).toInclude({ ok: true, status: 403 })
      expect(page.text).toContain('no access')
    },
  }),
  scenario({
    id: 'identity-manager/browser/windows-login-needs-the-domain-controller',
    title: 'While the domain controller cannot be reached nobody logs in by Windows, and the form still works',
    requirement: requirement.windowsAuthentication,
    on: inTheDomain,
    brokenBy: { setting: 'server.appsettings.Authentication', value: { AllowLocalLogin: false } },
    async run({ browser, server, expect, defer, inject }) {
      fresh(browser, { defer })
      await inject(controllerUnreachable)
      await windowsUser(browser, { defer }, alice)
      const refused = await browser.call('open', { url: `https://${server.fqdn}/Account/Windows` })
      expect(refused).toInclude({ ok: true, status: 401 })
      await browser.call('open', { url: `https://${server.fqdn}/Account/Login` })
      const { login, password } = people.alice
      const page = await browser.call('submit-form', { fields: { Username: login, Password: password } })
      expect(page).toInclude({ status: 200, url: `https://${server.fqdn}/` })
    },
  }),
  scenario({
    id: 'identity-manager/browser/anonymous-off-asks-everybody-for-windows',
    title: 'With Anonymous Authentication off no page comes without a Windows login, the login page included',
    requirement: requirement.anonymousAuthentication,
    on: inTheDomain,
    brokenBy: controllerUnreachable,
    async run({ browser, server, expect, defer, step }) {
      fresh(browser, { defer })
      await server.restart({ iis: { anonymousAuthentication: false } })
      await step('a browser that nobody is logged in behind', async () => {
        for (const path of ['/', '/Account/Login', '/hc']) {
          const page = await browser.call('open', { url: `https://${server.fqdn}${path}` })
          expect(page, path).toInclude({ ok: true, status: 401 })
        }
      })
      await step('a browser of a domain user', async () => {
        await windowsUser(browser, { defer }, alice)
        const page = await browser.call('open', { url: `https://${server.fqdn}/` })
        expect(page).toInclude({ ok: true, status: 200 })
        expect(page.text).toContain(`Welcome, ${people.alice.displayName}`)
      })
    },
  }),
  scenario({
    id: 'identity-manager/browser/anonymous-on-shows-the-login-page-to-everybody',
    title: 'With Anonymous Authentication on a browser that no domain knows is shown the login page',
    requirement: requirement.anonymousAuthentication,
    on: inTheDomain,
    brokenBy: { setting: 'server.iis.anonymousAuthentication', value: false },
    async run({ browser, server, expect, defer }) {
      fresh(browser, { defer })
      const page = await browser.call('open', { url: `https://${server.fqdn}/` })
      expect(page).toInclude({ ok: true, status: 200 })
      expect(page.url).toContain('/Account/Login')
    },
  }),
]
