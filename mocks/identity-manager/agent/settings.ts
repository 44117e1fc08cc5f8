import { z } from 'zod'
import { certificateSetting } from '../../../harness/host/certificate-setting.ts'
import { serverTlsSetting } from '../../../harness/host/server-tls.ts'
import { checkDefect, keyPairDefects } from '../keys/key-pair-defects.ts'
import { workingDirectorySettings } from '../working-directory/settings.ts'
import { agentWorkSettings } from './work-settings.ts'

const encryptionKey = z
  .strictObject({
    source: z.enum(['pfx', 'store']).default('store').describe('A PKCS #12 file, or a Windows certificate store.'),
    generation: z.int().min(1).max(1_000).default(1).describe('Another number is another key pair.'),
    by: z.enum(['thumbprint', 'subject']).default('thumbprint').describe('By what it is found in the store.'),
    defect: z.enum(keyPairDefects).optional().describe('What is wrong with it, as administrators get it wrong.'),
  })
  .superRefine(checkDefect)
  .prefault({})

/** What the administrator decides at the installation. Keys of `appsettings` and `agentAppsettings` are the vendor's own. */
export const agentSettings = z.strictObject({
  httpsPort: z.int().min(1).max(65_535).default(5_001),
  certificate: certificateSetting.describe('Of the agent’s HTTPS port: a leaf of the organisation’s PKI.'),
  tls: serverTlsSetting,
  hostNames: z
    .array(z.string().min(1).max(253))
    .default([])
    .describe('Names in the certificate beside the host’s own.'),
  serviceAccount: z.string().min(1).max(256).default('CORP\\svc-agent'),
  workingDirectory: z
    .string()
    .regex(/^[A-Za-z]:(\/[A-Za-z0-9_-]{1,64}){1,4}$/, 'must be a folder as C:/UsercubeAgent')
    .default('C:/UsercubeAgent'),
  workingDirectoryPermissions: workingDirectorySettings
    .prefault({})
    .describe('What the administrator got wrong of the service account’s permissions.'),

  AgentIdentifier: z.string().min(1).max(64).default('Agent1').describe('As in the server’s configuration; not Local.'),
  OpenIdClients: z
    .record(z.string().min(1).max(64), z.string().min(1).max(200))
    .default({ Job: 'Agent-4-Every1!' })
    .describe('Client → its secret, not hashed.'),
  DefaultOpenIdClient: z.string().min(1).max(64).default('Job'),
  ApplicationUri: z.string().min(1).max(500).optional().describe('The server’s own when absent.'),
  registration: z
    .strictObject({
      prepared: z.boolean().default(true).describe('The administrator has made agent and clients known to the server.'),
      AgentIdentifier: z.string().min(1).max(64).optional().describe('As the server has it; the agent’s when absent.'),
      secret: z.string().min(1).max(200).optional().describe('Hashed at the server; the agent’s own when absent.'),
    })
    .prefault({}),
  encryptionKey,
  serverKey: z
    .enum(['carried', 'discovered', 'another'])
    .default('carried')
    .describe(
      'The public key that tokens are verified with: a file that the administrator has carried over from the server, what the server publishes, or another one by mistake.',
    ),

  environmentName: z.string().min(1).max(64).default('Production').describe('ASPNETCORE_ENVIRONMENT.'),
  environment: z
    .record(z.string().min(1).max(200), z.string().max(4_000))
    .default({})
    .describe('Environment variables of the process: Section__Key beats the files.'),
  appsettings: z
    .record(z.string(), z.json())
    .default({})
    .describe('Merged into the appsettings.json that the installation writes.'),
  appsettingsText: z.string().max(100_000).optional().describe('The whole appsettings.json as text, right or wrong.'),
  encryptedAgentAppsettings: z
    .record(z.string(), z.json())
    .default({})
    .describe(
      'What appsettings.encrypted.agent.json has, each value encrypted with the encryption key pair; read where EncryptionCertificate says UseEncryptedAppsettings.',
    ),

  ...agentWorkSettings,
})

export type AgentSettings = z.output<typeof agentSettings>
