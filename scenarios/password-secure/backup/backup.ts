import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { logIn } from '../people.ts'
import { requirement } from '../requirement.ts'

const appAndDatabase = {
  app: { kind: 'password-secure/app-server', first: true },
  sql: { kind: 'sql-server', via: 'app.database' },
} as const

export const backups: readonly AnyScenario[] = [
  scenario({
    id: 'password-secure/backup/restored-data-is-what-was-backed-up',
    title: 'A backup is made through SQL Server, and restoring it brings back what was changed since',
    requirement: requirement.backup,
    on: {
      client: { kind: 'password-secure/client', first: true },
      app: { kind: 'password-secure/app-server', via: 'client.server' },
      sql: { kind: 'sql-server', via: 'app.database' },
    },
    brokenBy: { setting: 'app.backupService', value: false },
    async run({ client, app, expect, defer, step }) {
      await logIn(client, 'alice', { expect, defer })
      const before = await client.call('read-secret', { name: 'Core router' })
      await step('back up', async () => {
        expect(await app.call('backup', { path: 'scenario.bak' })).toInclude({ ok: true })
      })
      await step('change a secret', async () => {
        const changed = await client.call('change-secret', { name: 'Core router', password: 'Changed-since' })
        expect(changed).toInclude({ ok: true })
      })
      await step('restore', async () => {
        expect(await app.call('restore', { path: 'scenario.bak' })).toInclude({ ok: true })
      })
      await client.call('logout', {})
      await logIn(client, 'alice', { expect, defer })
      expect(await client.call('read-secret', { name: 'Core router' })).toEqual(before)
    },
  }),
  scenario({
    id: 'password-secure/backup/impossible-path-is-reported',
    title: 'A backup to a path that is not there fails with SQL Server’s own error',
    requirement: requirement.backups,
    on: appAndDatabase,
    brokenBy: { setting: 'app.backupService', value: false },
    async run({ app, expect }) {
      const result = await app.call('backup', { path: '/no/such/folder/backup.bak' })
      expect(result).toInclude({ ok: false, code: '3201' })
    },
  }),
  scenario({
    id: 'password-secure/backup/failures-in-a-row-deactivate-the-schedule',
    title: 'A schedule that fails five times in a row is deactivated, a single failure only marks it',
    requirement: requirement.backups,
    on: appAndDatabase,
    brokenBy: { setting: 'app.scheduleFailuresAllowed', value: 100 },
    async run({ app, expect, defer }) {
      const { path } = await app.call('backup-schedule', {})
      defer(() => app.call('amend-schedule', { path }))
      await app.call('amend-schedule', { path: '/no/such/folder/backup.bak' })
      const first = await app.call('run-schedule', {})
      expect(first.schedule).toInclude({ colour: 'orange', active: true, failuresInARow: 1 })
      for (let failure = 2; failure <= 5; failure++) await app.call('run-schedule', {})
      expect(await app.call('backup-schedule', {})).toInclude({ colour: 'red', active: false, failuresInARow: 5 })
      expect(await app.call('run-schedule', {})).toInclude({ ran: false })
    },
  }),
  scenario({
    id: 'password-secure/backup/amended-schedule-runs-again',
    title: 'A deactivated schedule runs again after it was opened and amended',
    requirement: requirement.backups,
    on: appAndDatabase,
    brokenBy: { setting: 'app.backupService', value: false },
    async run({ app, expect, defer }) {
      const { path } = await app.call('backup-schedule', {})
      defer(() => app.call('amend-schedule', { path }))
      await app.call('amend-schedule', { path: '/no/such/folder/backup.bak' })
      for (let failure = 1; failure <= 5; failure++) await app.call('run-schedule', {})
      expect(await app.call('amend-schedule', { path })).toInclude({ active: true })
      const again = await app.call('run-schedule', {})
      expect(again).toInclude({ ran: true, result: { ok: true }, schedule: { colour: 'green', failuresInARow: 0 } })
    },
  }),
]
