import { defineComponent } from '../../harness/host/component.ts'
import { sqlServerActions } from './actions.ts'
import { sqlServerSettings } from './settings.ts'

/** Microsoft SQL Server: a TDS server on 1433. */
export const sqlServer = defineComponent({
  kind: 'sql-server',
  summary: 'Microsoft SQL Server: TDS on 1433, SQL logins, databases, backup',
  settings: sqlServerSettings,
  references: {},
  actions: sqlServerActions,
  // Who may call is declared by the callers' kinds.
  flows: [],
  listens: (settings) => [
    { id: 'tds', port: settings.port, protocol: 'tcp', tls: 'in-protocol', purpose: 'Tabular Data Stream (MS-TDS)' },
  ],
  start: async (start) => (await import('./start.ts')).startSqlServerComponent(start),
})

declare module '../../harness/host/component.ts' {
  interface ComponentKinds {
    'sql-server': typeof sqlServer
  }
}
