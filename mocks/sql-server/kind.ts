import { defineComponent } from '../../harness/host/component.ts'
import type { Listen } from '../../harness/landscape/kind.ts'
import { sqlServerActions } from './actions.ts'
import { browserInstalled, DEFAULT_INSTANCE, instancesOf } from './instances.ts'
import { imagesOf } from './real/licence.ts'
import { sqlServerFlows, sqlServerReferences } from './references.ts'
import { sqlServerSettings } from './settings.ts'

const browserListen: Listen = {
  id: 'browser',
  port: 1434,
  protocol: 'udp',
  tls: 'none',
  purpose: 'SQL Server Browser (MC-SQLR)',
}

/** Microsoft SQL Server: a TDS server on 1433. */
export const sqlServer = defineComponent({
  kind: 'sql-server',
  summary: 'Microsoft SQL Server: TDS on 1433, named instances, SQL and Windows logins, databases, backup',
  settings: sqlServerSettings,
  references: sqlServerReferences,
  actions: sqlServerActions,
  flows: sqlServerFlows,
  listens: (settings) => [
    ...instancesOf(settings).flatMap(({ listenId, name, port, settings: { tcp } }): readonly Listen[] => {
      const which = listenId === 'tds' && name === DEFAULT_INSTANCE ? '' : `, instance ${name}`
      const purpose = `Tabular Data Stream (MS-TDS)${which}`
      return tcp ? [{ id: listenId, port, protocol: 'tcp', tls: 'in-protocol', purpose }] : []
    }),
    ...(browserInstalled(settings) ? [browserListen] : []),
  ],
  images: imagesOf,
  load: () => import('./start.ts'),
  start: async (start) => (await import('./start.ts')).startSqlServerComponent(start),
})

declare module '../../harness/host/component.ts' {
  interface ComponentKinds {
    'sql-server': typeof sqlServer
  }
}
