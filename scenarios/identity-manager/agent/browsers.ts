import { type AnyScenario, type Role, scenario } from '../../../harness/scenario/index.ts'
import { addressOf } from '../address.ts'
import { fresh, logIn } from '../people.ts'
import { requirement } from '../requirement.ts'

const PORT = 5_001

const browserAgentServer = {
  browser: { kind: 'browser', first: true },
  agent: 'identity-manager/agent',
  server: { kind: 'identity-manager/server', via: 'agent.server' },
} as const

const browserAndAgent = { browser: { kind: 'browser', first: true }, agent: 'identity-manager/agent' } as const

const unreachable = { fault: 'reject', from: 'browser', to: 'agent', port: PORT } as const

const launchAt = (agent: Role<'identity-manager/agent'>) => `https://${agent.fqdn}:${PORT}/api/Job/Launch`

export const agentBrowsers: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/agent/browsers-trust-its-certificate',
    title: 'Every browser trusts the certificate of the agent’s HTTPS port',
    requirement: requirement.agentBrowsers,
    on: { browser: 'browser', agent: 'identity-manager/agent' },
    brokenBy: { setting: 'agent.certificate.defect', value: 'untrusted-root' },
    async run({ browser, agent, expect }) {
      const seen = await browser.probe('tls', { host: agent.fqdn, port: PORT })
      expect(seen).toSucceed()
      expect(seen.facts.tls).toInclude({ authorized: true })
    },
  }),
  scenario({
    id: 'identity-manager/agent/page-of-the-server-launches-a-job',
    title: 'Logged in at the server, a user launches a job at the agent from the server’s page',
    requirement: requirement.agentBrowsers,
    on: browserAgentServer,
    brokenBy: { setting: 'agent.appsettings', value: { Cors: { AllowAnyHeader: false } } },
    async run({ browser, agent, server, expect, defer, step }) {
      fresh(browser, { defer })
      await logIn(browser, server, 'alice')
      const token = await step('the page gets a ticket for the agent', async () => {
        const ticket = await browser.call('fetch', { url: `https://${addressOf(server)}/api/Agents/Tickets` })
        expect(ticket.status, 'status of the ticket').toEqual(200)
        return String(JSON.parse(ticket.text ?? '{}').ticket)
      })
      const launched = await browser.call('fetch', {
        url: launchAt(agent),
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ job: 'Complete' }),
      })
      expect(launched).toInclude({ ok: true, status: 202 })
      const { instances } = await agent.call('jobs', {})
      expect(instances.at(-1), 'the job').toInclude({ job: 'Complete', by: 'alice' })
    },
  }),
  scenario({
    id: 'identity-manager/agent/other-origins-are-not-let-in',
    title: 'To a page of another origin than the server’s the agent gives no CORS headers',
    requirement: requirement.agentBrowsers,
    on: browserAgentServer,
    brokenBy: { setting: 'agent.ApplicationUri', value: 'https://evil.example' },
    async run({ browser, agent, server, expect }) {
      const own = (await server.call('status', {})).applicationUri ?? ''
      const preflight = async (origin: string) => {
        const seen = await browser.probe('http', {
          url: launchAt(agent),
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization',
          },
        })
        expect(seen, `preflight from ${origin}`).toSucceed()
        return JSON.stringify(seen.facts.http)
      }
      expect((await preflight('https://evil.example')).includes('access-control-'), 'headers for others').toEqual(false)
      expect(await preflight(new URL(own).origin), 'headers for the server’s pages').toContain(
        '"access-control-allow-headers":"authorization"',
      )
    },
  }),
  scenario({
    id: 'identity-manager/agent/nothing-without-a-token',
    title: 'The agent does nothing for who shows no token, or one that the server has not signed',
    requirement: requirement.agentTokens,
    on: browserAndAgent,
    brokenBy: unreachable,
    async run({ browser, agent, expect }) {
      const before = (await agent.call('jobs', {})).instances.length
      const launch = (headers: Record<string, string>) =>
        browser.probe('http', {
          url: launchAt(agent),
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: '{"job":"Complete"}',
        })
      const forged = `${encoded({ alg: 'none' })}.${encoded({ sub: 'alice', scope: 'usercube_api' })}.`
      for (const headers of [{}, { authorization: 'Bearer guessed' }, { authorization: `Bearer ${forged}` }]) {
        const seen = await launch(headers)
        expect(seen).toSucceed()
        expect(seen.facts.http, 'the answer').toInclude({ status: 401 })
      }
      expect((await agent.call('jobs', {})).instances.length, 'jobs').toEqual(before)
    },
  }),
]

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
