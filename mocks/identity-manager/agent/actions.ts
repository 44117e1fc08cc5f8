import { z } from 'zod'
import type { ActionTable } from '../../../harness/host/component.ts'
import { workingDirectoryActions } from '../working-directory/working-directory-actions.ts'
import { agentWorkActions, answer, launchedJobs, schedulerStates } from './work-actions.ts'

const nothing = z.strictObject({})

const token = z.strictObject({ clientId: z.string(), expiresAt: z.string(), verifiedWith: z.string() })

const connection = {
  applicationUri: z.string(),
  /** What the server's host name means on this host, as the machine knows it. */
  address: z.string(),
  tls: z.strictObject({ protocol: z.string(), authorized: z.boolean(), subject: z.string() }),
  token,
  agentIdentifier: z.string(),
} as const

export const agentActions = {
  ...workingDirectoryActions,
  status: {
    summary: 'Whether the agent runs, why not, and what it stands on.',
    input: nothing,
    output: z.strictObject({
      state: z.enum(['running', 'failed']),
      refusal: z.strictObject({ code: z.string(), text: z.string() }).optional(),
      agentIdentifier: z.string().optional(),
      applicationUri: z.string().optional(),
      encryptionCertificate: z.strictObject({ subject: z.string(), thumbprint: z.string() }).optional(),
      scheduler: z.enum(schedulerStates),
      hasToken: z.boolean(),
    }),
  },
  connect: {
    summary: 'Resolves the server’s name, opens HTTPS, gets a token, verifies it, and introduces itself.',
    input: nothing,
    output: answer(connection),
  },
  'forget-token': {
    summary: 'Drops the token that is kept; the next request gets a new one.',
    input: nothing,
    output: z.strictObject({ dropped: z.boolean() }),
  },
  'import-server-key': {
    summary: 'Carries the server’s public key over, as the administrator does after it was changed. Repeatable.',
    input: nothing,
    output: z.strictObject({ imported: z.boolean() }),
  },
  elapse: {
    summary:
      'So many minutes pass: the scheduler launches the jobs whose time comes in them, at most 100, and waits for them.',
    input: z.strictObject({ minutes: z.int().min(1).max(100_000) }),
    output: answer({ launched: launchedJobs }),
  },
  ...agentWorkActions,
} as const satisfies ActionTable
