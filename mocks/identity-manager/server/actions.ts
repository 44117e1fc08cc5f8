import { z } from 'zod'
import type { ActionTable } from '../../../harness/host/component.ts'
import { launchedJobs } from '../agent/work-actions.ts'
import { keyPairDefects } from '../keys/key-pair-defects.ts'
import { workingDirectoryActions } from '../working-directory/working-directory-actions.ts'
import { integratedAgentActions } from './integrated-agent-actions.ts'
import { mailActions } from './mail/mail-actions.ts'

const nothing = z.strictObject({})
const hostings = ['iis', 'windows-service', 'stand-alone'] as const
const purposes = ['encryption', 'identity-server'] as const

const refused = z.strictObject({ ok: z.literal(false), code: z.string(), text: z.string() })
const done = z.discriminatedUnion('ok', [z.strictObject({ ok: z.literal(true) }), refused])

const processStates = [
  /** Answers. */
  'running',
  /** The application did not start; under IIS the site listens and answers 500.30. */
  'failed',
  /** No worker process: IIS starts one with the next request. */
  'stopped',
] as const

/** The process after something was done to it, and why it does not run. */
const processState = z.strictObject({
  state: z.enum(processStates),
  /** How many processes have been started. */
  starts: z.int(),
  refusal: z.strictObject({ code: z.string(), text: z.string() }).optional(),
})
export type ProcessFacts = z.output<typeof processState>

const databaseState = z.strictObject({
  connected: z.boolean(),
  server: z.string(),
  name: z.string(),
  /** The login that SQL Server knows this connection by (SUSER_SNAME). */
  login: z.string().optional(),
  encrypted: z.boolean().optional(),
  /** `sysadmin or securityadmin`, `db_owner`, `bulkadmin` */
  missingRights: z.array(z.string()),
  /** SQL Server's error number as text (`18456`), or the client library's code. */
  code: z.string().optional(),
  text: z.string().optional(),
})
export type DatabaseState = z.output<typeof databaseState>

const keyPair = z.strictObject({
  /** SHA-1, 40 hexadecimal digits, upper case. */
  thumbprint: z.string(),
  subject: z.string(),
  bits: z.int(),
  /** PEM, never the key. */
  certificate: z.string(),
})

const protectedFile = z.strictObject({
  kind: z.enum(['source', 'configuration', 'log']),
  name: z
    .string()
    .max(128)
    .regex(/^\w[\w.-]*$/),
})

const resource = z.strictObject({
  entityType: z.string().min(1).max(100).default('Directory_User'),
  identifier: z.string().min(1).max(200),
  displayName: z.string().min(1).max(400),
  mail: z.string().max(254).optional(),
})

