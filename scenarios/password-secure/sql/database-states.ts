import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'

const pair = {
  app: { kind: 'password-secure/app-server', first: true },
  sql: { kind: 'sql-server', via: 'app.database' },
} as const

const states = [
  { state: 'OFFLINE', number: 942, text: 'cannot be opened because it is offline' },
  { state: 'RESTORING', number: 927, text: 'It is in the middle of a restore' },
  { state: 'RECOVERING', number: 922, text: 'is being recovered. Waiting until recovery is finished' },
  { state: 'RECOVERY_PENDING', number: 945, text: 'inaccessible files or insufficient memory or disk space' },
  { state: 'SUSPECT', number: 926, text: 'It has been marked SUSPECT by recovery' },
] as const

/** A database of the case's own, so that the product's keeps working. */
const database = 'Ticket'
const broken = { fault: 'reject', from: 'app', to: 'sql', port: 1433 } as const

export const sqlDatabaseStates: readonly AnyScenario[] = [
  scenario({
    id: 'password-secure/sql/closed-database-says-why-to-who-is-in',
    title: 'USE of a database that is offline, restoring, recovering or suspect has a number for each',
    requirement: requirement.database,
    on: pair,
    brokenBy: broken,
    async run({ app, sql, expect, defer, step }) {
      const login = { server: sql.fqdn, user: 'sa', password: sql.settings.saPassword }
      defer(() => sql.call('execute', { sql: `DROP DATABASE ${database}` }))
      await sql.call('execute', { sql: `CREATE DATABASE ${database}` })
      for (const { state, number, text } of states) {
        await step(`${state} is ${number}`, async () => {
          await sql.call('set-database', { database, state })
          expect(await app.probe('sql', { ...login, query: `USE ${database}` })).toFail({ number, text })
        })
      }
    },
  }),
  scenario({
    id: 'password-secure/sql/closed-database-is-4060-to-who-logs-in',
    title: 'A login to a database that is offline is 4060, then 18456; only the ERRORLOG has state 38',
    requirement: requirement.database,
    on: pair,
    brokenBy: broken,
    async run({ app, sql, expect, defer }) {
      const login = { server: sql.fqdn, user: 'sa', password: sql.settings.saPassword }
      defer(() => sql.call('execute', { sql: `DROP DATABASE ${database}` }))
      await sql.call('execute', { sql: `CREATE DATABASE ${database}` })
      await sql.call('set-database', { database, state: 'OFFLINE' })
      const seen = await app.probe('sql', { ...login, database })
      expect(seen).toFail({ code: 'ELOGIN', number: 18_456 })
      expect(JSON.stringify(seen), 'every error that was sent').toContain('Msg 4060, Level 11, State 1')
      const { lines } = await sql.call('error-log', {})
      expect(lines.slice(-2).join('\n'), 'the ERRORLOG').toContain('Error: 18456, Severity: 14, State: 38.')
    },
  }),
  scenario({
    id: 'password-secure/sql/read-only-database-is-3906',
    title: 'A database that is read-only can be read, and every change of it is 3906',
    requirement: requirement.database,
    on: pair,
    brokenBy: broken,
    async run({ app, sql, expect, defer }) {
      const login = { server: sql.fqdn, user: 'sa', password: sql.settings.saPassword, database }
      const drop = `ALTER DATABASE ${database} SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE ${database}`
      defer(() => sql.call('execute', { sql: drop }))
      await sql.call('execute', { sql: `CREATE DATABASE ${database}` })
      await sql.call('set-database', { database, readOnly: true })
      expect(await app.probe('sql', { ...login, query: 'SELECT DB_NAME() AS name' })).toSucceed()
      const change = await app.probe('sql', { ...login, query: 'CREATE TABLE t (a int)' })
      expect(change).toFail({ number: 3_906, text: 'because the database is read-only' })
    },
  }),
]
