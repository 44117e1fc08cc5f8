import { z } from 'zod'

export const crlDistributionPointSettings = z.strictObject({
  port: z.int().min(1).max(65_535).default(80).describe('Where it listens; it stands in the certificates’ URL.'),
})
