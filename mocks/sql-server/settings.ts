import { z } from 'zod'
import { certificateSetting } from '../../harness/host/certificate-setting.ts'
import { serverRoles } from './security/server-roles.ts'

export const loginSeed = z.strictObject({
  name: z.string().min(1).max(128),
  password: z.string().max(128),
  roles: z.array(z.enum(serverRoles)).default([]).describe('Fixed server roles.'),
  disabled: z.boolean().default(false),
  defaultDatabase: z.string().min(1).max(128).default('master'),
})

export const encryptionModes = ['optional', 'required', 'unsupported'] as const

export const sqlServerSettings = z.strictObject({
  port: z.int().min(1).max(65_535).default(1433),
  edition: z.enum(['express', 'standard', 'enterprise', 'developer']).default('standard'),
  encryption: z
    .enum(encryptionModes)
    .default('optional')
    .describe('Force Encryption: optional leaves it to the client; unsupported exists to test clients.'),
  collation: z.string().min(1).max(128).default('Latin1_General_CI_AS').describe('Of the instance.'),
  saPassword: z.string().max(128).default('Adm1n-of-SQL!').describe('Password of sa.'),
  logins: z.array(loginSeed).default([]),
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
  loginTimeoutMs: z
    .int()
    .min(50)
    .max(600_000)
    .default(15_000)
    .describe('How long a connection may stay without a login.'),
  certificate: certificateSetting,
})

export type SqlServerSettings = z.output<typeof sqlServerSettings>
