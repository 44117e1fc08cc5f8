import { scenario } from '../../../harness/scenario/index.ts'
import { logIn } from '../people.ts'
import { requirement } from '../requirement.ts'

const sameHost = {
  client: 'password-secure/client',
  addOn: { kind: 'password-secure/add-on', sameHostAs: 'client' },
} as const

export const addOnScenarios = [
  scenario({
    id: 'password-secure/add-on/client-finds-its-add-on',
    title: 'A client reaches the add-on of its own host on 52120',
    requirement: requirement.addOnOutgoing,
    on: sameHost,
    brokenBy: { fault: 'reject', from: 'client', to: 'addOn', port: 52_120 },
    async run({ client, expect }) {
      expect(await client.probe('tcp', { host: 'localhost', port: 52_120 })).toSucceed()
      expect(await client.call('connect-add-on', {})).toInclude({ ok: true })
      expect(await client.call('connection', {})).toInclude({ addOn: true })
    },
  }),
  scenario({
    id: 'password-secure/add-on/login-is-passed-on',
    title: 'The add-on fills a page with what the logged-in user may read',
    requirement: requirement.addOnOutgoing,
    on: sameHost,
    brokenBy: { fault: 'reject', from: 'addOn', to: 'client', port: 52_120 },
    async run({ client, addOn, expect, defer }) {
      await logIn(client, 'alice', { expect, defer })
      const filled = await addOn.call('fill', { url: 'https://intranet.corp.example/login' })
      expect(filled).toInclude({ ok: true, secret: 'Intranet', username: 'it-team' })
    },
  }),
  scenario({
    id: 'password-secure/add-on/nothing-without-a-login',
    title: 'The add-on gets nothing while nobody is logged in at its client',
    requirement: requirement.addOnOutgoing,
    on: sameHost,
    brokenBy: { call: 'client', action: 'login', input: { user: 'alice', password: 'Alice-2026!' } },
    async run({ addOn, expect }) {
      const filled = await addOn.call('fill', { url: 'https://intranet.corp.example/login' })
      expect(filled).toInclude({ ok: false, reason: 'not-logged-in' })
    },
  }),
  scenario({
    id: 'password-secure/add-on/nothing-that-the-user-may-not-read',
    title: 'The add-on does not fill a page whose secret the user may not read',
    requirement: requirement.permissions,
    on: { ...sameHost, app: { kind: 'password-secure/app-server', via: 'client.server' } },
    brokenBy: { call: 'app', action: 'grant', input: { secret: 'Sales portal', to: 'bob', right: 'read' } },
    async run({ client, addOn, expect, defer }) {
      await logIn(client, 'bob', { expect, defer })
      const filled = await addOn.call('fill', { url: 'https://sales.corp.example/' })
      expect(filled).toInclude({ ok: false, reason: 'no-secret' })
    },
  }),
]
