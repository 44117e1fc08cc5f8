import type { FlowDeclaration, FlowSource } from '../../../harness/landscape/kind.ts'

const agent = 'identity-manager/agent'

const resetMails: FlowSource = {
  type: 'vendor',
  fact: 'facts.md 7.2: PasswordResetSettings.MailSettings of the agent',
}
const dataFlows: FlowSource = { type: 'vendor', fact: 'facts.md 2.2: agents open HTTPS connections to the server' }

/** Every right to talk that has an agent at one end, with what documents it. */
export const agentFlows: readonly FlowDeclaration[] = [
  {
    id: 'identity-manager/agent-to-server',
    from: agent,
    to: 'identity-manager/server',
    listen: 'https',
    purpose: 'tokens, collected data, provisioning orders, state of jobs',
    sources: [
      {
        type: 'requirement',
        document: 'identity-manager-server.md',
        line: "Hostname and DNS › Agents must be able to resolve the server's hostname",
        side: 'from',
      },
      dataFlows,
    ],
  },
  {
    id: 'identity-manager/browser-to-agent',
    from: 'browser',
    to: agent,
    listen: 'https',
    purpose: 'launching jobs and resetting passwords, for some profiles',
    sources: [{ type: 'vendor', fact: 'facts.md 2.2: administrators’ browsers → agent, HTTPS required' }],
  },
  {
    id: 'identity-manager/agent-to-sql',
    from: agent,
    to: 'sql-server',
    listen: 'tds',
    purpose: 'exports from a database (Databases of appsettings.agent.json)',
    sources: [{ type: 'vendor', fact: 'facts.md 2.2, 3.2: agent → SQL Server' }],
  },
  ...(['smtp', 'submission', 'smtps'] as const).map(
    (listen): FlowDeclaration => ({
      id: `identity-manager/agent-to-${listen}`,
      from: agent,
      to: 'smtp-server',
      listen,
      purpose: 'mails of password resets',
      sources: [resetMails],
    }),
  ),
]
