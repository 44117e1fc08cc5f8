import type { ComponentStart } from '../../../harness/host/component.ts'
import type { ReferenceTable } from '../../../harness/landscape/kind.ts'
import type { appServerSettings } from './settings.ts'

export const appServerReferences = {
  database: { kind: 'sql-server', summary: 'Holds the data database and this server’s configuration database.' },
  license: { kind: 'password-secure/license-server', summary: 'Activates the licence at start.' },
  mail: { kind: 'smtp-server', summary: 'Takes notifications.', optional: true },
} as const satisfies ReferenceTable

export type AppServerStart = ComponentStart<typeof appServerSettings, typeof appServerReferences>
