import { z } from 'zod'
import type { ActionTable } from '../../../harness/host/component.ts'

const nothing = z.strictObject({})

export const serverStates = [
  /** Answers. */
  'running',
  /** The application could not start; under IIS the site listens and answers 500.30. */
  'failed',
  /** No worker process: IIS starts one with the next request. */
  'stopped',
] as const

const refusal = z.strictObject({ code: z.string(), text: z.string() })

const refused = z.strictObject({ ok: z.literal(false), code: z.string(), text: z.string() })

const databaseState = z.strictObject({
  connected: z.boolean(),
  server: z.string(),
  name: z.string(),
  /** The login that SQL Server knows this connection by (SUSER_SNAME). */
  login: z.string().optional(),
  encrypted: z.boolean().optional(),
  missingRights: z.array(z.string()),
  code: z.string().optional(),
  text: z.string().optional(),
})
export type DatabaseState = z.output<typeof databaseState>

const health = z.strictObject({ status: z.enum(['Healthy', 'Unhealthy']), text: z.string() })

export const serverActions = {
  status: {
    summary: 'How the server is hosted, under which account, whether it runs, and why not.',
    input: nothing,
    output: z.strictObject({
      hosting: z.enum(['iis', 'windows-service', 'stand-alone']),
      state: z.enum(serverStates),
      refusal: refusal.optional(),
      /** CORP\svc-identity; IIS APPPOOL\Usercube for the built-in identity. */
      account: z.string(),
      applicationUri: z.string().optional(),
      environment: z.string(),
      /** How many times a process has been started. */
      starts: z.int(),
      database: databaseState.optional(),
    }),
  },
  health: {
    summary: 'What GET /hc says, asked within the server.',
    input: nothing,
    output: health,
  },
} as const satisfies ActionTable

export { refused }
