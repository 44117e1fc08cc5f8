import type { ComponentHost } from '../../../harness/host/component-host.ts'
import type { Process } from '../server/configuration/appsettings.ts'
import { type Agent, type AgentParts, runAgent } from './agent.ts'
import { readSeparateConfiguration } from './configuration/agent-configuration.ts'
import { keyAt } from './configuration/key-at.ts'
import { ServerLink } from './server-link/server-link.ts'

export type AgentProcess = Process & Pick<AgentParts, 'jobs' | 'schedules' | 'mail'>

/** An agent in a process of its own, and its way to the server. */
export interface SeparateAgent extends Agent {
  readonly link: ServerLink
}

/** Starts an agent from what stands in its files. Throws `StartRefused` where the product does not start. */
export async function startSeparateAgent(host: ComponentHost, process: AgentProcess): Promise<SeparateAgent> {
  const { configuration, client } = await readSeparateConfiguration(host, process)
  const { runtime, jobs, schedules, mail } = process
  const key = await keyAt(host, configuration.EncryptionCertificate, runtime)
  const reset = configuration.PasswordResetSettings?.EncryptionCertificate
  if (reset) await keyAt(host, reset, runtime)
  const { X509KeyFilePath, X509File } = configuration.IdentityServer
  const link = new ServerLink({
    host,
    configuration,
    client,
    encryptionKey: key,
    runtimeFolder: runtime,
    serverCertificate: X509KeyFilePath ?? X509File,
  })
  return Object.assign(await runAgent({ host, runtime, configuration, key, link, jobs, schedules, mail }), { link })
}
