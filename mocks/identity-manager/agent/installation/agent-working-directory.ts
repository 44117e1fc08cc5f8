import { z } from 'zod'
import { workingDirectorySettings } from '../../working-directory/settings.ts'
import { layOutWorkingDirectory, type WorkingDirectory } from '../../working-directory/working-directory.ts'
import type { AgentStart } from '../references.ts'

/** What matters here of a server's settings. */
const serverPart = z.object({
  workingDirectory: z.string().default('C:/Usercube'),
  workingDirectoryPermissions: workingDirectorySettings.prefault({}),
  serviceAccount: z.object({ name: z.string().default('CORP\\svc-identity') }).prefault({}),
})

/** The folder of the installation. The agent within the server shares the server's folder and its appsettings.json. */
export const installedFolder = ({ settings, references }: AgentStart): string =>
  settings.mode === 'separate'
    ? settings.workingDirectory
    : serverPart.parse(references.server.settings).workingDirectory

/** The agent's folders, for its service account. The agent within the server runs under the server's account. */
export function agentWorkingDirectory(start: AgentStart): Promise<WorkingDirectory> {
  const { host, settings, references } = start
  const folder = installedFolder(start)
  if (settings.mode === 'separate') {
    const { serviceAccount: account, workingDirectoryPermissions: permissions } = settings
    return layOutWorkingDirectory(host, { folder, account, permissions })
  }
  const server = serverPart.parse(references.server.settings)
  const { serviceAccount, workingDirectoryPermissions: permissions } = server
  return layOutWorkingDirectory(host, { folder, account: serviceAccount.name, permissions })
}
