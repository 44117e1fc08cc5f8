import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { logIn, people, seenBy } from '../people.ts'
import { requirement } from '../requirement.ts'

const clientAndServer = {
  // What is proven is the server's; one client shows it.
  client: { kind: 'password-secure/client', first: true },
  app: { kind: 'password-secure/app-server', via: 'client.server' },
} as const

/** Bob may not see it: it belongs to alice, and carol may read it. */
const HIDDEN = 'Bank account'
const shownToBob = { call: 'app', action: 'grant', input: { secret: HIDDEN, to: 'bob', right: 'read' } } as const

export const permissions: readonly AnyScenario[] = [
  scenario({
    id: 'password-secure/permissions/list-holds-only-what-the-user-may-read',
    title: 'A user’s list on 11011 does not even name what only others may read',
    requirement: requirement.permissions,
    on: clientAndServer,
    brokenBy: shownToBob,
    async run({ client, expect, defer }) {
      await logIn(client, 'bob', { expect, defer })
      const names = await seenBy(client, { expect })
      expect(names, 'what bob sees').toContain('Bob only')
      expect(names.includes(HIDDEN), `bob sees "${HIDDEN}"`).toEqual(false)
    },
  }),
  scenario({
    id: 'password-secure/permissions/hidden-secret-is-as-good-as-none',
    title: 'Asking by name for a secret of others is answered as if there were none',
    requirement: requirement.permissions,
    on: clientAndServer,
    brokenBy: shownToBob,
    async run({ client, expect, defer }) {
      await logIn(client, 'bob', { expect, defer })
      const hidden = await client.call('read-secret', { name: HIDDEN })
      const missing = await client.call('read-secret', { name: 'There is no such secret' })
      expect(hidden).toInclude({ ok: false, reason: 'not-found' })
      expect(hidden.ok ? '' : hidden.code).toEqual(missing.ok ? '' : missing.code)
    },
  }),
  scenario({
    id: 'password-secure/permissions/web-list-holds-only-what-the-user-may-read',
    title: 'A user’s list through the web server does not name what only others may read',
    requirement: requirement.permissions,
    on: { ...clientAndServer, web: 'web-server' },
    brokenBy: shownToBob,
    async run({ client, web, expect, defer }) {
      defer(() => client.call('web-logout', {}))
      expect(await client.call('web-login', { url: `https://${web.fqdn}`, ...people.bob })).toInclude({ ok: true })
      const answer = await client.call('web-list-secrets', {})
      expect(answer).toInclude({ ok: true })
      const names = answer.ok ? answer.secrets.map(({ name }) => name) : []
      expect(names, 'what bob sees').toContain('Intranet')
      expect(names.includes(HIDDEN), `bob sees "${HIDDEN}"`).toEqual(false)
    },
  }),
  scenario({
    id: 'password-secure/permissions/web-does-not-give-hidden-secrets',
    title: 'The web services do not give a secret of others',
    requirement: requirement.permissions,
    on: { ...clientAndServer, web: 'web-server' },
    brokenBy: shownToBob,
    async run({ client, web, expect, defer }) {
      defer(() => client.call('web-logout', {}))
      expect(await client.call('web-login', { url: `https://${web.fqdn}`, ...people.bob })).toInclude({ ok: true })
      expect(await client.call('web-read-secret', { name: HIDDEN })).toInclude({ ok: false, reason: 'not-found' })
    },
  }),
  scenario({
    id: 'password-secure/permissions/reader-does-not-change',
    title: 'Who may only read a secret cannot change it',
    requirement: requirement.permissions,
    on: clientAndServer,
    brokenBy: { call: 'app', action: 'grant', input: { secret: 'Intranet', to: 'bob', right: 'write' } },
    async run({ client, expect, defer }) {
      await logIn(client, 'bob', { expect, defer })
      const answer = await client.call('change-secret', { name: 'Intranet', password: 'Bob-was-here' })
      expect(answer).toInclude({ ok: false, reason: 'not-allowed' })
    },
  }),
  scenario({
    id: 'password-secure/permissions/role-gives-its-members-access',
    title: 'A role’s right is its members’ right',
    requirement: requirement.permissions,
    on: clientAndServer,
    brokenBy: { call: 'app', action: 'revoke', input: { secret: 'Intranet', from: 'IT' } },
    async run({ client, expect, defer }) {
      await logIn(client, 'bob', { expect, defer })
      const answer = await client.call('read-secret', { name: 'Intranet' })
      expect(answer).toInclude({ ok: true, username: 'it-team', password: 'Intra-Net-77' })
    },
  }),
  scenario({
    id: 'password-secure/permissions/revoked-right-ends-at-once',
    title: 'A right that is taken away ends for a user who is logged in',
    requirement: requirement.permissions,
    on: clientAndServer,
    brokenBy: { fault: 'reject', from: 'client', to: 'app', port: 11_011 },
    async run({ client, app, expect, defer }) {
      await logIn(client, 'carol', { expect, defer })
      expect(await client.call('read-secret', { name: HIDDEN })).toInclude({ ok: true })
      defer(() => app.call('grant', { secret: HIDDEN, to: 'carol', right: 'read' }))
      await app.call('revoke', { secret: HIDDEN, from: 'carol' })
      expect(await client.call('read-secret', { name: HIDDEN })).toInclude({ ok: false, reason: 'not-found' })
    },
  }),
  scenario({
    id: 'password-secure/permissions/nobody-without-a-login',
    title: 'Without a login nothing is handed out',
    requirement: requirement.permissions,
    on: clientAndServer,
    brokenBy: { call: 'client', action: 'login', input: { ...people.alice } },
    async run({ client, expect }) {
      expect(await client.call('list-secrets', {})).toInclude({ ok: false, reason: 'not-logged-in' })
    },
  }),
]
