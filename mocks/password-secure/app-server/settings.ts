import { z } from 'zod'
import { certificateDefect } from '../../../harness/host/certificate-setting.ts'
import { serverTlsSetting } from '../../../harness/host/server-tls.ts'
import { backupSettings } from './backup/settings.ts'
import { licenceSettings } from './licence/settings.ts'
import { mailSettings } from './mail/settings.ts'

const userSeed = z.strictObject({
  name: z.string().min(1).max(100),
  password: z.string().min(1).max(200),
  roles: z.array(z.string().min(1).max(100)).default([]),
  mail: z
    .string()
    .max(254)
    .optional()
    .describe('Where mail to this user goes; NAME@DOMAIN of the landscape when absent.'),
  disabled: z.boolean().default(false),
})

const secretSeed = z.strictObject({
  name: z.string().min(1).max(200),
  username: z.string().max(200).default(''),
  password: z.string().max(2_000),
  url: z.string().max(500).default('').describe('The page that the add-on fills with this secret.'),
  owner: z.string().min(1).max(100),
  readers: z.array(z.string()).default([]).describe('Users and roles that may read it.'),
  writers: z.array(z.string()).default([]).describe('Users and roles that may read and change it.'),
  watched: z.boolean().default(false).describe('Its owner gets a mail when somebody else reads it.'),
})

export type UserSeed = z.output<typeof userSeed>
export type SecretSeed = z.output<typeof secretSeed>

const port = (standard: number) => z.int().min(1).max(65_535).default(standard)

export const appServerSettings = z.strictObject({
  clientsPort: port(11_011),
  backupPort: port(11_014),
  webServicesPort: port(11_016),
  realTimePort: port(11_018),

  databaseName: z
    .string()
    .min(1)
    .max(128)
    .default('PasswordSecure')
    .describe('The data database, shared by the application servers.'),
  configDatabaseName: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('npwsConfigDb_HOST when absent: one for each application server.'),
  databaseInstance: z
    .string()
    .min(1)
    .max(16)
    .optional()
    .describe('Instance of SQL Server, as in HOST\\INSTANCE; the default instance when absent.'),
  databasePort: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('Written into the connection, as in HOST,PORT: the SQL Server Browser is then not asked.'),
  sqlUser: z
    .string()
    .min(1)
    .max(128)
    .default('passwordsecure')
    .describe('A SQL login; or the service user, a Windows account as CORP\\svc-vault, which logs in by NTLM.'),
  sqlPassword: z.string().max(128).default('Vault-4-Every1!'),
  sqlLoginPrepared: z
    .boolean()
    .default(true)
    .describe('The administrator has made this login at SQL Server, with this password; false: whatever stands there.'),
  encrypt: z.boolean().default(true).describe('Encrypt the connection to SQL Server.'),
  trustServerCertificate: z.boolean().default(false).describe('Accept any certificate of SQL Server.'),

  databaseKeyPassphrase: z
    .string()
    .min(1)
    .max(200)
    .default('psrDatabaseKey')
    .describe('Stands for the database certificate (psrDatabaseKey): servers that share a database need the same.'),
  productVersion: z
    .string()
    .regex(/^\d+(\.\d+)*$/)
    .default('9.2')
    .describe('Newer clients are refused.'),

  certificate: z
    .enum(['generated', 'landscape-ca'])
    .default('generated')
    .describe('PSR8Server as the product makes it, or a leaf of the customer’s own CA.'),
  certificateKey: z.enum(['ec', 'rsa']).default('ec'),
  certificateDefect: certificateDefect.optional(),
  tls: serverTlsSetting.describe('Of 11011, 11016 and 11018.'),

  ...licenceSettings,
  ...mailSettings,
  ...backupSettings,

  kdfIterations: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1_000)
    .describe('PBKDF2-SHA256 rounds of a user’s password; documented is 623,420.'),
  lockUserAfter: z.int().min(1).max(1_000).default(5).describe('Wrong passwords in a row that lock the user.'),
  lockClientAfter: z
    .int()
    .min(1)
    .max(1_000)
    .default(5)
    .describe('Unknown user names in a row that lock the calling client.'),
  lockClientSeconds: z.int().min(1).max(86_400).default(300),

  webAccess: z.boolean().default(true).describe('“Access via Web Application” of the database.'),
  allowedOrigins: z.array(z.string()).default([]).describe('CORS: https://HOST[:PORT] of each web application.'),
  tokenMinutes: z.int().min(1).max(1_440).default(60).describe('How long a web session lives.'),

  maxSqlConnections: z.int().min(1).max(200).default(10).describe('Connections of the pool to the data database.'),
  updatePollMs: z
    .int()
    .min(5)
    .max(10_000)
    .default(50)
    .describe(
      'How often changes made through other application servers are fetched while real-time clients are connected.',
    ),
  maxQueuedBytes: z
    .int()
    .min(1_024)
    .max(16_777_216)
    .default(262_144)
    .describe('Bytes that a slow real-time client may leave unread before it is closed.'),
  maxFrameBytes: z.int().min(1_024).max(16_777_216).default(65_536),
  unauthenticatedIdleMs: z
    .int()
    .min(50)
    .max(600_000)
    .default(10_000)
    .describe('How long a connection may stay without a login.'),
  maxConnections: z.int().min(1).max(100_000).default(2_000).describe('Open connections on each port.'),

  users: z.array(userSeed).default([
    { name: 'alice', password: 'Alice-2026!', roles: ['Administrators', 'IT'], disabled: false },
    { name: 'bob', password: 'Bob-2026!', roles: ['IT'], disabled: false },
    { name: 'carol', password: 'Carol-2026!', roles: ['Sales'], disabled: false },
    { name: 'dave', password: 'Dave-2026!', roles: [], disabled: true },
  ]),
  secrets: z.array(secretSeed).default([
    {
      name: 'Intranet',
      username: 'it-team',
      password: 'Intra-Net-77',
      url: 'https://intranet.corp.example/login',
      owner: 'alice',
      readers: ['IT'],
      writers: [],
      watched: false,
    },
    {
      name: 'Core router',
      username: 'admin',
      password: 'Rou-ter-42',
      url: 'https://router.corp.example/',
      owner: 'alice',
      readers: [],
      writers: ['IT'],
      watched: false,
    },
    {
      name: 'Bank account',
      username: 'corp',
      password: 'B4nk-Acc0unt',
      url: 'https://bank.example/',
      owner: 'alice',
      readers: ['carol'],
      writers: [],
      watched: true,
    },
    {
      name: 'Bob only',
      username: 'bob',
      password: 'Bobs-0wn',
      url: 'https://mail.corp.example/',
      owner: 'bob',
      readers: [],
      writers: [],
      watched: false,
    },
    {
      name: 'Sales portal',
      username: 'sales',
      password: 'S4les-Portal',
      url: 'https://sales.corp.example/',
      owner: 'carol',
      readers: ['Sales'],
      writers: [],
      watched: false,
    },
  ]),
})

export type AppServerSettings = z.output<typeof appServerSettings>
