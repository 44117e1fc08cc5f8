import { rm, writeFile } from 'node:fs/promises'
import { encryptValues } from '../../encryption/encrypted-values.ts'
import { encryptionCertificateKeys } from '../../keys/appsettings-keys.ts'
import { installKeyPair, type KeyPairPlace, loadCertificate } from '../../keys/key-pair.ts'
import { IDENTITY_CERTIFICATE } from '../../protocol/agent-api.ts'
import { ENCRYPTED_AGENT_APPSETTINGS, type Process } from '../../server/configuration/appsettings.ts'
import { hostPath } from '../../working-directory/windows-path.ts'
import { layOutWorkingDirectory, type WorkingDirectory } from '../../working-directory/working-directory.ts'
import type { AgentStart } from '../references.ts'
import { agentAppsettingsFile, appsettingsFile } from './appsettings-files.ts'
import { writeSources } from './sources.ts'
import { strangersPair } from './strangers-pair.ts'

const SERVER_CERTIFICATE_FILE = 'identity-server.cer'

/** What the administrator does before the first start. Repeated at each start, as after a repair of the installation. */
export async function installAgent(start: AgentStart): Promise<Process & { readonly directory: WorkingDirectory }> {
  const { host, settings } = start
  const { environmentName, environment, workingDirectory: folder } = settings
  const runtime = runtimeOf(start)
  const directory = await layOutWorkingDirectory(host, {
    folder,
    account: settings.serviceAccount,
    permissions: settings.workingDirectoryPermissions,
  })
  // For the administrator, and for the service account to read; nobody else comes near the folder.
  const write = (name: string, text: string) => writeFile(hostPath(host, name, runtime), text, { mode: 0o640 })
  await writeSources(host, settings.sources)
  const { source, by, defect, generation } = settings.encryptionKey
  const key = await installKeyPair(host, {
    purpose: 'encryption',
    commonName: 'UsercubeAgentEncryption',
    source,
    by,
    generation,
    ...(source === 'pfx' ? { file: `${folder}/encryption-${generation}.pfx` } : {}),
    ...(defect ? { defect } : {}),
  })
  const serverKey = await carriedKey(start)
  if (serverKey !== undefined) await write(SERVER_CERTIFICATE_FILE, serverKey)
  const keys = {
    EncryptionCertificate: encryptionCertificateKeys(key),
    IdentityServer: serverKey === undefined ? {} : { X509KeyFilePath: SERVER_CERTIFICATE_FILE },
  }
  await write('appsettings.json', appsettingsFile(start, keys))
  await write('appsettings.agent.json', agentAppsettingsFile(start))
  const encrypted = await encryptedAgentAppsettings(start, key)
  if (encrypted !== undefined) await write(ENCRYPTED_AGENT_APPSETTINGS, encrypted)
  else await rm(hostPath(host, ENCRYPTED_AGENT_APPSETTINGS, runtime), { force: true })
  return { runtime, environmentName, environment, directory }
}

/** What `Usercube-Protect-X509JsonFile` makes for the agent; nothing with a pair that no agent starts with. */
async function encryptedAgentAppsettings(start: AgentStart, key: KeyPairPlace): Promise<string | undefined> {
  const { encryptedAgentAppsettings: plain, encryptionKey } = start.settings
  if (encryptionKey.defect || Object.keys(plain).length === 0) return undefined
  const { publicKey } = await loadCertificate(start.host, key, 'encryption', runtimeOf(start))
  return `${JSON.stringify(await encryptValues(plain, publicKey), undefined, 2)}\n`
}

/** Writes the server's public key anew; whether there was one to carry over. */
export async function carryServerKey(start: AgentStart): Promise<boolean> {
  const pem = await carriedKey(start)
  if (pem === undefined) return false
  await writeFile(hostPath(start.host, SERVER_CERTIFICATE_FILE, runtimeOf(start)), pem, { mode: 0o600 })
  return true
}

const runtimeOf = ({ settings }: AgentStart): string => `${settings.workingDirectory}/Runtime`

async function carriedKey({ host, settings, references }: AgentStart): Promise<string | undefined> {
  switch (settings.serverKey) {
    case 'carried':
      return host.certificates.exportedBy(references.server.host, IDENTITY_CERTIFICATE)
    case 'discovered':
      return undefined
    case 'another':
      return (await strangersPair(host)).cert
  }
}
