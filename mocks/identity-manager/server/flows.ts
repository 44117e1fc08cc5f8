import type { FlowDeclaration, FlowSource } from '../../../harness/landscape/kind.ts'

const server = 'identity-manager/server'

const line = (side: 'from' | 'to', text: string): FlowSource => ({
  type: 'requirement',
  document: 'identity-manager-server.md',
  line: text,
  side,
})
/** Most installations have no other agent (facts.md 1.2). */
const withAgent = { integratedAgent: { enabled: true } }
const integratedAgent = (what: string): FlowSource => ({
  type: 'vendor',
  fact: `facts.md 1.2, 8.1: the integrated agent runs within the server’s process; ${what}`,
})
const email = line('from', 'Emails › The server needs access to an SMTP server to Send Notifications')

/** Every right to talk that has Identity Manager's server at one end, with the lines that document it. */
export const serverFlows: readonly FlowDeclaration[] = [
  {
    id: 'identity-manager/server-to-sql',
    from: server,
    to: 'sql-server',
    listen: 'tds',
    purpose: "Identity Manager's database",
    sources: [
      line('from', 'Service Accounts › Database permissions › the server should be able to authenticate to SQL Server'),
    ],
  },
  {
    id: 'identity-manager/server-to-sql-browser',
    from: server,
    to: 'sql-server',
    listen: 'browser',
    purpose: 'finding a named instance of SQL Server',
    sources: [{ type: 'assumed', why: 'whoever writes HOST\\INSTANCE asks SQL Server Browser for the port (MC-SQLR)' }],
  },
  {
    id: 'identity-manager/browser-to-server',
    from: 'browser',
    to: server,
    listen: 'https',
    purpose: "end users' browsers",
    sources: [line('to', "SSL Certificate › in order to perform HTTPS communication with end-users' browsers")],
  },
  {
    id: 'identity-manager/browser-to-integrated-agent',
    from: 'browser',
    to: server,
    listen: 'https',
    purpose: 'launching jobs and resetting passwords at the agent within the server, which has no port of its own',
    sources: [integratedAgent('facts.md 2.2: administrators’ browsers → agent')],
    when: { to: withAgent },
  },
  {
    id: 'identity-manager/integrated-agent-to-sql',
    from: server,
    to: 'sql-server',
    listen: 'tds',
    purpose: 'exports of the agent within the server (Databases of appsettings.agent.json)',
    sources: [integratedAgent('facts.md 2.2, 3.2: agent → SQL Server')],
    when: { from: withAgent },
  },
  {
    id: 'identity-manager/server-to-directory',
    from: server,
    to: 'directory',
    listen: 'netlogon',
    purpose: 'judgement of Windows logins under IIS',
    sources: [
      { type: 'assumed', why: 'a member server passes NTLM logons through to a domain controller (Netlogon over SMB)' },
    ],
  },
  ...(['smtp', 'submission', 'smtps'] as const).map(
    (listen): FlowDeclaration => ({
      id: `identity-manager/server-to-${listen}`,
      from: server,
      to: 'smtp-server',
      listen,
      purpose: 'notifications; mails of password resets of the agent within the server',
      sources: [email],
    }),
  ),
]
