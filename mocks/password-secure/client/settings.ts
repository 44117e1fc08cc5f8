import { z } from 'zod'
import type { ComponentStart } from '../../../harness/host/component.ts'
import type { ReferenceTable } from '../../../harness/landscape/kind.ts'

export const clientSettings = z.strictObject({
  trustServer: z
    .boolean()
    .default(true)
    .describe('Import the application server’s certificate into the Trusted Root at start.'),
  serverName: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('The name or address that is dialled (HostIP of the profile); the server’s full name when absent.'),
  databaseName: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('DatabaseName of the profile; the server’s own when absent.'),
  productVersion: z
    .string()
    .regex(/^\d+(\.\d+)*$/)
    .default('9.2')
    .describe('A client that is newer than its server is refused.'),
  maxFrameBytes: z.int().min(1_024).max(16_777_216).default(262_144),
  maxUpdates: z.int().min(1).max(100_000).default(1_000).describe('Pushed updates that are kept; the oldest go.'),
})

export const clientReferences = {
  server: { kind: 'password-secure/app-server', summary: 'The application server of the client’s database profile.' },
  addOn: { kind: 'password-secure/add-on', summary: 'The add-on on the same host.', optional: true },
} as const satisfies ReferenceTable

export type ClientStart = ComponentStart<typeof clientSettings, typeof clientReferences>
