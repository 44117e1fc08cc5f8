import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { people } from '../people.ts'
import { requirement } from '../requirement.ts'

const clientWebAndServer = {
  // What is proven is the server's; one client shows it.
  client: { kind: 'password-secure/client', first: true },
  web: 'web-server',
  app: { kind: 'password-secure/app-server', via: 'web.app', first: true },
} as const

export const webLogins: readonly AnyScenario[] = [
  scenario({
    id: 'password-secure/login/browser-logs-in-through-the-web-server',
    title: 'A browser logs in and reads a secret through the web server',
    requirement: requirement.webServicesOutgoing,
    on: clientWebAndServer,
    brokenBy: { call: 'app', action: 'revoke', input: { secret: 'Intranet', from: 'IT' } },
    async run({ client, web, expect, defer }) {
      defer(() => client.call('web-logout', {}))
      const answer = await client.call('web-login', { url: `https://${web.fqdn}`, ...people.bob })
      expect(answer).toInclude({ ok: true, user: 'bob', allowOrigin: `https://${web.fqdn}` })
      expect(await client.call('web-read-secret', { name: 'Intranet' })).toInclude({ ok: true, username: 'it-team' })
    },
  }),
  scenario({
    id: 'password-secure/login/browser-with-a-wrong-password-is-refused',
    title: 'A wrong password is refused through the web server as well',
    requirement: requirement.logins,
    on: clientWebAndServer,
    brokenBy: { fault: 'reject', from: 'web', to: 'app', port: 11_016 },
    async run({ client, web, app, expect, defer }) {
      defer(() => app.call('unlock-user', { name: 'carol' }))
      const url = `https://${web.fqdn}`
      const answer = await client.call('web-login', { url, user: 'carol', password: 'not-hers' })
      expect(answer).toInclude({ ok: false, reason: 'refused', code: 'login-failed' })
    },
  }),
  scenario({
    id: 'password-secure/login/foreign-origin-is-refused',
    title: 'A page of another origin may not use the web services',
    requirement: requirement.cors,
    on: clientWebAndServer,
    brokenBy: { call: 'app', action: 'allow-origin', input: { origin: 'https://evil.example' } },
    async run({ client, web, expect, defer }) {
      defer(() => client.call('web-logout', {}))
      const url = `https://${web.fqdn}`
      const answer = await client.call('web-login', { url, origin: 'https://evil.example', ...people.alice })
      expect(answer).toInclude({ ok: false, reason: 'refused' })
    },
  }),
  scenario({
    id: 'password-secure/login/web-session-ends-with-the-logout',
    title: 'After the logout the web session is worth nothing',
    requirement: requirement.logins,
    on: clientWebAndServer,
    brokenBy: { fault: 'reject', from: 'client', to: 'web', port: 443 },
    async run({ client, web, expect }) {
      const url = `https://${web.fqdn}`
      expect(await client.call('web-login', { url, ...people.carol })).toInclude({ ok: true })
      expect(await client.call('web-logout', {})).toInclude({ ok: true })
      expect(await client.call('web-list-secrets', {})).toInclude({ ok: false })
    },
  }),
]
