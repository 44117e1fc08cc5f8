import { z } from 'zod'

/** Real-time updates on 11018: JSON in text messages. The first one from the client carries the session's token. */
export const realTimeLogin = z.strictObject({ type: z.literal('login'), token: z.string().min(1).max(200) })

export const realTimeUpdate = z.strictObject({
  type: z.enum(['secret-created', 'secret-changed']),
  id: z.int(),
  name: z.string(),
  by: z.string(),
  version: z.int(),
})
export type RealTimeUpdate = z.output<typeof realTimeUpdate>

export const realTimeMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready'), server: z.string() }),
  realTimeUpdate,
])

/** Why the server closes, in WebSocket's private range (RFC 6455 section 7.4.2). */
export const closeCodes = {
  'not-logged-in': 4401,
  'licence-refused': 4402,
  'session-ended': 4403,
  'login-timed-out': 4408,
  'too-slow': 4413,
} as const
