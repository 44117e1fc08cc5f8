import { z } from 'zod'

export const mailSettings = {
  mailSecurity: z.enum(['none', 'starttls', 'implicit']).default('starttls'),
  mailPort: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('25 for none, 587 for starttls, 465 for implicit when absent.'),
  mailUser: z.string().max(200).default('passwordsecure').describe('Empty: no authentication.'),
  mailPassword: z.string().max(200).default('Mail-2026!'),
  mailFrom: z.string().max(254).optional().describe('passwordsecure@DOMAIN when absent.'),
}
