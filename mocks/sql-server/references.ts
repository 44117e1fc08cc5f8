import type { FlowDeclaration, ReferenceTable } from '../../harness/landscape/kind.ts'

export const sqlServerReferences = {
  directory: {
    kind: 'directory',
    summary: 'The domain controller that judges Windows logins; without one they fail.',
    optional: true,
  },
} as const satisfies ReferenceTable

/** What SQL Server calls; who calls it is declared by the callers' kinds. */
export const sqlServerFlows: readonly FlowDeclaration[] = [
  {
    id: 'sql-server/directory',
    from: 'sql-server',
    to: 'directory',
    listen: 'netlogon',
    purpose: 'judgement of Windows logins',
    sources: [
      { type: 'assumed', why: 'a member server passes NTLM logons through to a domain controller (Netlogon over SMB)' },
    ],
  },
]
