import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { encrypt } from '../../encryption/encrypted-file.ts'
import type { Collection } from '../../protocol/agent-messages.ts'
import type { AgentConfiguration } from '../configuration/agent-configuration.ts'
import { AgentStepFailed, step } from '../failure.ts'
import type { WorkFiles } from '../files/work-files.ts'
import type { AgentLink } from '../server-link/agent-link.ts'
import { linesOf } from './exporter.ts'

export interface Sent {
  readonly connector: string
  readonly rows: number
  readonly storedAs: string
}

export interface SynchroniserOptions {
  readonly host: ComponentHost
  readonly configuration: AgentConfiguration
  readonly files: WorkFiles
  readonly link: AgentLink
}

const COLLECTED = /^(\w[\w-]*)\.(complete|incremental)\.csv$/

/** Sends what lies in `Work/Collect`: decrypted with the agent's key, encrypted with the server's public one. Sent files go. */
export async function sendCollected({
  host,
  configuration,
  files,
  link,
}: SynchroniserOptions): Promise<readonly Sent[]> {
  const sent: Sent[] = []
  for (const name of await files.names('Work/Collect')) {
    const [, connector, mode] = COLLECTED.exec(name) ?? []
    if (connector === undefined || (mode !== 'complete' && mode !== 'incremental')) continue
    const path = `Work/Collect/${name}`
    const content = await step('key', () => files.read(path))
    if (!content) continue
    const serverKey = await link.serverKey()
    const { Connections, AgentIdentifier } = configuration
    const connection = Object.hasOwn(Connections, connector) ? Connections[connector] : undefined
    const body: Collection = {
      agentIdentifier: AgentIdentifier,
      connector,
      entityType: connection?.EntityType ?? connector,
      mode,
      fileName: name,
      rows: Math.max(0, linesOf(content.toString()).length - 1),
      content: await step('key', () => encrypt(content, serverKey)),
    }
    const answer = await link.collect(body)
    if (answer.rows !== body.rows) {
      throw new AgentStepFailed('api', 'rows-differ', `The server has read ${answer.rows} of ${body.rows} rows.`)
    }
    await files.remove(path)
    host.journal('sent', { connector, mode, rows: answer.rows, storedAs: answer.storedAs })
    sent.push({ connector, rows: answer.rows, storedAs: answer.storedAs })
  }
  return sent
}
