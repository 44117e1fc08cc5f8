import type { ComponentStart } from '../../harness/host/component.ts'
import type { ReferenceTable } from '../../harness/landscape/kind.ts'
import type { webServerSettings } from './settings.ts'

export const webServerReferences = {
  app: {
    kind: 'password-secure/app-server',
    summary: 'The application servers that calls are passed on to; load is distributed over them.',
    many: true,
  },
} as const satisfies ReferenceTable

export type WebServerStart = ComponentStart<typeof webServerSettings, typeof webServerReferences>
