import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { agentAndServer, cutOff } from './connection.ts'
import { dailyIn, HOUR_MINUTES } from './daily.ts'

const ORDER = {
  agentIdentifier: 'Agent1',
  connector: 'HR',
  resourceType: 'HR_Employee',
  changeType: 'Modified',
  resource: 'carol',
  changes: { Mail: 'carol.chen@corp.example' },
} as const

export const agentWork: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/agent/orders-are-fetched-and-reported',
    title: 'The agent fetches a provisioning order, executes it, and the server knows; it is not given out twice',
    requirement: requirement.agentOrders,
    on: agentAndServer,
    brokenBy: cutOff,
    async run({ agent, server, expect }) {
      const made = await server.call('create-order', ORDER)
      expect(made).toInclude({ ok: true })
      const id = made.ok ? made.id : ''
      const fetched = await agent.call('fetch-orders', {})
      expect(fetched).toInclude({ ok: true })
      expect(fetched.ok && fetched.orders.find((order) => order.id === id)).toInclude({ state: 'Executed' })
      const { orders } = await server.call('orders', {})
      expect(orders.find((order) => order.id === id)).toInclude({ agentIdentifier: 'Agent1', state: 'Executed' })
      expect(await agent.call('fetch-orders', {}), 'a second time').toEqual({ ok: true, orders: [] })
    },
  }),
  scenario({
    id: 'identity-manager/agent/orders-lie-encrypted',
    title: 'A downloaded order lies encrypted: nobody reads it without the agent’s key pair',
    requirement: requirement.agentOrders,
    on: agentAndServer,
    brokenBy: { setting: 'agent.appsettings', value: { EncryptionCertificate: { EncryptFile: false } } },
    async run({ agent, server, expect }) {
      expect(await server.call('create-order', ORDER)).toInclude({ ok: true })
      const fetched = await agent.call('fetch-orders', {})
      const path = (fetched.ok && fetched.orders[0]?.file) || ''
      expect(path).toMatch(/^Work\/ProvisioningOrders\/Downloaded\//)
      const own = await agent.call('read-file', { path, as: 'agent' })
      expect(own.ok && own.text, 'the order, decrypted').toContain('carol.chen@corp.example')
      expect(await agent.call('read-file', { path, as: 'stranger' })).toInclude({ ok: false, code: 'another-key' })
    },
  }),
  scenario({
    id: 'identity-manager/agent/jobs-are-known-to-the-server',
    title: 'A job exports, synchronises and fulfils, and the server hears of its beginning and its end',
    requirement: requirement.agentConnection,
    on: agentAndServer,
    brokenBy: cutOff,
    async run({ agent, server, expect }) {
      const launched = await agent.call('launch-job', { job: 'Complete' })
      expect(launched).toInclude({ ok: true, instance: { job: 'Complete', state: 'Completed' } })
      const reported = (await server.journal('job-reported')).map(({ facts }) => facts.state)
      expect(reported, 'states that the server has heard').toEqual(['Started', 'Completed'])
    },
  }),
  scenario({
    id: 'identity-manager/agent/reset-mail-is-sent',
    title:
      'A password reset sends its mail, with a link to the server, through the mail server of the agent’s settings',
    requirement: requirement.agentMails,
    on: { agent: 'identity-manager/agent', mail: { kind: 'smtp-server', via: 'agent.mail' } },
    brokenBy: { fault: 'reject', from: 'agent', to: 'mail' },
    async run({ agent, mail, landscape, expect }) {
      const { mails: before } = await mail.call('search', { limit: 1_000 })
      expect(await agent.call('reset-password', { login: 'bob' })).toInclude({ ok: true, sent: true })
      const to = `bob@${landscape.domain}`
      const { mails } = await mail.call('search', { afterId: before.at(-1)?.id ?? 0, to, atLeast: 1 })
      expect(mails.length, `mails to ${to}`).toEqual(1)
      expect(mails[0]).toInclude({ client: agent.host })
      const { applicationUri = '' } = await agent.call('status', {})
      expect(mails[0]?.text).toContain(`${applicationUri}/PasswordReset/Activate/?activationCode=`)
    },
  }),
  scenario({
    id: 'identity-manager/agent/scheduler-waits-for-its-lock',
    title:
      'A scheduler.lock that a crash has left keeps the scheduler waiting, or makes it fail at once, until it is deleted',
    requirement: requirement.agentScheduler,
    on: { agent: 'identity-manager/agent' },
    brokenBy: { setting: 'agent.appsettings', value: { Scheduler: { Enabled: false } } },
    async run({ agent, expect, defer }) {
      defer(() => agent.call('remove-scheduler-lock', {}))
      expect(await agent.call('leave-scheduler-lock', {}), 'the lock stays').toEqual({ leaves: true })
      await agent.restart({ appsettings: { Scheduler: { MaxLockWatchTime: -1 } } })
      expect(await agent.call('status', {}), 'below 0').toInclude({ state: 'running', scheduler: 'failed' })
      await agent.restart({ appsettings: { Scheduler: { MaxLockWatchTime: 0 } } })
      expect(await agent.call('status', {}), '0').toInclude({ scheduler: 'waiting' })
      expect(await agent.call('remove-scheduler-lock', {})).toEqual({ removed: true })
      await agent.restart()
      expect(await agent.call('status', {}), 'without the lock').toInclude({ scheduler: 'running' })
    },
  }),
  scenario({
    id: 'identity-manager/agent/scheduled-job-starts-at-its-time',
    title: 'A job with a schedule is launched at its time by the scheduler, and not before; the server hears of it',
    requirement: requirement.agentScheduler,
    on: agentAndServer,
    brokenBy: { setting: 'agent.appsettings', value: { Scheduler: { Enabled: false } } },
    async run({ agent, server, expect }) {
      await agent.restart({ schedules: { Complete: dailyIn(3 * HOUR_MINUTES) } })
      expect(await agent.call('elapse', { minutes: 2 * HOUR_MINUTES }), 'too early').toEqual({ ok: true, launched: [] })
      const inTime = await agent.call('elapse', { minutes: 2 * HOUR_MINUTES })
      expect(inTime.ok && inTime.launched.map(({ job, state }) => `${job} ${state}`)).toEqual(['Complete Completed'])
      const reported = (await server.journal('job-reported')).map(({ facts }) => facts.state)
      expect(reported, 'states that the server has heard').toEqual(['Started', 'Completed'])
      expect((await agent.call('jobs', {})).instances.at(-1), 'the job').toInclude({ by: 'scheduler' })
    },
  }),
  scenario({
    id: 'identity-manager/agent/exports-from-sql-server',
    title: 'The agent logs in to SQL Server by a connection string of Databases, and exports what a statement gives',
    requirement: requirement.agentDatabases,
    on: { agent: 'identity-manager/agent', sql: { kind: 'sql-server', via: 'agent.database' } },
    brokenBy: { fault: 'reject', from: 'agent', to: 'sql', port: 1433 },
    async run({ agent, sql, expect, defer }) {
      const login = { name: 'payroll_reader', password: 'Pay-4-Readers!' }
      defer(() => sql.call('execute', { sql: `DROP LOGIN ${login.name};`, database: 'master' }))
      await sql.call('create-login', { ...login, roles: [] })
      const place = `data source=${sql.fqdn};Database=master;User Id=${login.name};Password=${login.password};encrypt=false;`
      await agent.restart({
        agentAppsettings: {
          Databases: { Payroll: place },
          Connections: { Payroll: { Database: 'Payroll', SqlCommand: "SELECT 7 AS Id, N'Chen' AS LastName;" } },
        },
      })
      const exported = await agent.call('export', { connector: 'Payroll' })
      expect(exported).toInclude({ ok: true, rows: 1, encrypted: true })
      const path = exported.ok ? exported.file : ''
      expect(await agent.call('read-file', { path, as: 'agent' })).toEqual({ ok: true, text: 'Id;LastName\n7;Chen\n' })
    },
  }),
]
