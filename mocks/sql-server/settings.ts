import { z } from 'zod'
import { certificateSetting } from '../../harness/host/certificate-setting.ts'
import { serverTlsSetting } from '../../harness/host/server-tls.ts'
import { databaseAccesses, databaseRecoveries, databaseStates } from './engine/storage/database-states.ts'
import { serverRoles } from './security/server-roles.ts'
import { serverStates } from './security/server-states.ts'

export const loginSeed = z.strictObject({
  name: z.string().min(1).max(128),
  password: z.string().max(128),
  roles: z.array(z.enum(serverRoles)).default([]).describe('Fixed server roles.'),
  disabled: z.boolean().default(false),
  defaultDatabase: z.string().min(1).max(128).default('master'),
})

export const windowsLoginSeed = z.strictObject({
  name: z.string().min(3).max(256).includes('\\').describe('CORP\\alice, CORP\\DB Admins, BUILTIN\\Administrators'),
  group: z.boolean().default(false),
  roles: z.array(z.enum(serverRoles)).default([]).describe('Fixed server roles.'),
  defaultDatabase: z.string().min(1).max(128).default('master'),
})

export const encryptionModes = ['optional', 'required', 'unsupported'] as const

export const databaseChange = z.strictObject({
  state: z.enum(databaseStates).optional(),
  access: z.enum(databaseAccesses).optional(),
  recovery: z.enum(databaseRecoveries).optional(),
  readOnly: z.boolean().optional(),
})
const databaseSeed = databaseChange.prefault({})

const instanceName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_$]{0,15}$/,
    'must be an instance name: a letter, then letters, digits, _ or $, at most 16',
  )

/** What each instance has for itself. */
const instanceShape = {
  port: z
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe('1433 for the default instance when absent; 0, or absent for a named one: dynamic.'),
  tcp: z.boolean().default(true).describe('TCP/IP is enabled; where it is not, only programs on the server get in.'),
  hidden: z.boolean().default(false).describe('Hide Instance: SQL Server Browser does not tell of it.'),
  edition: z.enum(['express', 'standard', 'enterprise', 'developer']).default('standard'),
  encryption: z
    .enum(encryptionModes)
    .default('optional')
    .describe('Force Encryption: optional leaves it to the client; unsupported exists to test clients.'),
  collation: z.string().min(1).max(128).default('Latin1_General_CI_AS').describe('Of the instance.'),
  saPassword: z.string().max(128).default('Adm1n-of-SQL!').describe('Password of sa.'),
  logins: z.array(loginSeed).default([]),
  authentication: z
    .enum(['mixed', 'windows'])
    .default('mixed')
    .describe('windows: SQL logins are refused (Windows Authentication mode).'),
  windowsLogins: z.array(windowsLoginSeed).default([]).describe('Logins of Windows users and groups.'),
  windowsAdministrators: z
    .array(z.string().min(1).max(256))
    .optional()
    .describe('Members of the local group Administrators; the domain’s administrators unless told.'),
  maxConnections: z.int().min(1).max(32_767).default(32_767).describe('user connections'),
  maxDatabaseMb: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('How far a database may grow, then 1105; 10,240 for Express, without limit for the others.'),
  lockoutThreshold: z
    .int()
    .min(0)
    .max(999)
    .default(0)
    .describe('Wrong passwords in a row that lock a login (18486), as Windows’ policy says; 0 never locks.'),
  loginAuditing: z
    .enum(['none', 'failed', 'successful', 'all'])
    .default('all')
    .describe('Which logins the ERRORLOG tells of.'),
  loginTimeoutMs: z
    .int()
    .min(50)
    .max(600_000)
    .default(15_000)
    .describe('How long a connection may stay without a login.'),
  certificate: certificateSetting,
  tls: serverTlsSetting.refine(({ version }) => version !== 'TLSv1.3', 'TDS 7 goes up to TLS 1.2'),
  certificateSource: z
    .enum(['landscape', 'self-generated', 'missing'])
    .default('landscape')
    .describe(
      'The landscape’s authority; SQL Server’s own at each start, where none is configured; configured and not to be loaded: the service does not start (26014).',
    ),
  databases: z
    .record(z.string().min(1).max(128), databaseSeed)
    .default({})
    .describe('Databases that are there from the start, and the state that they are in.'),
  state: z.enum(serverStates).default('running').describe('What the service is doing: whom it lets in.'),
  refuseLogins: z.int().min(1).optional().describe('Every SQL login fails with this error number (17892, 18486, …).'),
}

const instanceSettings = z.strictObject(instanceShape)

export const sqlServerSettings = z.strictObject({
  instance: instanceName.default('MSSQLSERVER').describe('Name of the instance; MSSQLSERVER is the default instance.'),
  ...instanceShape,
  instances: z
    .record(instanceName, instanceSettings)
    .default({})
    .describe('Further instances on this host, by name, each with its own settings, files and port.'),
  browser: z
    .enum(['auto', 'running', 'stopped'])
    .default('auto')
    .describe('SQL Server Browser (UDP 1434); auto: it runs where there is a named instance.'),
  image: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe(
      'Microsoft’s image (mcr.microsoft.com/mssql/server:2022-latest): in containers the real server runs; elsewhere it is simulated.',
    ),
  acceptEula: z
    .boolean()
    .default(false)
    .describe('Accepts Microsoft’s licence of the image, as ACCEPT_EULA=Y in the environment does.'),
})

export type InstanceSettings = z.output<typeof instanceSettings>
export type SqlServerSettings = z.output<typeof sqlServerSettings>
