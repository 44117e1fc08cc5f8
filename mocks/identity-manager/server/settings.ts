import { z } from 'zod'
import { certificateSetting } from '../../../harness/host/certificate-setting.ts'
import { serverTlsSetting } from '../../../harness/host/server-tls.ts'
import { agentWorkSettings } from '../agent/work-settings.ts'
import { checkDefect, keyPairDefects } from '../keys/key-pair-defects.ts'
import { workingDirectorySettings } from '../working-directory/settings.ts'
import { sessionDefects } from './identity/session/sessions.ts'

const minutes = z.int().min(0).max(10_080)

const applicationPool = z
  .strictObject({
    identityType: z
      .enum(['SpecificUser', 'ApplicationPoolIdentity'])
      .default('SpecificUser')
      .describe('SpecificUser: the service account. The built-in identity is the computer account to other hosts.'),
    startMode: z.enum(['AlwaysRunning', 'OnDemand']).default('AlwaysRunning'),
    managedRuntimeVersion: z.enum(['', 'v4.0']).default('').describe('Empty: No Managed Code, which is mandatory.'),
    idleTimeoutMinutes: minutes.default(0).describe('Without requests for so long, the worker process ends; 0: never.'),
    recyclingMinutes: minutes.default(0).describe('Regular Time Interval of recycling; 0: never.'),
    loadUserProfile: z.boolean().default(true),
  })
  .prefault({})

const iis = z
  .strictObject({
    windowsAuthentication: z.boolean().default(true),
    anonymousAuthentication: z.boolean().default(true),
    preloadEnabled: z
      .boolean()
      .default(true)
      .describe('Application Initialization: the application starts without waiting for a request.'),
    maxAllowedContentLength: z
      .int()
      .min(1)
      .max(4_294_967_295)
      .default(30_000_000)
      .describe('Request filtering: bytes of a body.'),
    applicationPool,
  })
  .prefault({})

const serviceAccount = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(256)
      .default('CORP\\svc-identity')
      .describe('Custom account: CORP\\NAME of the domain; to be used instead of the built-in identity.'),
    password: z.string().max(128).default('Identity-4-Every1!'),
    prepared: z.boolean().default(true).describe('The administrator has made it in the domain, where there is one.'),
  })
  .prefault({})

const databaseRights = z
  .strictObject({
    login: z.boolean().default(true).describe('There is a login for the server at SQL Server.'),
    serverRoles: z
      .array(z.enum(['sysadmin', 'securityadmin', 'bulkadmin', 'dbcreator']))
      .default(['securityadmin', 'bulkadmin'])
      .describe('Required: bulkadmin, and sysadmin or securityadmin.'),
    dbOwner: z.boolean().default(true).describe('Member of db_owner, without which bulkadmin is of no use.'),
    script: z.boolean().default(true).describe('Usercube.sql has been run: the tables are there.'),
  })
  .prefault({})

const keyPair = z
  .strictObject({
    source: z.enum(['pfx', 'store']).default('store').describe('A PKCS #12 file, or a Windows store (recommended).'),
    by: z.enum(['thumbprint', 'subject']).default('thumbprint').describe('By what it is found in the store.'),
    storeLocation: z.enum(['LocalMachine', 'CurrentUser']).default('LocalMachine'),
    storeName: z.string().min(1).max(64).default('AuthRoot').describe('As in the vendor’s examples.'),
    defect: z.enum(keyPairDefects).optional().describe('What is wrong with it, as administrators get it wrong.'),
  })
  .superRefine(checkDefect)
  .prefault({})

const licence = z
  .strictObject({
    licensedTo: z.string().min(1).max(200).default('Corp'),
    validTo: z
      .string()
      .regex(/^\d{8}$/, 'must be yyyymmdd')
      .optional()
      .describe('yyyymmdd; a year from now when absent.'),
    identityQuota: z.int().min(0).max(100_000_000).default(1_000),
    defect: z.enum(['missing', 'malformed', 'tampered', 'expired']).optional(),
  })
  .prefault({})

