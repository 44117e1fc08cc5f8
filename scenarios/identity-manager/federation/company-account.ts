import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { fresh, people } from '../people.ts'
import { requirement } from '../requirement.ts'

const on = {
  browser: { kind: 'browser', first: true },
  server: 'identity-manager/server',
  provider: { kind: 'identity-provider', via: 'server.identityProvider' },
} as const

const LINK = 'Company account'
const HTTPS = 443
const alice = { login: people.alice.login, password: people.alice.password }

/** Logins at the organisation's own OpenID provider: browsers and the server must both reach it. */
export const companyAccounts: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/federation/company-account-leads-to-the-start-page',
    title: 'A user logs in at the organisation’s identity provider and comes back to the start page',
    requirement: requirement.externalProvider,
    on: { ...on, browser: 'browser' },
    brokenBy: { fault: 'reject', from: 'server', to: 'provider', port: HTTPS },
    async run({ browser, server, provider, expect, defer }) {
      fresh(browser, { defer })
      await browser.call('open', { url: `https://${server.fqdn}/` })
      const form = await browser.call('click', { text: LINK })
      expect(form, 'the provider’s form').toInclude({ ok: true, status: 200 })
      expect(form.url).toContain(`https://${provider.fqdn}/`)
      const page = await browser.call('submit-form', { fields: alice })
      expect(page).toInclude({ ok: true, status: 200, url: `https://${server.fqdn}/` })
      expect(page.text).toContain(`Welcome, ${people.alice.displayName}`)
    },
  }),
  scenario({
    id: 'identity-manager/federation/browser-that-cannot-reach-the-provider',
    title: 'A browser that does not reach the identity provider ends there; the server’s own form still works',
    requirement: requirement.externalProvider,
    on,
    brokenBy: { setting: 'server.appsettings.Authentication', value: { AllowLocalLogin: false } },
    async run({ browser, server, expect, defer, inject }) {
      fresh(browser, { defer })
      await inject({ fault: 'reject', from: 'browser', to: 'provider', port: HTTPS })
      await browser.call('open', { url: `https://${server.fqdn}/Account/Login` })
      const lost = await browser.call('click', { text: LINK })
      expect(lost, 'the provider’s page').toInclude({ ok: false, error: { net: 'net::ERR_CONNECTION_REFUSED' } })
      await browser.call('open', { url: `https://${server.fqdn}/Account/Login` })
      const { login, password } = people.alice
      const page = await browser.call('submit-form', { fields: { Username: login, Password: password } })
      expect(page).toInclude({ ok: true, url: `https://${server.fqdn}/` })
    },
  }),
  scenario({
    id: 'identity-manager/federation/server-that-cannot-reach-the-provider',
    title: 'A server that does not reach the metadata of the identity provider says so in its log, and not to the user',
    requirement: requirement.externalProvider,
    on,
    brokenBy: { setting: 'server.appsettings.IdentityServer', value: { ShowPII: true } },
    async run({ browser, server, expect, defer, inject }) {
      fresh(browser, { defer })
      // What it has read of a provider it keeps.
      await server.restart()
      await inject({ fault: 'reject', from: 'server', to: 'provider', port: HTTPS })
      await browser.call('open', { url: `https://${server.fqdn}/Account/Login` })
      const page = await browser.call('click', { text: LINK })
      expect(page).toInclude({ ok: true, status: 500 })
      expect(page.text.includes('IDX20803'), 'the page tells why').toEqual(false)
      const refusals = await server.journal('login-refused')
      expect(String(refusals.at(-1)?.facts.reason)).toContain('IDX20803: Unable to obtain configuration from')
    },
  }),
  scenario({
    id: 'identity-manager/federation/claim-that-fits-nobody-gives-no-rights',
    title: 'A user whose claim fits no identity is logged in and has no access: NameClaimType names the claim',
    requirement: requirement.externalProvider,
    on,
    brokenBy: { fault: 'reject', from: 'server', to: 'provider', port: HTTPS },
    async run({ browser, server, expect, defer }) {
      fresh(browser, { defer })
      await server.restart({ appsettings: { Authentication: { OpenId: { Company: { NameClaimType: 'sub' } } } } })
      await browser.call('open', { url: `https://${server.fqdn}/Account/Login` })
      await browser.call('click', { text: LINK })
      const page = await browser.call('submit-form', { fields: alice })
      expect(page).toInclude({ ok: true, status: 403 })
      expect(page.text).toContain('no access')
    },
  }),
  scenario({
    id: 'identity-manager/federation/changed-secret-is-refused',
    title:
      'With a client secret that the provider does not know, the login ends with an error after the provider’s form',
    requirement: requirement.externalProvider,
    on,
    brokenBy: { fault: 'reject', from: 'server', to: 'provider', port: HTTPS },
    async run({ browser, server, provider, expect, defer }) {
      fresh(browser, { defer })
      await server.restart({
        appsettings: { Authentication: { OpenId: { Company: { ClientSecret: 'not-the-secret' } } } },
      })
      await browser.call('open', { url: `https://${server.fqdn}/Account/Login` })
      await browser.call('click', { text: LINK })
      const page = await browser.call('submit-form', { fields: alice })
      expect(page).toInclude({ ok: true, status: 500 })
      const refusals = await provider.journal('token-refused')
      expect(refusals.at(-1)?.facts.error).toEqual('invalid_client')
    },
  }),
]
