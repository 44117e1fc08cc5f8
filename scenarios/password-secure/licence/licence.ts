import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { logIn, people } from '../people.ts'
import { requirement } from '../requirement.ts'

const licensed = {
  client: { kind: 'password-secure/client', first: true },
  app: { kind: 'password-secure/app-server', via: 'client.server' },
  license: { kind: 'password-secure/license-server', via: 'app.license' },
} as const

const keyOf = (settings: { readonly [key: string]: unknown }) => String(settings.licenceKey)

export const licences: readonly AnyScenario[] = [
  scenario({
    id: 'password-secure/licence/activated-at-start',
    title: 'The application server activated its licence over HTTPS when it started, and takes logins',
    requirement: requirement.licenceOutgoing,
    on: licensed,
    brokenBy: { fault: 'reject', from: 'app', to: 'license', port: 443 },
    async run({ client, app, license, expect, defer }) {
      const status = await app.call('status', {})
      expect(status).toInclude({ acceptsLogins: true, licence: { state: 'active' } })
      const { licences: known } = await license.call('licences', {})
      const servers = known.flatMap(({ activations }) => activations.map(({ server }) => server))
      expect(servers.join(' ').toLowerCase(), 'activated servers').toContain(app.host)
      await logIn(client, 'alice', { expect, defer })
    },
  }),
  scenario({
    id: 'password-secure/licence/unknown-key-is-refused',
    title: 'A licence key that was never sold is refused, and with it every login',
    requirement: requirement.licence,
    on: licensed,
    brokenBy: { call: 'license', action: 'register-licence', input: { key: 'NEVER-SOLD' } },
    async run({ client, app, expect, defer }) {
      defer(() => app.call('activate-licence', { key: keyOf(app.settings) }))
      expect(await app.call('activate-licence', { key: 'NEVER-SOLD' })).toInclude({ state: 'refused' })
      expect(await client.call('login', people.alice)).toInclude({ ok: false, reason: 'refused' })
    },
  }),
  scenario({
    id: 'password-secure/licence/too-many-activations',
    title: 'A licence whose activations are used up is refused with “Too many activations!”',
    requirement: requirement.licence,
    on: licensed,
    brokenBy: { fault: 'reject', from: 'app', to: 'license', port: 443 },
    async run({ client, app, license, expect, defer }) {
      defer(() => app.call('activate-licence', { key: keyOf(app.settings) }))
      await license.call('register-licence', { key: 'USED-UP', maxActivations: 0 })
      const answer = await app.call('activate-licence', { key: 'USED-UP' })
      expect(answer).toInclude({ state: 'refused' })
      expect(answer.text, 'what the administrator reads').toContain('Too many activations!')
      expect(await client.call('login', people.alice)).toInclude({ ok: false, reason: 'refused' })
    },
  }),
  scenario({
    id: 'password-secure/licence/expired-licence-refuses-logins',
    title: 'When the licence has expired, logins are refused',
    requirement: requirement.licence,
    on: licensed,
    brokenBy: { fault: 'reject', from: 'client', to: 'app', port: 11_011 },
    async run({ client, app, license, expect, defer }) {
      defer(() => app.call('activate-licence', { key: keyOf(app.settings) }))
      await license.call('register-licence', { key: 'OLD', validTo: '2020-01-01T00:00:00Z' })
      expect(await app.call('activate-licence', { key: 'OLD' })).toInclude({ state: 'expired' })
      expect(await client.call('login', people.alice)).toInclude({ ok: false, reason: 'refused' })
    },
  }),
  scenario({
    id: 'password-secure/licence/reset-counter-lets-it-activate-again',
    title: 'After the vendor’s support has reset the counter, the licence activates again',
    requirement: requirement.licence,
    on: licensed,
    brokenBy: { fault: 'reject', from: 'app', to: 'license', port: 443 },
    async run({ app, license, expect, defer }) {
      defer(() => app.call('activate-licence', { key: keyOf(app.settings) }))
      await license.call('register-licence', { key: 'ONE', maxActivations: 0 })
      expect(await app.call('activate-licence', { key: 'ONE' })).toInclude({ state: 'refused' })
      await license.call('register-licence', { key: 'ONE', maxActivations: 1 })
      await license.call('reset-counter', { key: 'ONE' })
      expect(await app.call('activate-licence', { key: 'ONE' })).toInclude({ state: 'active' })
    },
  }),
  scenario({
    id: 'password-secure/licence/unreachable-licence-server-is-named',
    title: 'A licence server that cannot be reached is told apart from a licence that is refused',
    requirement: requirement.licenceOutgoing,
    on: licensed,
    brokenBy: { call: 'license', action: 'register-licence', input: { key: 'NEVER-SOLD' } },
    async run({ app, expect, inject, defer }) {
      defer(() => app.call('activate-licence', { key: keyOf(app.settings) }))
      const blocked = await inject({ fault: 'reject', from: 'app', to: 'license', port: 443 })
      const answer = await app.call('activate-licence', {})
      expect(answer).toInclude({ state: 'unreachable', code: 'ECONNREFUSED' })
      await blocked.clear()
      expect(await app.call('activate-licence', { key: 'NEVER-SOLD' })).toInclude({ state: 'refused' })
    },
  }),
]
