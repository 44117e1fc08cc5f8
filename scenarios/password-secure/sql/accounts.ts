import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'

const pair = {
  app: { kind: 'password-secure/app-server', first: true },
  sql: { kind: 'sql-server', via: 'app.database' },
} as const

/** A login of the case's own, so that the product's keeps working. */
const ticket = { name: 'ticket', password: 'Ticket-2026!' }
/** Nobody gets in: then SQL Server gives another number than the one that is looked for. */
const broken = { call: 'sql', action: 'set-state', input: { state: 'paused' } } as const

const standings = [
  { change: { disabled: true }, number: 18_470, id: 'disabled-login-is-18470', text: 'The account is disabled.' },
  { change: { locked: true }, number: 18_486, id: 'locked-login-is-18486', text: 'is currently locked out' },
  { change: { expired: true }, number: 18_487, id: 'expired-password-is-18487', text: 'has expired' },
  { change: { mustChange: true }, number: 18_488, id: 'initial-password-is-18488', text: 'must be changed' },
] as const

const byStanding = standings.map(({ change, number, id, text }) =>
  scenario({
    id: `password-secure/sql/${id}`,
    title: `A login whose password is right and whose account is not in order is told why: ${number}`,
    requirement: requirement.sqlIncoming,
    on: pair,
    brokenBy: broken,
    async run({ app, sql, expect, defer }) {
      defer(() => sql.call('drop-login', { name: ticket.name }))
      await sql.call('create-login', ticket)
      await sql.call('alter-login', { name: ticket.name, ...change })
      const seen = await app.probe('sql', { server: sql.fqdn, user: ticket.name, password: ticket.password })
      expect(seen).toFail({ code: 'ELOGIN', number, text })
    },
  }),
)

/** Ways to fail that look alike from outside, and what only the ERRORLOG tells apart. */
const secrets = [
  { id: 'wrong-password', state: 8, change: {}, password: 'not-it', made: true },
  { id: 'unknown-login', state: 5, change: {}, password: 'not-it', made: false },
  { id: 'disabled-and-wrong', state: 7, change: { disabled: true }, password: 'not-it', made: true },
] as const

const byErrorLog = secrets.map(({ id, state, change, password, made }) =>
  scenario({
    id: `password-secure/sql/error-log-knows-${id}`,
    title: `18456 says the same to every caller; the ERRORLOG has state ${state}`,
    requirement: requirement.sqlIncoming,
    on: pair,
    brokenBy: broken,
    async run({ app, sql, expect, defer }) {
      defer(() => sql.call('drop-login', { name: ticket.name }))
      if (made) {
        await sql.call('create-login', ticket)
        await sql.call('alter-login', { name: ticket.name, ...change })
      }
      const seen = await app.probe('sql', { server: sql.fqdn, user: ticket.name, password })
      expect(seen).toFail({ code: 'ELOGIN', number: 18_456, text: `Login failed for user '${ticket.name}'.` })
      const { lines } = await sql.call('error-log', {})
      expect(lines.slice(-2).join('\n'), 'the last two lines').toContain(`Severity: 14, State: ${state}.`)
      expect(lines.slice(-1).join('\n'), 'the last line').toContain(`[CLIENT: ${app.address}]`)
    },
  }),
)

export const sqlAccounts: readonly AnyScenario[] = [
  ...byStanding,
  ...byErrorLog,
  scenario({
    id: 'password-secure/sql/login-without-user-is-4060',
    title:
      'A login that is no user of the product’s database cannot open it: 4060, then 18456, state 38 in the ERRORLOG',
    requirement: requirement.database,
    on: pair,
    brokenBy: { call: 'sql', action: 'set-state', input: { state: 'paused' } },
    async run({ app, sql, expect, defer }) {
      defer(() => sql.call('drop-login', { name: ticket.name }))
      await sql.call('create-login', ticket)
      const login = { user: ticket.name, password: ticket.password, database: app.settings.databaseName }
      const seen = await app.probe('sql', { server: sql.fqdn, ...login })
      expect(seen).toFail({ code: 'ELOGIN', number: 18_456 })
      expect(JSON.stringify(seen), 'every error that was sent').toContain('Msg 4060, Level 11, State 1')
      const { lines } = await sql.call('error-log', {})
      expect(lines.slice(-2).join('\n'), 'the last two lines').toContain('Error: 18456, Severity: 14, State: 38.')
    },
  }),
]
