import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'

const pair = {
  server: { kind: 'identity-manager/server', first: true },
  sql: { kind: 'sql-server', via: 'server.database' },
} as const

/** A login that may do everything misses nothing, whatever is taken from it. */
const almighty = { setting: 'server.databaseRights.serverRoles', value: ['sysadmin'] } as const

/** What is taken from the login, and what SQL Server then says to it. */
const rights = [
  {
    id: 'security-role',
    right: 'sysadmin or securityadmin',
    role: 'SERVER ROLE securityadmin',
    number: 15_151,
    proves: requirement.databaseRoles,
  },
  { id: 'db-owner', right: 'db_owner', role: 'ROLE db_owner', number: 15_151, proves: requirement.databaseRights },
  {
    id: 'bulkadmin',
    right: 'bulkadmin',
    role: 'SERVER ROLE bulkadmin',
    number: 4_834,
    proves: requirement.databaseRights,
  },
] as const

const missing = rights.map(({ id, right, role, number, proves }) =>
  scenario({
    id: `identity-manager/database/${id}-is-required`,
    title: `Without ${right} the server's login is refused by SQL Server (${number}), and /hc is Unhealthy`,
    requirement: proves,
    on: pair,
    brokenBy: almighty,
    async run({ server, sql, expect, defer }) {
      const database = String(server.settings.databaseName)
      const { database: before } = await server.call('status', {})
      expect(before, 'the database').toInclude({ connected: true, missingRights: [] })
      const change = (verb: 'ADD' | 'DROP') =>
        sql.call('execute', { sql: `ALTER ${role} ${verb} MEMBER [${before?.login}];`, database })
      defer(() => change('ADD'))
      await change('DROP')
      const answer = await server.probe('http', { url: `https://${server.fqdn}/hc` })
      expect(answer.facts.http, 'what /hc says').toInclude({ status: 503, body: 'Unhealthy' })
      const [told] = await server.journal('database-right-missing')
      expect(told?.facts, 'what the server says').toInclude({ right, number })
    },
  }),
)

export const databaseRights: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/database/service-account-logs-in',
    title: 'The server is logged in to SQL Server as its service account, with every right that is demanded',
    requirement: requirement.sqlLogin,
    on: {
      server: { kind: 'identity-manager/server', where: { sqlAuthentication: 'windows' } },
      sql: { kind: 'sql-server', via: 'server.database' },
    },
    brokenBy: { setting: 'server.databaseRights.serverRoles', value: ['bulkadmin'] },
    async run({ server, expect }) {
      const { account, database } = await server.call('status', {})
      expect(database, 'the database').toInclude({ connected: true, login: account, missingRights: [] })
    },
  }),
  ...missing,
  scenario({
    id: 'identity-manager/database/bulk-load',
    title: 'A bulk operation writes resources, and without bulkadmin none of them',
    requirement: requirement.databaseRights,
    on: pair,
    brokenBy: almighty,
    async run({ server, sql, expect, defer }) {
      const database = String(server.settings.databaseName)
      const { database: before } = await server.call('status', {})
      const member = (verb: 'ADD' | 'DROP') =>
        sql.call('execute', { sql: `ALTER SERVER ROLE bulkadmin ${verb} MEMBER [${before?.login}];`, database })
      const resources = [{ identifier: 'bulk-loaded', displayName: 'Bulk Loaded' }]
      defer(() => sql.call('execute', { sql: `DELETE UR_Resource WHERE Identifier = N'bulk-loaded';`, database }))
      defer(() => member('ADD'))
      await member('DROP')
      expect(await server.call('bulk-import', { resources })).toInclude({ ok: false, code: '4834' })
      await member('ADD')
      expect(await server.call('bulk-import', { resources })).toEqual({ ok: true, rows: 1 })
    },
  }),
  scenario({
    id: 'identity-manager/database/built-in-identity-is-refused',
    title:
      'Under the built-in application pool identity a distant SQL Server meets the computer account, and refuses it: 18456',
    requirement: requirement.customAccount,
    on: {
      server: { kind: 'identity-manager/server', where: { hosting: 'iis', sqlAuthentication: 'windows' } },
      sql: { kind: 'sql-server', via: 'server.database' },
    },
    // A SQL login does not ask who the process runs as.
    brokenBy: { setting: 'server.sqlAuthentication', value: 'sql' },
    async run({ server, expect }) {
      await server.restart({ iis: { applicationPool: { identityType: 'ApplicationPoolIdentity' } } })
      const { database } = await server.call('status', {})
      expect(database, 'the database').toInclude({ connected: false, code: '18456' })
      expect(database?.text ?? '', 'what SQL Server says').toMatch(/^Login failed for user '.+\\.+\$'\.$/)
    },
  }),
]
