import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'

const pair = {
  app: { kind: 'password-secure/app-server', first: true },
  sql: { kind: 'sql-server', via: 'app.database' },
} as const

const states = [
  { state: 'paused', number: 17_142, text: 'SQL Server service has been paused' },
  { state: 'starting', number: 17_187, text: 'SQL Server is not ready to accept new client connections' },
  { state: 'shutting-down', number: 17_188, text: 'because it is shutting down' },
  { state: 'script-upgrade', number: 18_401, text: 'Server is in script upgrade mode' },
  { state: 'single-user', number: 18_461, text: 'Server is in single user mode' },
] as const

/** A login of the case's own, which is no administrator. */
const ticket = { name: 'ticket', password: 'Ticket-2026!' }

/** What an application is told while SQL Server is up and lets nobody in: credentials are right, all clients at once. */
export const sqlServiceStates: readonly AnyScenario[] = states.map(({ state, number, text }) =>
  scenario({
    id: `password-secure/sql/service-${state}-is-${number}`,
    title: `While SQL Server is ${state.replace('-', ' ')} the right password does not help: ${number}`,
    requirement: requirement.sqlIncoming,
    on: pair,
    brokenBy: { fault: 'reject', from: 'app', to: 'sql', port: 1433 },
    async run({ app, sql, expect, defer }) {
      defer(() => sql.call('drop-login', { name: ticket.name }))
      await sql.call('create-login', ticket)
      defer(() => sql.call('set-state', { state: 'running' }))
      await sql.call('set-state', { state })
      const seen = await app.probe('sql', { server: sql.fqdn, user: ticket.name, password: ticket.password })
      expect(seen).toFail({ code: 'ELOGIN', number, text })
    },
  }),
)
