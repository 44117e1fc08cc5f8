import type { ReferredComponent } from '../../../harness/host/component.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import type { KeyPair } from '../keys/key-pair.ts'
import { type Exported, Exporter, type ExportMode } from './collect/exporter.ts'
import { sendCollected } from './collect/synchroniser.ts'
import type { AgentConfiguration } from './configuration/agent-configuration.ts'
import { AgentStepFailed } from './failure.ts'
import { WorkFiles } from './files/work-files.ts'
import { inTurn } from './in-turn.ts'
import { Jobs, type Task } from './jobs/jobs.ts'
import { Scheduler } from './jobs/scheduler.ts'
import { Timetable } from './jobs/timetable.ts'
import { fetchOrders } from './provisioning/orders.ts'
import type { AgentLink } from './server-link/agent-link.ts'

/** What an agent works with, wherever its process is. */
export interface AgentParts {
  readonly host: ComponentHost
  /** The folder of the executable, `C:/UsercubeAgent/Runtime`. */
  readonly runtime: string
  readonly configuration: AgentConfiguration
  readonly key: KeyPair
  readonly link: AgentLink
  readonly jobs: Readonly<Record<string, readonly Task[]>>
  /** Job → crontab. */
  readonly schedules: Readonly<Record<string, string>>
  /** The mail server that the installation has named. */
  readonly mail: ReferredComponent | undefined
}

/** The agent at work: in a process of its own, or in the server's. */
export interface Agent extends AsyncDisposable {
  readonly configuration: AgentConfiguration
  readonly key: KeyPair
  readonly files: WorkFiles
  readonly jobs: Jobs
  readonly scheduler: Scheduler
  readonly mail: ReferredComponent | undefined
  export(connector: string, mode: ExportMode): Promise<Exported>
  synchronise(): ReturnType<typeof sendCollected>
  fetchOrders(): ReturnType<typeof fetchOrders>
}

/** Puts an agent to work; its scheduler holds its lock, or waits for it. */
export async function runAgent(parts: AgentParts): Promise<Agent> {
  const { host, runtime, configuration, key, link, mail } = parts
  const files = new WorkFiles(host, configuration, runtime, key)
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
  const jobs = new Jobs({ host, configuration, link, jobs: parts.jobs, run })
  const timetable = new Timetable({ host, schedules: parts.schedules, launch: (job) => jobs.launchScheduled(job) })
  const scheduler = starting.use(new Scheduler({ host, files, settings: configuration.Scheduler, timetable }))
  await scheduler.start()
  const owned = starting.move()
  return {
    configuration,
    key,
    files,
    export: exportOne,
    jobs,
    scheduler,
    mail,
    synchronise,
    fetchOrders: orders,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
