import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { people } from '../people.ts'
import { requirement } from '../requirement.ts'

const clientWebAndTwoServers = {
  client: { kind: 'password-secure/client', first: true },
  web: 'web-server',
  first: { kind: 'password-secure/app-server', via: 'web.app', first: true },
  second: { kind: 'password-secure/app-server', via: 'web.app', otherThan: 'first', first: true },
} as const

export const loadDistribution: readonly AnyScenario[] = [
  scenario({
    id: 'password-secure/load/requests-spread-over-the-application-servers',
    title: 'Logins through one web server are answered by every application server behind it',
    requirement: requirement.loadDistribution,
    on: clientWebAndTwoServers,
    brokenBy: { stop: 'second' },
    async run({ client, web, first, second, expect, defer }) {
      defer(() => client.call('web-logout', {}))
      const answered = new Set<string>()
      for (let request = 0; request < 12; request++) {
        const answer = await client.call('web-login', { url: `https://${web.fqdn}`, ...people.alice })
        if (answer.ok && answer.answeredBy) answered.add(answer.answeredBy)
      }
      const servers = [...answered].map((name) => name.split('.')[0])
      expect(servers, 'servers that answered').toContain(first.host)
      expect(servers, 'servers that answered').toContain(second.host)
    },
  }),
  scenario({
    id: 'password-secure/load/session-holds-on-every-application-server',
    title: 'A session begun at one application server is good at the others behind the web server',
    requirement: requirement.severalServers,
    on: clientWebAndTwoServers,
    brokenBy: { fault: 'reject', from: 'client', to: 'web', port: 443 },
    async run({ client, web, expect, defer }) {
      defer(() => client.call('web-logout', {}))
      expect(await client.call('web-login', { url: `https://${web.fqdn}`, ...people.bob })).toInclude({ ok: true })
      for (let request = 0; request < 6; request++) {
        expect(await client.call('web-list-secrets', {}), `request ${request + 1}`).toInclude({ ok: true })
      }
    },
  }),
  scenario({
    id: 'password-secure/load/one-server-down-is-not-noticed',
    title: 'With one application server down the web server goes on with the others',
    requirement: requirement.loadDistribution,
    on: clientWebAndTwoServers,
    brokenBy: { stop: 'web' },
    async run({ client, web, second, expect, inject, defer }) {
      defer(() => client.call('web-logout', {}))
      await inject({ fault: 'reject', from: 'web', to: 'second', port: 11_016 })
      const answers = []
      for (let request = 0; request < 6; request++) {
        answers.push(await client.call('web-login', { url: `https://${web.fqdn}`, ...people.alice }))
      }
      for (const answer of answers) expect(answer, `without ${second.host}`).toInclude({ ok: true })
    },
  }),
  scenario({
    id: 'password-secure/load/servers-share-one-database',
    title: 'What is made through one application server is there at the other',
    requirement: requirement.database,
    on: {
      client: 'password-secure/client',
      first: { kind: 'password-secure/app-server', via: 'client.server' },
      other: { kind: 'password-secure/client', otherThan: 'client' },
      second: { kind: 'password-secure/app-server', via: 'other.server', otherThan: 'first' },
    },
    brokenBy: { fault: 'reject', from: 'other', to: 'second', port: 11_011 },
    async run({ client, other, expect, defer }) {
      defer(() => client.call('logout', {}))
      defer(() => other.call('logout', {}))
      expect(await client.call('login', people.carol)).toInclude({ ok: true })
      expect(await other.call('login', people.carol)).toInclude({ ok: true })
      const name = `Made at ${client.host} ${Date.now()}`
      expect(await client.call('create-secret', { name, password: 'Shared-1' })).toInclude({ ok: true })
      expect(await other.call('read-secret', { name })).toInclude({ ok: true, password: 'Shared-1' })
    },
  }),
]
