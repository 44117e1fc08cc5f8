import { z } from 'zod'

/** The client dials the add-on on 52120 and tells who is logged in; the add-on then asks for credentials. */
export const fromClient = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), product: z.literal('password-secure-client') }),
  z.strictObject({ type: z.literal('logged-in'), user: z.string().max(100) }),
  z.strictObject({ type: z.literal('logged-out') }),
  z.strictObject({
    type: z.literal('credentials'),
    id: z.int(),
    secret: z.string(),
    username: z.string(),
    password: z.string(),
  }),
  z.strictObject({
    type: z.literal('no-credentials'),
    id: z.int(),
    reason: z.enum(['not-logged-in', 'no-secret', 'refused']),
    code: z.string(),
    text: z.string(),
  }),
])
export type FromClient = z.output<typeof fromClient>

export const fromAddOn = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('welcome') }),
  /** Who is logged in, or that nobody is, has been taken. */
  z.strictObject({ type: z.literal('noted') }),
  z.strictObject({ type: z.literal('request-credentials'), id: z.int(), url: z.string().max(2_000) }),
  z.strictObject({ type: z.literal('refused'), code: z.string(), text: z.string() }),
])
export type FromAddOn = z.output<typeof fromAddOn>
