import { z } from 'zod'

/** The backup service asks the server on its own host over 11014. */
export const backupRequest = z.strictObject({
  op: z.enum(['backup', 'restore']),
  /** A file on the SQL server. */
  path: z.string().min(1).max(400),
})
export type BackupRequest = z.output<typeof backupRequest>

export const backupAnswer = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), path: z.string() }),
  z.strictObject({ ok: z.literal(false), path: z.string(), code: z.string(), text: z.string() }),
])
export type BackupAnswer = z.output<typeof backupAnswer>
