import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'

const SQL = 1433
const HTTPS = 443
const server = { kind: 'identity-manager/server', first: true } as const
const agent = { kind: 'identity-manager/agent', first: true } as const

/** How mail gets to the mail server, by port: in clear text or STARTTLS, submitted over STARTTLS, over TLS from the first byte. */
const mailPorts = [
  { port: 25, secure: 'starttls', named: 'takes mail' },
  { port: 587, secure: 'required-starttls', named: 'offers submission over STARTTLS' },
  { port: 465, secure: 'implicit', named: 'offers submission over TLS' },
] as const

/** The documented flows of Identity Manager, port by port: each goes red when exactly this traffic is cut. */
export const identityManagerPorts: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/ports/server-reaches-its-database',
    title: 'The server logs in to SQL Server on 1433, and says that it is healthy',
    requirement: requirement.sqlLogin,
    on: { server, sql: { kind: 'sql-server', via: 'server.database' } },
    brokenBy: { fault: 'reject', from: 'server', to: 'sql', port: SQL },
    async run({ server: im, sql, expect }) {
      expect(await im.probe('tcp', { host: sql.fqdn, port: SQL })).toSucceed()
      expect(await im.call('health', {})).toInclude({ ok: true, status: 'Healthy' })
    },
  }),
  scenario({
    id: 'identity-manager/ports/browsers-reach-the-server',
    title: 'Every end user’s browser reaches the server over HTTPS on 443',
    requirement: requirement.httpsCertificate,
    on: { browser: 'browser', server: 'identity-manager/server' },
    brokenBy: { fault: 'reject', from: 'browser', to: 'server', port: HTTPS },
    async run({ browser, server: im, expect }) {
      const seen = await browser.probe('http', { url: `https://${im.fqdn}/hc` })
      expect(seen).toSucceed()
      expect(seen.facts.http).toInclude({ status: 200 })
    },
  }),
  scenario({
    id: 'identity-manager/ports/agent-reaches-sql-server',
    title: 'The agent reaches SQL Server on 1433, from whose databases it can export',
    requirement: requirement.agentDatabases,
    on: { agent, sql: { kind: 'sql-server', via: 'agent.database' } },
    brokenBy: { fault: 'reject', from: 'agent', to: 'sql', port: SQL },
    async run({ agent: exporting, sql, expect }) {
      expect(await exporting.probe('tcp', { host: sql.fqdn, port: SQL })).toSucceed()
    },
  }),
  scenario({
    id: 'identity-manager/ports/browsers-reach-the-identity-provider',
    title: 'Every end user’s browser reaches the organisation’s identity provider on 443',
    requirement: requirement.externalProvider,
    on: {
      browser: 'browser',
      server: 'identity-manager/server',
      provider: { kind: 'identity-provider', via: 'server.identityProvider' },
    },
    brokenBy: { fault: 'reject', from: 'browser', to: 'provider', port: HTTPS },
    async run({ browser, provider, expect }) {
      const seen = await browser.probe('http', { url: `https://${provider.fqdn}/.well-known/openid-configuration` })
      expect(seen).toSucceed()
      expect(seen.facts.http).toInclude({ status: 200 })
    },
  }),
  ...mailPorts.map(({ port, secure, named }) =>
    scenario({
      id: `identity-manager/ports/mail-server-is-open-to-the-agent-on-${port}`,
      title: `The mail server ${named} on ${port} for the agent, which mails users who reset their passwords`,
      requirement: requirement.agentMailSettings,
      on: { agent, mail: { kind: 'smtp-server', via: 'agent.mail' } },
      brokenBy: { fault: 'reject', from: 'agent', to: 'mail', port },
      async run({ agent: mailing, mail, expect }) {
        expect(await mailing.probe('smtp', { host: mail.fqdn, port, secure })).toSucceed()
      },
    }),
  ),
]
