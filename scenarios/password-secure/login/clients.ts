import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { logIn, people } from '../people.ts'
import { requirement } from '../requirement.ts'

const clientAndServer = {
  // What is proven is the server's; one client shows it.
  client: { kind: 'password-secure/client', first: true },
  app: { kind: 'password-secure/app-server', via: 'client.server' },
} as const

export const clientLogins: readonly AnyScenario[] = [
  scenario({
    id: 'password-secure/login/client-logs-in',
    title: 'A user logs in on 11011 with the right password, and the server knows from where',
    requirement: requirement.logins,
    on: clientAndServer,
    brokenBy: { call: 'app', action: 'lock-user', input: { name: 'alice' } },
    async run({ client, app, expect, defer }) {
      await logIn(client, 'alice', { expect, defer })
      const { sessions } = await app.call('sessions', {})
      const own = sessions.find(({ user, from }) => user === 'alice' && from === client.host)
      expect(own, 'the session at the server').toInclude({ channel: 'clients' })
    },
  }),
  scenario({
    id: 'password-secure/login/wrong-password-is-refused',
    title: 'A wrong password is refused',
    requirement: requirement.logins,
    on: clientAndServer,
    brokenBy: { call: 'app', action: 'lock-user', input: { name: 'carol' } },
    async run({ client, app, expect, defer }) {
      defer(() => app.call('unlock-user', { name: 'carol' }))
      const answer = await client.call('login', { user: 'carol', password: 'not-hers' })
      expect(answer).toInclude({ ok: false, reason: 'refused', code: 'login-failed' })
    },
  }),
  scenario({
    id: 'password-secure/login/unknown-user-is-refused-alike',
    title: 'An unknown user is refused in the words of a wrong password',
    requirement: requirement.logins,
    on: clientAndServer,
    brokenBy: { call: 'app', action: 'create-user', input: { name: 'mallory', password: 'Mallory-2026!' } },
    async run({ client, app, expect, defer }) {
      defer(() => app.call('unlock-clients', {}))
      defer(() => app.call('unlock-user', { name: 'carol' }))
      const unknown = await client.call('login', { user: 'mallory', password: 'Mallory-2026!' })
      const wrong = await client.call('login', { user: 'carol', password: 'not-hers' })
      expect(unknown).toInclude({ ok: false, code: 'login-failed' })
      expect(unknown).toEqual(wrong)
    },
  }),
  scenario({
    id: 'password-secure/login/disabled-user-is-refused',
    title: 'A disabled user does not get in with the right password',
    requirement: requirement.logins,
    on: clientAndServer,
    brokenBy: { call: 'app', action: 'enable-user', input: { name: 'dave' } },
    async run({ client, expect, defer }) {
      defer(() => client.call('logout', {}))
      const answer = await client.call('login', people.dave)
      expect(answer).toInclude({ ok: false, reason: 'refused' })
    },
  }),
  scenario({
    id: 'password-secure/login/wrong-passwords-lock-the-user',
    title: 'Wrong passwords in a row lock the user, for the right password too',
    requirement: requirement.bruteForce,
    on: clientAndServer,
    brokenBy: { setting: 'app.lockUserAfter', value: 1_000 },
    async run({ client, app, expect, defer, step }) {
      defer(() => client.call('logout', {}))
      defer(() => app.call('unlock-user', { name: 'bob' }))
      await step('five wrong passwords', async () => {
        for (let attempt = 1; attempt <= 5; attempt++) {
          await client.call('login', { user: 'bob', password: `guess ${attempt}` })
        }
      })
      await step('the right one', async () => {
        expect(await client.call('login', people.bob)).toInclude({ ok: false, reason: 'refused', code: 'user-locked' })
      })
    },
  }),
  scenario({
    id: 'password-secure/login/unlocked-user-gets-in-again',
    title: 'A locked user gets in again after the administrator unlocks it',
    requirement: requirement.bruteForce,
    on: clientAndServer,
    brokenBy: { fault: 'reject', from: 'client', to: 'app', port: 11_011 },
    async run({ client, app, expect, defer }) {
      await app.call('lock-user', { name: 'carol' })
      defer(() => app.call('unlock-user', { name: 'carol' }))
      expect(await client.call('login', people.carol)).toInclude({ ok: false, code: 'user-locked' })
      await app.call('unlock-user', { name: 'carol' })
      await logIn(client, 'carol', { expect, defer })
    },
  }),
  scenario({
    id: 'password-secure/login/unknown-users-lock-the-client',
    title: 'Unknown user names in a row lock the client that asks, not a user',
    requirement: requirement.bruteForce,
    on: clientAndServer,
    brokenBy: { setting: 'app.lockClientAfter', value: 1_000 },
    async run({ client, app, expect, defer }) {
      defer(() => client.call('logout', {}))
      defer(() => app.call('unlock-clients', {}))
      for (let attempt = 1; attempt <= 5; attempt++) {
        await client.call('login', { user: `nobody-${attempt}`, password: 'guess' })
      }
      expect(await client.call('login', people.alice)).toInclude({
        ok: false,
        reason: 'refused',
        code: 'client-locked',
      })
    },
  }),
]
