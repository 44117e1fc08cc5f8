import { z } from 'zod'
import type { ActionTable } from '../../harness/host/component.ts'

export const crlDistributionPointActions = {
  revoke: {
    summary: 'Revokes a certificate that one of the organisation’s authorities has issued. Repeatable.',
    input: z.strictObject({ certificate: z.string().min(1).max(65_536).describe('PEM.') }),
    output: z.strictObject({ serialNumber: z.string(), crlNumber: z.int() }),
  },
} as const satisfies ActionTable
