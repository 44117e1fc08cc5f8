import { z } from 'zod'

export const licenceSettings = {
  licenceHost: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('The name that is dialled; the license server’s own when absent, license.passwordsafe.de in the field.'),
  licencePort: z.int().min(1).max(65_535).default(443),
  licenceKey: z.string().min(1).max(100).default('NPWS-2026-LAB-0001'),
  licenceActivations: z
    .int()
    .min(0)
    .max(1_000)
    .default(10)
    .describe('Activations that the licence allows, registered at the license server.'),
  licenceValidTo: z.string().max(40).default('2099-12-31T23:59:59Z').describe('ISO 8601.'),
}