export const serverActions = {
  status: {
    summary: 'How the server is hosted, under which account, whether it runs, and why not.',
    input: nothing,
    output: processState.extend({
      hosting: z.enum(hostings),
      /** CORP\svc-identity; IIS APPPOOL\Usercube for the built-in identity. */
      account: z.string(),
      environment: z.string(),
      applicationUri: z.string().optional(),
      licence: z.strictObject({ licensedTo: z.string(), validTo: z.string(), identityQuota: z.int() }).optional(),
      database: databaseState.optional(),
    }),
  },
  health: {
    summary: 'What GET /hc says, and what is wrong; refused while no process runs.',
    input: nothing,
    output: z.discriminatedUnion('ok', [
      z.strictObject({ ok: z.literal(true), status: z.enum(['Healthy', 'Unhealthy']), text: z.string() }),
      refused,
    ]),
  },
  recycle: {
    summary: 'Recycles the application pool, or restarts the service: settings are read anew, sessions stay.',
    input: nothing,
    output: processState,
  },
  elapse: {
    summary:
      'So many minutes pass without a request: idle time-out and recycling of the pool take effect; the integrated agent launches what is due.',
    input: z.strictObject({ minutes: z.int().min(1).max(100_000) }),
    output: processState.extend({ idleTimeout: z.boolean(), recycled: z.int(), launched: launchedJobs }),
  },
  'run-job': {
    summary: 'The scheduler’s hour comes: a job starts, unless no process is there to start it.',
    input: z.strictObject({ job: z.string().min(1).max(128) }),
    output: z.strictObject({ started: z.boolean(), why: z.string().optional() }),
  },
  'set-appsettings': {
    summary: 'Changes keys of appsettings.json (null takes one out), or its whole text; read at the next start.',
    input: z.strictObject({
      change: z.record(z.string(), z.json()).optional(),
      text: z.string().max(100_000).optional(),
    }),
    output: z.strictObject({ ok: z.literal(true) }),
  },
  appsettings: {
    summary: 'The text of appsettings.json as it lies on the disk.',
    input: nothing,
    output: z.strictObject({ text: z.string() }),
  },
  'encrypt-appsettings': {
    summary: 'Puts keys into appsettings.encrypted.json, each value encrypted with the encryption key pair.',
    input: z.strictObject({ change: z.record(z.string(), z.json()) }),
    output: done,
  },
  'key-pairs': {
    summary: 'The key pairs that the process has loaded.',
    input: nothing,
    output: z.discriminatedUnion('ok', [
      z.strictObject({ ok: z.literal(true), encryption: keyPair, identityServer: keyPair }),
      refused,
    ]),
  },
  'rotate-key-pair': {
    summary: 'The administrator replaces a key pair, and the server is started with the new one.',
    input: z.strictObject({ which: z.enum(purposes) }),
    output: processState.extend({ previous: z.string().optional(), thumbprint: z.string().optional() }),
  },
  'install-key-pair': {
    summary:
      'Puts a key pair elsewhere, or a wrong one; as the settings say when nothing is given. Starts the server with it.',
    input: z.strictObject({
      which: z.enum(purposes),
      source: z.enum(['pfx', 'store']).optional(),
      by: z.enum(['thumbprint', 'subject']).optional(),
      defect: z.enum(keyPairDefects).optional(),
    }),
    output: processState,
  },
  'write-file': {
    summary: 'Writes a source, configuration or log file, as the server does: encrypted, unless EncryptFile is false.',
    input: protectedFile.extend({ content: z.string().max(1_000_000) }),
    output: z.discriminatedUnion('ok', [
      /** `path` is on this machine. */
      z.strictObject({ ok: z.literal(true), path: z.string() }),
      refused,
    ]),
  },
  'read-file': {
    summary: 'Reads such a file, as the server does.',
    input: protectedFile,
    output: z.discriminatedUnion('ok', [z.strictObject({ ok: z.literal(true), content: z.string() }), refused]),
  },
  'bulk-import': {
    summary: 'Writes resources by a bulk load, with the rights that the documentation demands for one.',
    input: z.strictObject({ resources: z.array(resource).min(1).max(10_000) }),
    output: z.discriminatedUnion('ok', [z.strictObject({ ok: z.literal(true), rows: z.int() }), refused]),
  },
  'register-agent': {
    summary: 'Makes an agent and its clients known, with their secrets’ hashes. Repeatable.',
    input: z.strictObject({
      identifier: z.string().min(1).max(64),
      uri: z.string().max(500).optional().describe('Where browsers find it.'),
      clients: z
        .array(z.strictObject({ id: z.string().min(1).max(64), hashedSecret: z.string().min(1).max(100) }))
        .max(100)
        .default([]),
    }),
    output: done,
  },
  'create-order': {
    summary: 'Makes a provisioning order for an agent to fetch.',
    input: z.strictObject({
      agentIdentifier: z.string().min(1).max(64),
      connector: z.string().min(1).max(128),
      resourceType: z.string().min(1).max(128),
      changeType: z.enum(['Added', 'Modified', 'Deleted']),
      resource: z.string().min(1).max(128),
      changes: z.record(z.string().min(1).max(128), z.string().max(4_000)).default({}),
    }),
    output: z.discriminatedUnion('ok', [z.strictObject({ ok: z.literal(true), id: z.string() }), refused]),
  },
  orders: {
    summary: 'Provisioning orders and what became of them: Pending, Executed, Error.',
    input: nothing,
    output: z.strictObject({
      orders: z.array(
        z.strictObject({
          id: z.string(),
          agentIdentifier: z.string(),
          state: z.string(),
          message: z.string().optional(),
        }),
      ),
    }),
  },
  ...integratedAgentActions,
  ...mailActions,
  ...workingDirectoryActions,
} as const satisfies ActionTable
