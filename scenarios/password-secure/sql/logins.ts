import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { sqlOf } from './sql-of.ts'

const pair = {
  app: { kind: 'password-secure/app-server', first: true },
  sql: { kind: 'sql-server', via: 'app.database' },
} as const

export const sqlLogins: readonly AnyScenario[] = [
  scenario({
    id: 'password-secure/sql/wrong-password-is-18456',
    title: 'A wrong password at SQL Server is error 18456, for a Windows account 18452, and says no more than that',
    requirement: requirement.sqlIncoming,
    on: pair,
    brokenBy: { fault: 'reject', from: 'app', to: 'sql', port: 1433 },
    async run({ app, sql, expect }) {
      const { sqlUser } = app.settings
      const seen = await app.probe('sql', { server: sqlOf(app, sql), user: sqlUser, password: 'not-it' })
      const failed = { number: 18_456, text: `Login failed for user '${sqlUser}'.` }
      const untrusted = { number: 18_452, text: 'The login is from an untrusted domain' }
      expect(seen).toFail({ code: 'ELOGIN', ...(String(sqlUser).includes('\\') ? untrusted : failed) })
    },
  }),
  scenario({
    id: 'password-secure/sql/unknown-login-is-18456-too',
    title: 'An unknown login is refused in the same words; only SQL Server’s error log knows why',
    requirement: requirement.sqlIncoming,
    on: pair,
    brokenBy: { call: 'sql', action: 'create-login', input: { name: 'ghost', password: 'Gh0st-2026!' } },
    async run({ app, sql, expect }) {
      const seen = await app.probe('sql', { server: sqlOf(app, sql), user: 'ghost', password: 'Gh0st-2026!' })
      expect(seen).toFail({ code: 'ELOGIN', number: 18_456, text: "Login failed for user 'ghost'." })
    },
  }),
  scenario({
    id: 'password-secure/sql/missing-database-is-4060',
    title: 'A database that cannot be opened fails the login with 4060 before 18456',
    requirement: requirement.database,
    on: pair,
    brokenBy: { call: 'sql', action: 'execute', input: { sql: 'CREATE DATABASE NotThere' } },
    async run({ app, sql, expect }) {
      const { sqlUser, sqlPassword } = app.settings
      const login = { user: sqlUser, password: sqlPassword }
      const seen = await app.probe('sql', { server: sqlOf(app, sql), ...login, database: 'NotThere' })
      expect(seen).toFail({ code: 'ELOGIN', number: 18_456 })
      expect(JSON.stringify(seen), 'every error that was sent').toContain('4060')
    },
  }),
  scenario({
    id: 'password-secure/sql/database-is-case-and-accent-aware-as-documented',
    title: 'The product’s databases have the documented collation Latin1_General_CI_AS',
    requirement: requirement.database,
    on: pair,
    brokenBy: { fault: 'reject', from: 'app', to: 'sql', port: 1433 },
    async run({ app, sql, expect }) {
      const { sqlUser, sqlPassword, databaseName } = app.settings
      const seen = await app.probe('sql', {
        server: sqlOf(app, sql),
        user: sqlUser,
        password: sqlPassword,
        query: `SELECT collation_name FROM sys.databases WHERE name = '${databaseName}'`,
      })
      expect(seen).toSucceed()
      expect(seen.facts.sql).toInclude({ rows: [{ collation_name: 'Latin1_General_CI_AS' }] })
    },
  }),
  scenario({
    id: 'password-secure/sql/each-server-has-its-configuration-database',
    title: 'Beside the shared data database every application server has a configuration database of its own',
    requirement: requirement.database,
    on: { app: 'password-secure/app-server', sql: { kind: 'sql-server', via: 'app.database' } },
    brokenBy: { fault: 'reject', from: 'app', to: 'sql', port: 1433 },
    async run({ app, sql, expect }) {
      const { sqlUser, sqlPassword, databaseName } = app.settings
      const query = 'SELECT name FROM sys.databases'
      const seen = await app.probe('sql', { server: sqlOf(app, sql), user: sqlUser, password: sqlPassword, query })
      expect(seen).toSucceed()
      const { database } = await app.call('status', {})
      const found = JSON.stringify(seen.facts.sql)
      expect(found, 'databases').toContain(`"${databaseName}"`)
      expect(found, 'databases').toContain(`"${database.configName}"`)
    },
  }),
]
