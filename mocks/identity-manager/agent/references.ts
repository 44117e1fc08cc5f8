import type { ComponentStart } from '../../../harness/host/component.ts'
import type { ReferenceTable } from '../../../harness/landscape/kind.ts'
import type { agentSettings } from './settings.ts'

export const agentReferences = {
  server: { kind: 'identity-manager/server', summary: 'The server that the agent works for.' },
  database: { kind: 'sql-server', summary: 'A managed system to export from.', optional: true },
  mail: { kind: 'smtp-server', summary: 'Takes the mails of password resets.', optional: true },
} as const satisfies ReferenceTable

export type AgentStart = ComponentStart<typeof agentSettings, typeof agentReferences>
