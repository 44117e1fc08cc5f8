import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { addressOf } from '../address.ts'
import { fresh, logIn } from '../people.ts'
import { requirement } from '../requirement.ts'
import { dailyIn, HOUR_MINUTES } from './daily.ts'

const withAgent = { kind: 'identity-manager/server', where: { integratedAgent: { enabled: true } } } as const

export const integratedAgents: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/integrated-agent/works-in-the-servers-process',
    title:
      'The agent within the server exports, synchronises and fulfils orders, and needs neither a connection nor a token',
    requirement: requirement.integratedAgent,
    on: { server: withAgent },
    brokenBy: { setting: 'server.appsettings.NotUseAgent', value: true },
    async run({ server, expect }) {
      const made = await server.call('create-order', {
        agentIdentifier: 'Local',
        connector: 'HR',
        resourceType: 'HR_Employee',
        changeType: 'Modified',
        resource: 'carol',
        changes: { Mail: 'carol.chen@corp.example' },
      })
      const id = made.ok ? made.id : ''
      expect(await server.call('agent-launch-job', { job: 'Complete' })).toInclude({
        ok: true,
        instance: { job: 'Complete', state: 'Completed' },
      })
      const received = (await server.journal('collection-received')).map(({ facts }) => facts)
      expect(received.at(-1), 'what has come').toInclude({ agent: 'Local', connector: 'HR', rows: 3 })
      const { orders } = await server.call('orders', {})
      expect(orders.find((order) => order.id === id)).toInclude({ agentIdentifier: 'Local', state: 'Executed' })
      expect((await server.journal('token-issued')).length, 'tokens issued').toEqual(0)
    },
  }),
  scenario({
    id: 'identity-manager/integrated-agent/shares-the-servers-key-pair',
    title: 'What it has collected lies encrypted with the server’s own key pair: the server reads it, nobody else does',
    requirement: requirement.integratedAgent,
    on: { server: withAgent },
    brokenBy: { setting: 'server.appsettings', value: { EncryptionCertificate: { EncryptFile: false } } },
    async run({ server, expect }) {
      const exported = await server.call('agent-export', { connector: 'HR' })
      expect(exported).toInclude({ ok: true, rows: 3, encrypted: true })
      const name = exported.ok ? exported.file.replace('Work/Collect/', '') : ''
      const read = await server.call('read-file', { kind: 'source', name })
      expect(read.ok && read.content, 'as the server reads it').toContain('Arnold')
      const path = exported.ok ? exported.file : ''
      expect(await server.call('agent-read-file', { path, as: 'stranger' })).toInclude({ code: 'another-key' })
    },
  }),
  scenario({
    id: 'identity-manager/integrated-agent/page-launches-a-job-at-the-server',
    title: 'A job is launched at the server’s own site, by who is logged in there and by nobody else',
    requirement: requirement.integratedAgent,
    on: { browser: { kind: 'browser', first: true }, server: withAgent },
    brokenBy: { fault: 'reject', from: 'browser', to: 'server', port: 443 },
    async run({ browser, server, expect, defer }) {
      fresh(browser, { defer })
      const launch = () =>
        browser.call('fetch', {
          url: `https://${addressOf(server)}/api/Job/Launch`,
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"job":"Complete"}',
        })
      await logIn(browser, server, 'alice')
      expect(await launch(), 'logged in').toInclude({ ok: true, status: 202 })
      expect((await server.call('agent-jobs', {})).instances.at(-1)).toInclude({ job: 'Complete', by: 'alice' })
      const stranger = await browser.probe('http', {
        url: `https://${addressOf(server)}/api/Job/Launch`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"job":"Complete"}',
      })
      expect(stranger.facts.http, 'not logged in').toInclude({ status: 401 })
    },
  }),
  scenario({
    id: 'identity-manager/integrated-agent/exports-from-sql-server',
    title: 'From the server’s host it logs in to SQL Server by a connection string of Databases, and exports',
    requirement: requirement.agentDatabases,
    on: { server: withAgent, sql: { kind: 'sql-server', via: 'server.database' } },
    brokenBy: { fault: 'reject', from: 'server', to: 'sql', port: 1433 },
    async run({ server, sql, expect, defer }) {
      const login = { name: 'payroll_reader', password: 'Pay-4-Readers!' }
      defer(() => sql.call('execute', { sql: `DROP LOGIN ${login.name};`, database: 'master' }))
      await sql.call('create-login', { ...login, roles: [] })
      const place = `data source=${sql.fqdn};Database=master;User Id=${login.name};Password=${login.password};encrypt=false;`
      await server.restart({
        integratedAgent: {
          enabled: true,
          agentAppsettings: {
            Databases: { Payroll: place },
            Connections: { Payroll: { Database: 'Payroll', SqlCommand: "SELECT 7 AS Id, N'Chen' AS LastName;" } },
          },
        },
      })
      const exported = await server.call('agent-export', { connector: 'Payroll' })
      expect(exported).toInclude({ ok: true, rows: 1 })
      const path = exported.ok ? exported.file : ''
      expect(await server.call('agent-read-file', { path, as: 'agent' })).toEqual({
        ok: true,
        text: 'Id;LastName\n7;Chen\n',
      })
    },
  }),
  scenario({
    id: 'identity-manager/integrated-agent/reset-mail-is-sent',
    title: 'A password reset sends its mail from the server’s host, by the settings of appsettings.agent.json',
    requirement: requirement.agentMails,
    on: { server: withAgent, mail: { kind: 'smtp-server', via: 'server.mail' } },
    brokenBy: { fault: 'reject', from: 'server', to: 'mail', port: 25 },
    async run({ server, mail, landscape, expect }) {
      const afterId = (await mail.call('search', { limit: 1_000 })).mails.at(-1)?.id ?? 0
      expect(await server.call('agent-reset-password', { login: 'bob' })).toInclude({ ok: true, sent: true })
      const { mails } = await mail.call('search', { afterId, to: `bob@${landscape.domain}`, atLeast: 1 })
      expect(mails[0]).toInclude({ client: server.host })
    },
  }),
  scenario({
    id: 'identity-manager/integrated-agent/ends-with-the-servers-process',
    title: 'When the worker process ends, the agent ends with it; the next request brings both back',
    requirement: requirement.applicationPool,
    on: { server: { ...withAgent, where: { ...withAgent.where, hosting: 'iis' } } },
    brokenBy: { setting: 'server.hosting', value: 'windows-service' },
    async run({ server, expect }) {
      await server.restart({ iis: { applicationPool: { idleTimeoutMinutes: 20 } } })
      expect(await server.call('agent-status', {}), 'before').toEqual({ running: true, scheduler: 'running' })
      expect(await server.call('elapse', { minutes: 20 })).toInclude({ state: 'stopped' })
      expect(await server.call('agent-status', {}), 'without a process').toInclude({ running: false })
      expect(await server.call('agent-launch-job', {})).toInclude({ ok: false, step: 'start' })
      expect(await server.probe('http', { url: `https://${server.fqdn}/hc` })).toSucceed()
      expect(await server.call('agent-status', {}), 'after').toEqual({ running: true, scheduler: 'running' })
    },
  }),
  scenario({
    id: 'identity-manager/integrated-agent/idle-pool-misses-scheduled-jobs',
    title: 'A pool that ends its idle process misses the jobs that are due then; with the recommended 0 they start',
    requirement: requirement.applicationPool,
    on: { server: { ...withAgent, where: { ...withAgent.where, hosting: 'iis' } } },
    brokenBy: { setting: 'server.hosting', value: 'windows-service' },
    async run({ server, expect }) {
      const integratedAgent = { enabled: true, schedules: { Complete: dailyIn(3 * HOUR_MINUTES) } }
      const night = { minutes: 4 * HOUR_MINUTES }
      await server.restart({ integratedAgent, iis: { applicationPool: { idleTimeoutMinutes: 20 } } })
      expect(await server.call('elapse', night), 'idle').toInclude({ state: 'stopped', launched: [] })
      await server.restart({ integratedAgent, iis: {} })
      const { state, launched } = await server.call('elapse', night)
      expect(state, 'without idle time-out').toEqual('running')
      expect(
        launched.map((job) => `${job.job} ${job.state}`),
        'jobs',
      ).toEqual(['Complete Completed'])
    },
  }),
  scenario({
    id: 'identity-manager/integrated-agent/its-settings-keep-the-server-from-starting',
    title: 'An appsettings.agent.json that cannot be parsed keeps the server from starting, and is named',
    requirement: requirement.settingsFile,
    on: { server: withAgent },
    brokenBy: { setting: 'server.licence.defect', value: 'expired' },
    async run({ server, expect }) {
      const agentAppsettingsText = '{ "Databases": "C:\\Usercube" }'
      await server.restart({ integratedAgent: { enabled: true, agentAppsettingsText } })
      const status = await server.call('status', {})
      expect(status).toInclude({ state: 'failed', refusal: { code: 'appsettings-malformed' } })
      expect(status.refusal?.text).toContain('appsettings.agent.json')
    },
  }),
]