const localUser = z.strictObject({
  login: z.string().min(1).max(100),
  displayName: z.string().min(1).max(200),
  password: z.string().min(1).max(200),
  mail: z.string().max(254).optional().describe('LOGIN@DOMAIN of the landscape when absent.'),
})

/** What the administrator decides at the installation. Keys of `appsettings` are the vendor's own. */
export const serverSettings = z.strictObject({
  httpsPort: z.int().min(1).max(65_535).default(443),
  certificate: certificateSetting.describe('Of the HTTPS site: a leaf of the organisation’s PKI.'),
  tls: serverTlsSetting,
  hostNames: z
    .array(z.string().min(1).max(253))
    .default([])
    .describe('Names in the certificate beside the host’s own: an alias, the name of a SaaS installation.'),
  hosting: z.enum(['iis', 'windows-service', 'stand-alone']).default('iis'),
  iis,
  serviceAccount,
  workingDirectory: z
    .string()
    .regex(/^[A-Za-z]:(\/[A-Za-z0-9_-]{1,64}){1,4}$/, 'must be a folder as C:/Usercube')
    .default('C:/Usercube'),
  workingDirectoryPermissions: workingDirectorySettings
    .prefault({})
    .describe('What the administrator got wrong of the service account’s permissions.'),
  encryptionCertificate: keyPair,
  identityCertificate: keyPair,
  licence,

  integratedAgent: z
    .strictObject({
      enabled: z
        .boolean()
        .default(false)
        .describe('The agent runs in the server’s own process, as in most installations on premises.'),
      ...agentWorkSettings,
    })
    .prefault({}),

  databaseName: z.string().min(1).max(128).default('Usercube'),
  databaseInstance: z.string().min(1).max(16).optional().describe('HOST\\INSTANCE; the default instance when absent.'),
  sqlAuthentication: z.enum(['sql', 'windows']).default('sql').describe('windows: as the account that it runs under.'),
  sqlUser: z.string().min(1).max(128).default('usercube'),
  sqlPassword: z.string().max(128).default('Cube-4-Every1!'),
  databaseRights,
  users: z
    .array(localUser)
    .default([
      { login: 'alice', displayName: 'Alice Arnold', password: 'Alice-2026!' },
      { login: 'bob', displayName: 'Bob Berger', password: 'Bob-2026!' },
      { login: 'carol', displayName: 'Carol Chen', password: 'Carol-2026!' },
    ])
    .describe('Store of local users, and the identities that they are.'),
  openIdClients: z
    .record(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), z.string().min(1).max(200))
    .default({})
    .describe('API clients: identifier → secret, of which appsettings.json gets the hash.'),
  identityProviderSecret: z
    .string()
    .min(1)
    .max(200)
    .default('Federation-4-Every1!')
    .describe('With which it shows itself to the organisation’s identity provider, where there is one.'),
  sessionDefect: z.enum(sessionDefects).optional().describe('What is wrong with sessions of the identity server.'),
  kdfIterations: z.int().min(1).max(1_000_000).default(1_000).describe('PBKDF2-SHA256 rounds of a local password.'),

  environmentName: z.string().min(1).max(64).default('Production').describe('ASPNETCORE_ENVIRONMENT.'),
  environment: z
    .record(z.string().min(1).max(200), z.string().max(4_000))
    .default({})
    .describe('Environment variables of the process: Section__Key beats the files.'),
  appsettings: z
    .record(z.string(), z.json())
    .default({})
    .describe('Merged into the appsettings.json that the installation writes; null takes a key out.'),
  environmentAppsettings: z
    .record(z.string(), z.json())
    .optional()
    .describe('Content of appsettings.ENVIRONMENT.json; no such file when absent.'),
  appsettingsText: z.string().max(100_000).optional().describe('The whole appsettings.json as text, right or wrong.'),
})

export type ServerSettings = z.output<typeof serverSettings>
