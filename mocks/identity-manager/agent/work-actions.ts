import { z } from 'zod'
import type { ActionTable } from '../../../harness/host/component.ts'

const nothing = z.strictObject({})

/** What an agent asked of the server, or did itself, when it failed. */
export const failureSteps = [
  'start',
  'resolve',
  'connect',
  'token',
  'verify-token',
  'session',
  'api',
  'source',
  'key',
  'mail',
  'job',
] as const

const failure = z.strictObject({
  ok: z.literal(false),
  step: z.enum(failureSteps),
  /** The client library's or the protocol's own: ENOTFOUND, ECONNREFUSED, SELF_SIGNED_CERT_IN_CHAIN, invalid_client, … */
  code: z.string(),
  text: z.string(),
})
export type AgentFailure = z.output<typeof failure>

/** Something of an agent's, done or failed. */
export const answer = <S extends z.ZodRawShape>(shape: S) =>
  z.discriminatedUnion('ok', [z.strictObject({ ok: z.literal(true), ...shape }), failure])

const exported = z.strictObject({ connector: z.string(), rows: z.int(), file: z.string(), encrypted: z.boolean() })
const sent = z.strictObject({ connector: z.string(), rows: z.int(), storedAs: z.string() })
const order = z.strictObject({
  id: z.string(),
  state: z.enum(['Executed', 'Error']),
  file: z.string().optional(),
  message: z.string().optional(),
})

const jobInstance = z.strictObject({
  instance: z.string(),
  job: z.string(),
  by: z.string(),
  state: z.enum(['Started', 'Completed', 'Errored']),
  message: z.string().optional(),
})
export type JobInstance = z.output<typeof jobInstance>

const launched = z.strictObject({
  job: z.string(),
  /** ISO 8601, of the timetable. */
  at: z.string(),
  state: z.enum(['Completed', 'Errored']),
})
/** A job that the scheduler has launched, and how it ended. */
export type LaunchedJob = z.output<typeof launched>

/** What the scheduler did in a time that passed. */
export const launchedJobs = z.array(launched)

export const schedulerStates = ['disabled', 'running', 'waiting', 'failed'] as const

/** What an agent does, wherever its process is. */
export const agentWorkActions = {
  export: {
    summary: 'Exports a connector’s source into Work/Collect, encrypted with the agent’s own key.',
    input: z.strictObject({ connector: z.string(), mode: z.enum(['complete', 'incremental']).default('complete') }),
    output: answer(exported.shape),
  },
  synchronise: {
    summary: 'Sends what has been exported to the server, encrypted with the server’s public key.',
    input: nothing,
    output: answer({ files: z.array(sent) }),
  },
  'fetch-orders': {
    summary: 'Fetches provisioning orders, executes them, and reports them.',
    input: nothing,
    output: answer({ orders: z.array(order) }),
  },
  files: {
    summary: 'Files of the agent’s Temp and Work folders, and whether they lie encrypted.',
    input: nothing,
    output: z.strictObject({
      files: z.array(z.strictObject({ path: z.string(), bytes: z.int(), encrypted: z.boolean() })),
    }),
  },
  'read-file': {
    summary: 'Reads a file of Temp or Work as it lies there, with the agent’s key, or with a stranger’s.',
    input: z.strictObject({ path: z.string().max(500), as: z.enum(['it-lies', 'agent', 'stranger']) }),
    output: answer({ text: z.string() }),
  },
  'launch-job': {
    summary: 'Launches a job and waits for its end.',
    input: z.strictObject({ job: z.string().max(128).default('Complete') }),
    output: answer({ instance: jobInstance }),
  },
  jobs: {
    summary: 'Jobs that have been launched, the latest last.',
    input: nothing,
    output: z.strictObject({ instances: z.array(jobInstance) }),
  },
  'reset-password': {
    summary: 'Sends a user the mail with which a password is reset.',
    input: z.strictObject({ login: z.string().min(1).max(200), mail: z.string().max(254).optional() }),
    output: answer({ to: z.string(), sent: z.boolean() }),
  },
  'leave-scheduler-lock': {
    summary: 'Lets scheduler.lock stay when the agent stops, as a crash does.',
    input: nothing,
    output: z.strictObject({ leaves: z.boolean() }),
  },
  'remove-scheduler-lock': {
    summary: 'Deletes scheduler.lock, as an administrator does after a crash.',
    input: nothing,
    output: z.strictObject({ removed: z.boolean() }),
  },
} as const satisfies ActionTable
