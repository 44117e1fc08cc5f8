import { scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { sqlOf } from '../sql/sql-of.ts'

const pair = { app: 'password-secure/app-server', sql: { kind: 'sql-server', via: 'app.database' } } as const

export const sqlServerPorts = [
  scenario({
    id: 'password-secure/ports/sql-server-takes-the-application-server-in',
    title: 'The application server’s login gets into SQL Server on 1433',
    requirement: requirement.sqlIncoming,
    on: pair,
    brokenBy: { fault: 'reject', from: 'app', to: 'sql', port: 1433 },
    async run({ app, sql, expect }) {
      const { sqlUser, sqlPassword } = app.settings
      const seen = await app.probe('sql', {
        server: sqlOf(app, sql),
        user: sqlUser,
        password: sqlPassword,
        query: 'SELECT SUSER_SNAME() AS login_name',
      })
      expect(seen).toSucceed()
      expect(seen.facts.sql).toInclude({ rows: [{ login_name: sqlUser }] })
    },
  }),
  scenario({
    id: 'password-secure/ports/application-server-works-on-sql-server',
    title: 'The application server holds its database connection on 1433, encrypted',
    requirement: requirement.sqlOutgoing,
    on: pair,
    brokenBy: { setting: 'app.encrypt', value: false },
    async run({ app, sql, expect }) {
      const { database } = await app.call('status', {})
      expect(database).toInclude({ connected: true, server: sqlOf(app, sql), encrypted: true })
      // Of an instance that is named it is SQL Server Browser that tells the port.
      if (sqlOf(app, sql) === sql.fqdn) expect(database).toInclude({ port: 1433 })
    },
  }),
]
