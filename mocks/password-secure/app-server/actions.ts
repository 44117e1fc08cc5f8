import { z } from 'zod'
import type { ActionTable } from '../../../harness/host/component.ts'

const nothing = z.strictObject({})
const user = z.strictObject({ name: z.string() })
const done = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({ ok: z.literal(false), code: z.string(), text: z.string() }),
])
const doneWithId = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), id: z.int() }),
  z.strictObject({ ok: z.literal(false), code: z.string(), text: z.string() }),
])

export const licenceState = z.strictObject({
  state: z.enum(['active', 'refused', 'unreachable', 'expired', 'inactive']),
  /** As the license server or the client library said it: `too-many-activations`, `ECONNREFUSED`, … */
  code: z.string().optional(),
  text: z.string().optional(),
  validTo: z.string().optional(),
  activations: z.int().optional(),
  maxActivations: z.int().optional(),
})
export type LicenceState = z.output<typeof licenceState>

const databaseState = z.strictObject({
  connected: z.boolean(),
  server: z.string(),
  port: z.int().optional(),
  name: z.string(),
  configName: z.string(),
  user: z.string(),
  /** What SQL Server says of this connection (sys.dm_exec_connections.encrypt_option). */
  encrypted: z.boolean().optional(),
  version: z.string().optional(),
  code: z.string().optional(),
  text: z.string().optional(),
})
export type DatabaseState = z.output<typeof databaseState>

const certificateState = z.strictObject({
  subject: z.string(),
  subjectAltName: z.string(),
  /** SHA-1, 40 hexadecimal digits, as Windows shows it. */
  thumbprint: z.string(),
  validTo: z.string(),
})

const session = z.strictObject({
  user: z.string(),
  channel: z.enum(['clients', 'web-services', 'real-time']),
  /** The calling host's name, or its address when it is outside the landscape. */
  from: z.string(),
  since: z.string(),
})
export type SessionFacts = z.output<typeof session>

const backupResult = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), path: z.string() }),
  /** `code` is SQL Server's error number as text (`3201`), or the connection's code. */
  z.strictObject({ ok: z.literal(false), path: z.string(), code: z.string(), text: z.string() }),
])
export type BackupResult = z.output<typeof backupResult>

const schedule = z.strictObject({
  /** green: the last run went well; orange: it failed; red: deactivated after failures in a row. */
  colour: z.enum(['green', 'orange', 'red']),
  active: z.boolean(),
  failuresInARow: z.int(),
  path: z.string(),
  lastRun: z.string().optional(),
  lastError: z.string().optional(),
})
export type ScheduleState = z.output<typeof schedule>

const origins = z.strictObject({ origins: z.array(z.string()) })

export const appServerActions = {
  status: {
    summary: 'What the server stands on: licence, database connection, certificate, sessions.',
    input: nothing,
    output: z.strictObject({
      acceptsLogins: z.boolean(),
      licence: licenceState,
      database: databaseState,
      certificate: certificateState,
      sessions: z.int(),
      realTimeClients: z.int(),
    }),
  },
  sessions: {
    summary: 'Who is logged in, from where, on which channel.',
    input: nothing,
    output: z.strictObject({ sessions: z.array(session) }),
  },
  'create-user': {
    summary: 'Makes a local user; roles that are missing are made.',
    input: z.strictObject({
      name: z.string().min(1).max(100),
      password: z.string().min(1).max(200),
      roles: z.array(z.string()).default([]),
      mail: z.string().optional(),
    }),
    output: doneWithId,
  },
  'lock-user': { summary: 'Locks a user, as too many wrong passwords do.', input: user, output: done },
  'unlock-user': { summary: 'Unlocks a user and forgets the wrong passwords.', input: user, output: done },
  'disable-user': { summary: 'Disables a user.', input: user, output: done },
  'enable-user': { summary: 'Enables a user again.', input: user, output: done },
  'unlock-clients': {
    summary: 'Forgets the clients that are locked for unknown user names.',
    input: nothing,
    output: z.strictObject({ unlocked: z.int() }),
  },
  'create-secret': {
    summary: 'Makes a secret; its owner may do everything with it.',
    input: z.strictObject({
      name: z.string().min(1).max(200),
      username: z.string().default(''),
      password: z.string().max(2_000),
      url: z.string().default(''),
      owner: z.string(),
      readers: z.array(z.string()).default([]),
      writers: z.array(z.string()).default([]),
      watched: z.boolean().default(false),
    }),
    output: doneWithId,
  },
  grant: {
    summary: 'Gives a user or a role a right on a secret.',
    input: z.strictObject({ secret: z.string(), to: z.string(), right: z.enum(['read', 'write', 'owner']) }),
    output: done,
  },
  revoke: {
    summary: 'Takes every right on a secret from a user or a role.',
    input: z.strictObject({ secret: z.string(), from: z.string() }),
    output: done,
  },
  'activate-licence': {
    summary: 'Activates the licence again, with another key if one is given.',
    input: z.strictObject({ key: z.string().optional() }),
    output: licenceState,
  },
  'allow-origin': {
    summary: 'Adds an origin (https://HOST[:PORT]) to the CORS list. Repeatable.',
    input: z.strictObject({ origin: z.string() }),
    output: origins,
  },
  'disallow-origin': {
    summary: 'Takes an origin from the CORS list. Repeatable.',
    input: z.strictObject({ origin: z.string() }),
    output: origins,
  },
  backup: {
    summary: 'The backup service backs the data database up, over 11014, to a file on the SQL server.',
    input: z.strictObject({ path: z.string().optional() }),
    output: backupResult,
  },
  restore: {
    summary: 'The backup service restores a file on the SQL server into the existing data database.',
    input: z.strictObject({ path: z.string().optional() }),
    output: backupResult,
  },
  'backup-schedule': { summary: 'The state of the backup schedule.', input: nothing, output: schedule },
  'run-schedule': {
    summary: 'Runs the schedule now, as if its hour had come.',
    input: nothing,
    output: z.strictObject({ ran: z.boolean(), result: backupResult.optional(), schedule }),
  },
  'amend-schedule': {
    summary: 'Opens and amends the schedule, which activates it again.',
    input: z.strictObject({ path: z.string().optional() }),
    output: schedule,
  },
  'mail-queue': {
    summary:
      'Waits until the notices that are under way have been taken or refused by the SMTP server; counts since start.',
    input: nothing,
    output: z.strictObject({ sent: z.int(), failed: z.int(), lastError: z.string().optional() }),
  },
  'disconnect-clients': {
    summary: 'Closes the open connections of a channel, or of all.',
    input: z.strictObject({ channel: z.enum(['clients', 'web-services', 'real-time']).optional() }),
    output: z.strictObject({ disconnected: z.int() }),
  },
} as const satisfies ActionTable
