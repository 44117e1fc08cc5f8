import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'

const pair = {
  app: { kind: 'password-secure/app-server', first: true },
  sql: { kind: 'sql-server', via: 'app.database' },
} as const

/** The instance beside the default one that the landscape `load-balanced` has. */
const name = 'REPORTS'

interface Host {
  readonly name: string
  readonly components: readonly { readonly listens: readonly { readonly id: string }[] }[]
}
const withInstance = ({ hosts }: { readonly hosts: readonly Host[] }, { sql }: Readonly<Record<string, string>>) =>
  hosts.some(
    (host) =>
      host.name === sql && host.components.some(({ listens }) => listens.some(({ id }) => id === `tds:${name}`)),
  )

/** A login of the case's own on that instance, which knows nobody of the default one. */
const ticket = { name: 'ticket', password: 'Ticket-2026!' }
const login = { user: ticket.name, password: ticket.password }

export const sqlInstances: readonly AnyScenario[] = [
  scenario({
    id: 'password-secure/sql/named-instance-is-found-by-its-name',
    title: 'HOST\\INSTANCE is found through SQL Server Browser on UDP 1434, wherever its port is',
    requirement: requirement.sqlInstances,
    on: pair,
    when: withInstance,
    brokenBy: { fault: 'drop', from: 'app', to: 'sql', port: 1434 },
    async run({ app, sql, expect, defer }) {
      defer(() => sql.call('drop-login', { instance: name, name: ticket.name }))
      await sql.call('create-login', { instance: name, ...ticket })
      const query = 'SELECT @@SERVERNAME AS name'
      const seen = await app.probe('sql', {
        server: `${sql.fqdn}\\${name}`,
        ...login,
        query,
      })
      expect(seen).toSucceed()
      expect(seen.facts.sql).toInclude({ rows: [{ name: `${sql.host.toUpperCase()}\\${name}` }] })
    },
  }),
  scenario({
    id: 'password-secure/sql/unknown-instance-is-not-found',
    title: 'An instance that the Browser does not know is told so at once: the name is wrong, not the firewall',
    requirement: requirement.sqlInstances,
    on: pair,
    when: withInstance,
    brokenBy: { setting: 'sql.browser', value: 'stopped' },
    async run({ app, sql, expect }) {
      const seen = await app.probe('sql', { server: `${sql.fqdn}\\NOWHERE`, ...login })
      expect(seen).toFail({ code: 'EINSTLOOKUP', text: 'Port for NOWHERE not found in' })
    },
  }),
  scenario({
    id: 'password-secure/sql/stopped-browser-hides-the-name-not-the-port',
    title: 'Without the Browser the name of an instance leads nowhere, and HOST,PORT still works',
    requirement: requirement.sqlInstances,
    on: pair,
    when: withInstance,
    brokenBy: { setting: `sql.instances.${name}.tcp`, value: false },
    async run({ app, sql, expect, defer }) {
      defer(() => sql.call('drop-login', { instance: name, name: ticket.name }))
      await sql.call('create-login', { instance: name, ...ticket })
      defer(() => sql.call('start-browser', {}))
      await sql.call('stop-browser', {})
      expect(await app.probe('sql', { server: `${sql.fqdn}\\${name}`, ...login })).toFail({ code: 'ETIMEOUT' })
      const { instances } = await sql.call('instances', {})
      const port = instances.find((instance) => instance.name === name)?.port
      expect(port, `the port of ${name}`).toBeTruthy()
      expect(await app.probe('sql', { server: sql.fqdn, port: port ?? 0, ...login })).toSucceed()
    },
  }),
]
