import type { ReferredComponent } from '../../../harness/host/component.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { type KeyPair, KeyPairRefused, loadKeyPair } from '../keys/key-pair.ts'
import type { Process } from '../server/configuration/appsettings.ts'
import { StartRefused } from '../server/product/start-refused.ts'
import { type Exported, Exporter, type ExportMode } from './collect/exporter.ts'
import { sendCollected } from './collect/synchroniser.ts'
import {
  type AgentConfiguration,
  type CertificatePlace,
  readAgentConfiguration,
} from './configuration/agent-configuration.ts'
import { AgentStepFailed } from './failure.ts'
import { WorkFiles } from './files/work-files.ts'
import { inTurn } from './in-turn.ts'
import { Jobs, type Task } from './jobs/jobs.ts'
import { Scheduler } from './jobs/scheduler.ts'
import { fetchOrders } from './provisioning/orders.ts'
import { ServerLink } from './server-link/server-link.ts'

export interface AgentProcess extends Process {
  /** In the server's process, with the server's settings: tokens are verified with what the server publishes. */
  readonly integrated: boolean
  readonly jobs: Readonly<Record<string, readonly Task[]>>
  /** The mail server that the installation has named. */
  readonly mail?: ReferredComponent | undefined
}

/** The agent at work: what one process of it holds. A server that runs it in its own process holds one as well. */
export interface Agent extends AsyncDisposable {
  readonly configuration: AgentConfiguration
  readonly key: KeyPair
  readonly files: WorkFiles
  readonly link: ServerLink
  readonly jobs: Jobs
  readonly scheduler: Scheduler
  readonly mail: ReferredComponent | undefined
  export(connector: string, mode: ExportMode): Promise<Exported>
  synchronise(): ReturnType<typeof sendCollected>
  fetchOrders(): ReturnType<typeof fetchOrders>
}

/** Starts an agent from what stands in its files. Throws `StartRefused` where the product does not start. */
export async function startAgent(host: ComponentHost, process: AgentProcess): Promise<Agent> {
  const configuration = await readAgentConfiguration(host, process)
  const key = await keyAt(host, configuration.EncryptionCertificate, process.runtime)
  const reset = configuration.PasswordResetSettings?.EncryptionCertificate
  if (reset) await keyAt(host, reset, process.runtime)
  const files = new WorkFiles(host, configuration, process.runtime, key)
  const { X509KeyFilePath, X509File } = configuration.IdentityServer
  const link = new ServerLink({
    host,
    configuration,
    encryptionKey: key,
    runtimeFolder: process.runtime,
    serverCertificate: process.integrated ? undefined : (X509KeyFilePath ?? X509File),
  })
  const exporter = new Exporter(host, configuration, files)
  // Jobs that run side by side work on the same files.
  const turn = inTurn()
  const exportOne = (connector: string, mode: ExportMode) => turn(() => exporter.export(connector, mode))
  const synchronise = () => turn(() => sendCollected({ host, configuration, files, link }))
  const orders = () => turn(() => fetchOrders({ host, configuration, files, link, key }))
  const run = async (task: Task): Promise<void> => {
    switch (task) {
      case 'Export':
        for (const connector of exporter.connectors) await exportOne(connector, 'complete')
        return
      case 'Synchronise':
        await synchronise()
        return
      case 'Fulfill': {
        const failed = (await orders()).find(({ state }) => state === 'Error')
        if (failed) throw new AgentStepFailed('job', 'order-failed', failed.message ?? failed.id)
      }
    }
  }
  await using starting = new AsyncDisposableStack()
  const scheduler = starting.use(new Scheduler(host, files, configuration.Scheduler))
  await scheduler.start()
  const owned = starting.move()
  return {
    configuration,
    key,
    files,
    link,
    export: exportOne,
    jobs: new Jobs({ host, configuration, link, jobs: process.jobs, run }),
    scheduler,
    mail: process.mail,
    synchronise,
    fetchOrders: orders,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function keyAt(host: ComponentHost, place: CertificatePlace, runtimeFolder: string): Promise<KeyPair> {
  const password = place.Password ?? place.X509KeyFilePassword
  try {
    return await loadKeyPair(
      host,
      {
        file: place.File,
        password,
        distinguishedName: place.DistinguishedName,
        thumbprint: place.Thumbprint,
        storeLocation: place.StoreLocation,
        storeName: place.StoreName,
      },
      'encryption',
      runtimeFolder,
    )
  } catch (error) {
    if (!(error instanceof KeyPairRefused)) throw error
    throw new StartRefused(error.code, error.message, { cause: error })
  }
}
