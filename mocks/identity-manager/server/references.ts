import type { ComponentStart } from '../../../harness/host/component.ts'
import type { ReferenceTable } from '../../../harness/landscape/kind.ts'
import type { serverSettings } from './settings.ts'

export const serverReferences = {
  database: { kind: 'sql-server', summary: 'Holds the database, dedicated to Identity Manager.' },
  mail: { kind: 'smtp-server', summary: 'Takes notifications.', optional: true },
  directory: {
    kind: 'directory',
    summary: 'The domain that the service account and Windows logins are of.',
    optional: true,
  },
  identityProvider: {
    kind: 'identity-provider',
    summary: 'The organisation’s OpenID provider, at which people may log in.',
    optional: true,
  },
} as const satisfies ReferenceTable

export type ServerStart = ComponentStart<typeof serverSettings, typeof serverReferences>
