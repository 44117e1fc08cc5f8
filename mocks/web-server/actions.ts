import { z } from 'zod'
import type { ActionTable } from '../../harness/host/component.ts'

const nothing = z.strictObject({})
const log = z.strictObject({ lines: z.array(z.string()) })
const lastLines = z.strictObject({ last: z.int().min(1).max(100_000).default(100) })

const upstream = z.strictObject({
  host: z.string(),
  /** Out of the load distribution, as an administrator set it. */
  down: z.boolean(),
  /** Failed lately, so that the product leaves it out for a while. */
  avoided: z.boolean(),
  api: z.int(),
  realtime: z.int(),
  failures: z.int(),
  openWebSockets: z.int(),
})
const upstreams = z.strictObject({ upstreams: z.array(upstream), openWebSockets: z.int() })
export type UpstreamStatistics = z.output<typeof upstream>

export const webServerActions = {
  statistics: {
    summary: 'Requests passed on to each application server, and open WebSockets.',
    input: nothing,
    output: upstreams,
  },
  'set-upstream': {
    summary: 'Takes an application server out of the load distribution, or back in.',
    input: z.strictObject({ host: z.string(), down: z.boolean() }),
    output: z.discriminatedUnion('ok', [
      z.strictObject({ ok: z.literal(true), ...upstreams.shape }),
      z.strictObject({ ok: z.literal(false), code: z.enum(['unknown-upstream', 'not-reloaded']), text: z.string() }),
    ]),
  },
  recycle: {
    summary: 'Closes every connection at once, as a recycled application pool or a restarted service does.',
    input: nothing,
    output: z.strictObject({ webSocketsClosed: z.int() }),
  },
  'access-log': {
    summary: 'The last lines of the access log, in the product’s format.',
    input: lastLines,
    output: log,
  },
  'error-log': {
    summary: 'The last lines of the error log, in the product’s format; IIS has none and shows its HTTPERR-like lines.',
    input: lastLines,
    output: log,
  },
} as const satisfies ActionTable
