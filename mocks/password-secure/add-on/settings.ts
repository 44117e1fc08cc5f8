import { z } from 'zod'
import type { ActionTable, ComponentStart } from '../../../harness/host/component.ts'

const nothing = z.strictObject({})

export const addOnSettings = z.strictObject({
  port: z.int().min(1).max(65_535).default(52_120),
  maxFrameBytes: z.int().min(1_024).max(1_048_576).default(65_536),
  unauthenticatedIdleMs: z
    .int()
    .min(50)
    .max(600_000)
    .default(10_000)
    .describe('How long a connection may stay without a greeting.'),
  maxConnections: z.int().min(1).max(1_000).default(16),
})

export const addOnActions = {
  status: {
    summary: 'Whether a client is connected, and who is logged in there.',
    input: nothing,
    output: z.strictObject({ connected: z.boolean(), user: z.string().optional() }),
  },
  fill: {
    summary: 'Fills the login form of a page: asks the client on this host for its credentials.',
    input: z.strictObject({ url: z.string() }),
    output: z.discriminatedUnion('ok', [
      z.strictObject({ ok: z.literal(true), secret: z.string(), username: z.string(), password: z.string() }),
      z.strictObject({
        ok: z.literal(false),
        reason: z.enum(['no-client', 'not-logged-in', 'no-secret', 'timed-out', 'refused']),
        code: z.string(),
        text: z.string(),
      }),
    ]),
  },
} as const satisfies ActionTable

export type AddOnStart = ComponentStart<typeof addOnSettings, Record<never, never>>
export type AddOnSettings = z.output<typeof addOnSettings>
