import type { AnyScenario } from '../../harness/scenario/index.ts'
import { agentBrowsers } from './agent/browsers.ts'
import { agentConnection } from './agent/connection.ts'
import { agentFiles } from './agent/files.ts'
import { integratedAgents } from './agent/integrated.ts'
import { agentSettings } from './agent/settings.ts'
import { agentWork } from './agent/work.ts'
import { formLogins } from './browser/logins.ts'
import { windowsLogins } from './browser/windows-logins.ts'
import { agents } from './dns/agents.ts'
import { resolvers } from './dns/resolvers.ts'
import { zone } from './dns/zone.ts'
import { companyAccounts } from './federation/company-account.ts'
import { applicationPool } from './hosting/application-pool.ts'
import { hostings } from './hosting/hostings.ts'
import { encryptionAndRotation } from './keys/encryption.ts'
import { fileBeforeStore } from './keys/file-before-store.ts'
import { keyPairRefusals } from './keys/refusals.ts'
import { keyPairsRequired } from './keys/required.ts'
import { keyPairStorage } from './keys/storage.ts'
import { licenceKey } from './licence/licence-key.ts'
import { agentMails } from './mail/agent.ts'
import { mailRecipients } from './mail/recipients.ts'
import { mailTransport } from './mail/transport.ts'
import { identityManagerPorts } from './ports/ports.ts'
import { databaseRights } from './service-account/database-rights.ts'
import { saasCertificate } from './tls/saas-certificate.ts'
import { serverCertificate } from './tls/server-certificate.ts'
import { apiClients } from './tokens/api-clients.ts'
import { agentWorkingDirectory } from './working-directory/agent.ts'
import { workingDirectoryPermissions } from './working-directory/permissions.ts'

/** Everything that the Identity Manager requirement asks for, in the order in which a reader would check it. */
export const identityManager: readonly AnyScenario[] = [
  ...licenceKey,
  ...hostings,
  ...applicationPool,
  ...databaseRights,
  ...workingDirectoryPermissions,
  ...agentWorkingDirectory,
  ...identityManagerPorts,
  ...zone,
  ...agents,
  ...resolvers,
  ...serverCertificate,
  ...saasCertificate,
  ...formLogins,
  ...windowsLogins,
  ...companyAccounts,
  ...apiClients,
  ...mailTransport,
  ...mailRecipients,
  ...agentMails,
  ...keyPairsRequired,
  ...keyPairStorage,
  ...keyPairRefusals,
  ...fileBeforeStore,
  ...encryptionAndRotation,
  ...agentConnection,
  ...agentSettings,
  ...agentFiles,
  ...agentWork,
  ...agentBrowsers,
  ...integratedAgents,
]
