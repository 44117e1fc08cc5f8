import { z } from 'zod'
import { accountDeclaration, groupDeclaration } from './declaration.ts'

export const directorySettings = z.strictObject({
  port: z.int().min(1).max(65_535).default(445),
  netbiosName: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,15}$/, 'must be 1 to 15 letters, digits or hyphens')
    .optional()
    .describe('CORP; the first label of the landscape’s domain unless told.'),
  accounts: z.array(accountDeclaration).default([]),
  groups: z.array(groupDeclaration).default([]),
  ntlmV1: z.boolean().default(false).describe('Takes NTLMv1 responses too; LmCompatibilityLevel 5 refuses them.'),
  lockoutThreshold: z
    .int()
    .min(0)
    .max(999)
    .default(0)
    .describe('Wrong passwords in a row that lock an account; 0 never locks.'),
})
