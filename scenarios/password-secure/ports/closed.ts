import { type AnyScenario, type RoleSpec, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'

interface ClosedPort {
  readonly id: string
  readonly title: string
  readonly requirement: string
  readonly from: RoleSpec
  readonly to: RoleSpec
  readonly port: number
}

const app = 'password-secure/app-server'
const client = 'password-secure/client'
const elsewhere = <K extends Extract<RoleSpec, string>>(kind: K) => ({ kind, otherThan: 'from' }) as const

/** What no line documents is not open: who must not get where. */
const closed: readonly ClosedPort[] = [
  {
    id: 'clients-do-not-reach-sql-server',
    title: 'A client is refused at SQL Server’s 1433',
    requirement: requirement.sqlIncoming,
    from: client,
    to: elsewhere('sql-server'),
    port: 1433,
  },
  {
    id: 'web-server-does-not-reach-sql-server',
    title: 'The web server is refused at SQL Server’s 1433',
    requirement: requirement.sqlIncoming,
    from: 'web-server',
    to: elsewhere('sql-server'),
    port: 1433,
  },
  {
    id: 'sql-server-calls-nobody',
    title: 'SQL Server’s host is refused at the application server’s 11011: the flow is incoming only',
    requirement: requirement.sqlOutgoing,
    from: 'sql-server',
    to: elsewhere(app),
    port: 11_011,
  },
  {
    id: 'clients-do-not-reach-the-licence-server',
    title: 'A client is refused at the licence server: activation is the application server’s',
    requirement: requirement.licenceOutgoing,
    from: client,
    to: elsewhere('password-secure/license-server'),
    port: 443,
  },
  {
    id: 'web-server-does-not-reach-the-licence-server',
    title: 'The web server is refused at the licence server',
    requirement: requirement.licenceOutgoing,
    from: 'web-server',
    to: elsewhere('password-secure/license-server'),
    port: 443,
  },
  {
    id: 'licence-server-does-not-call-in',
    title: 'The licence server is refused at 11011: the flow is outgoing only',
    requirement: requirement.licenceOutgoing,
    from: 'password-secure/license-server',
    to: elsewhere(app),
    port: 11_011,
  },
  {
    id: 'clients-port-is-closed-to-nginx',
    title: 'nginx is refused at 11011, which only clients and IIS may use',
    requirement: requirement.clientsIncoming,
    from: { kind: 'web-server', where: { kind: 'nginx' } },
    to: elsewhere(app),
    port: 11_011,
  },
  {
    id: 'backup-port-is-closed-to-clients',
    title: 'A client is refused at the backup port 11014',
    requirement: requirement.backup,
    from: client,
    to: elsewhere(app),
    port: 11_014,
  },
  {
    id: 'backup-port-is-closed-to-the-web-server',
    title: 'The web server is refused at the backup port 11014',
    requirement: requirement.backup,
    from: 'web-server',
    to: elsewhere(app),
    port: 11_014,
  },
  {
    id: 'web-services-port-is-closed-to-clients',
    title: 'A client is refused at 11016, which is the web server’s way',
    requirement: requirement.webServicesIncoming,
    from: client,
    to: elsewhere(app),
    port: 11_016,
  },
  {
    id: 'real-time-port-is-closed-to-the-mail-server',
    title: 'The mail server is refused at 11018',
    requirement: requirement.realTimeIncoming,
    from: 'smtp-server',
    to: elsewhere(app),
    port: 11_018,
  },
  {
    id: 'web-server-is-closed-to-the-mail-server',
    title: 'The mail server is refused at the web server’s 443',
    requirement: requirement.webIncoming,
    from: 'smtp-server',
    to: elsewhere('web-server'),
    port: 443,
  },
  {
    id: 'web-server-does-not-call-clients',
    title: 'The web server is refused at a client’s 52120',
    requirement: requirement.webServicesOutgoing,
    from: 'web-server',
    to: elsewhere('password-secure/add-on'),
    port: 52_120,
  },
  {
    id: 'application-server-does-not-call-clients',
    title: 'The application server is refused at a client’s 52120: clients call, servers answer',
    requirement: requirement.clientOutgoing,
    from: app,
    to: elsewhere('password-secure/add-on'),
    port: 52_120,
  },
  {
    id: 'add-on-is-closed-to-other-clients',
    title: 'A client is refused at another client’s add-on',
    requirement: requirement.addOnOutgoing,
    from: client,
    to: elsewhere('password-secure/add-on'),
    port: 52_120,
  },
  {
    id: 'mail-server-is-closed-to-clients',
    title: 'A client is refused at the mail server: notifications are the application server’s',
    requirement: requirement.smtp,
    from: client,
    to: elsewhere('smtp-server'),
    port: 587,
  },
]

const closedPort = ({ id, title, requirement, from, to, port }: ClosedPort) =>
  scenario({
    id: `password-secure/ports/${id}`,
    title,
    requirement,
    on: { from, to },
    // A host that also runs a component with this right may.
    when: ({ flows }, { from: caller, to: target }) =>
      !flows.some((flow) => flow.from === caller && flow.to === target && flow.port === port),
    brokenBy: { fault: 'open', from: 'from', to: 'to', port },
    async run({ from: caller, to: target, expect }) {
      const seen = await caller.probe('tcp', { host: target.fqdn, port })
      expect(seen).toFail({ client: 'net', code: 'ECONNREFUSED', ended: 'peer' })
    },
  })

export const closedPorts: readonly AnyScenario[] = closed.map(closedPort)
