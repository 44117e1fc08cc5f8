import { z } from 'zod'
import { accesses, rowNames } from './permission-matrix.ts'

/** One access that was checked. */
export const permissionEntry = z.strictObject({
  row: z.enum(rowNames),
  /** Below the working directory; empty for itself. */
  path: z.string(),
  filesOf: z.literal('another account').optional(),
  access: z.enum(accesses),
  wanted: z.enum(['allowed', 'denied']),
  happened: z.enum(['allowed', 'denied', 'failed']),
  how: z.enum(['tried-as-user', 'read-from-mode']),
  /** The system's own: EACCES, EPERM, … */
  code: z.string().optional(),
})
export type PermissionEntry = z.output<typeof permissionEntry>

/** What the service account can do in its working directory, beside what the requirement says. */
export const permissionReport = z.strictObject({
  account: z.string(),
  /** `not-checked` where the platform has neither users nor modes that mean something. */
  how: z.enum(['tried-as-user', 'read-from-mode', 'not-checked']),
  /** Why so. */
  reason: z.string(),
  entries: z.array(permissionEntry),
  /** `row access path: wanted …, happened …`, one for each difference. */
  violations: z.array(z.string()),
})
export type PermissionReport = z.output<typeof permissionReport>

/** The differences between what was wanted and what happened, in words. */
export const violationsOf = (entries: readonly PermissionEntry[]): string[] =>
  entries
    .filter(({ wanted, happened }) => wanted !== happened)
    .map(({ row, access, path, filesOf, wanted, happened, code }) => {
      const where = filesOf ? `files of ${filesOf} in ${path}` : path || 'the working directory'
      const ended = happened === 'failed' ? 'has failed' : `is ${happened}`
      return `${row}: ${access} in ${where} ${ended}${code === undefined ? '' : ` (${code})`}, not ${wanted}`
    })
