import { z } from 'zod'
import type { ComponentStart } from '../../harness/host/component.ts'

/** Who is logged in to Windows on this computer: what a browser proves to sites of the intranet without asking. */
export const windowsUser = z.strictObject({
  user: z.string().min(1).max(256).describe('DOMAIN\\name, name@domain, or a name of the landscape’s domain.'),
  password: z.string().min(1).max(256),
})

export const browserSettings = z.strictObject({
  engine: z
    .enum(['auto', 'chromium', 'plain'])
    .default('auto')
    .describe('auto: plain, or Chromium where LANDSCAPE_BROWSER=chromium asks for it and it is installed.'),
  roots: z
    .enum(['host', 'own'])
    .default('host')
    .describe(
      'host: the host’s trust store. own: a store of its own, as Firefox has, without the organisation’s root.',
    ),
  windowsUser: windowsUser.optional(),
  intranet: z
    .array(z.string().min(1).max(253))
    .max(100)
    .optional()
    .describe('Domains whose sites get the Windows user’s proof; the landscape’s own domain when absent.'),
  timeoutMs: z
    .int()
    .min(50)
    .max(120_000)
    .optional()
    .describe('How long a page may take; the host’s patience in the plain browser, 15 s in Chromium when absent.'),
  maxPageBytes: z.int().min(1_024).max(67_108_864).default(8_388_608),
})

export type BrowserSettings = z.output<typeof browserSettings>
export type WindowsUser = z.output<typeof windowsUser>
export type BrowserStart = ComponentStart<typeof browserSettings, Record<never, never>>
