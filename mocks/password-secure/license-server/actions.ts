import { z } from 'zod'
import type { ActionTable } from '../../../harness/host/component.ts'
import { isoDate, licenceSeed } from './settings.ts'

const byKey = z.strictObject({ key: z.string().min(1).max(100) })

const activation = z.strictObject({
  id: z.string(),
  server: z.string(),
  machineId: z.string(),
  at: z.string(),
})

/** What the vendor's support sees of a licence. */
export const licenceState = z.strictObject({
  key: z.string(),
  state: z.enum(['valid', 'expired', 'revoked']),
  licensee: z.string(),
  seats: z.int(),
  validTo: z.string(),
  maxActivations: z.int(),
  /** Activations that count against the limit; deactivated ones do not. */
  activationCount: z.int(),
  activations: z.array(activation),
})
export type LicenceState = z.output<typeof licenceState>

const answer = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), licence: licenceState }),
  z.strictObject({ ok: z.literal(false), code: z.literal('unknown-licence'), text: z.string() }),
])
export type LicenceAnswer = z.output<typeof answer>

export const licenseServerActions = {
  'register-licence': {
    summary: 'Sells a licence. Registering it again sets its terms anew and keeps its activations.',
    input: licenceSeed,
    output: answer,
  },
  'reset-counter': {
    summary: 'Resets the activation counter, as the vendor’s support does after “Too many activations!”.',
    input: byKey,
    output: answer,
  },
  expire: {
    summary: 'Moves the end of a licence; now, when no time is given.',
    input: z.strictObject({ key: z.string().min(1).max(100), at: isoDate.optional() }),
    output: answer,
  },
  revoke: { summary: 'Withdraws a licence.', input: byKey, output: answer },
  licence: { summary: 'The state of one licence.', input: byKey, output: answer },
  licences: {
    summary: 'The state of every licence.',
    input: z.strictObject({}),
    output: z.strictObject({ licences: z.array(licenceState) }),
  },
  'fail-next': {
    summary: 'Answers the next requests with an HTTP error, as a server in trouble does.',
    input: z.strictObject({ status: z.int().min(400).max(599), times: z.int().min(0).max(10_000).default(1) }),
    output: z.strictObject({ status: z.int(), times: z.int() }),
  },
} as const satisfies ActionTable
