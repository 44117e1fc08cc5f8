import { watch } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from '../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { AgentConfiguration } from '../configuration/agent-configuration.ts'
import type { WorkFiles } from '../files/work-files.ts'
import type { schedulerStates } from '../work-actions.ts'

const LOCK = 'Temp/scheduler.lock'

export type SchedulerState = (typeof schedulerStates)[number]

/**
 * The scheduler runs while it holds `Temp/scheduler.lock`. One that another left or holds is waited for as `MaxLockWatchTime` says:
 * seconds; 0 for ever; below 0 the scheduler fails at once (vendor, agent appsettings).
 */
export class Scheduler implements AsyncDisposable {
  readonly #host: ComponentHost
  readonly #files: WorkFiles
  readonly #settings: AgentConfiguration['Scheduler']
  #state: SchedulerState = 'disabled'
  #leavesLock = false

  constructor(host: ComponentHost, files: WorkFiles, settings: AgentConfiguration['Scheduler']) {
    this.#host = host
    this.#files = files
    this.#settings = settings
  }

  get state(): SchedulerState {
    return this.#state
  }

  async start(): Promise<void> {
    const { Enabled, MaxLockWatchTime } = this.#settings
    if (!Enabled) return
    if (await this.#acquired()) return
    if (MaxLockWatchTime < 0) {
      this.#become('failed')
      return
    }
    this.#become('waiting')
    this.#host.background('waiting for scheduler.lock', (signal) => this.#wait(signal))
  }

  /** Deletes a lock that another has left; one that this scheduler holds stays. */
  async removeLock(): Promise<boolean> {
    return this.#state !== 'running' && (await this.#files.remove(LOCK))
  }

  /** From now on the end of this process is that of one that crashes: its lock stays. */
  leaveLock(): boolean {
    this.#leavesLock = this.#state === 'running'
    return this.#leavesLock
  }

  async #acquired(): Promise<boolean> {
    if ((await this.#files.bytes(LOCK)) !== undefined) return false
    await this.#files.writePlain(LOCK, `${this.#host.fqdn}\n`)
    this.#become('running')
    return true
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { MaxLockWatchTime } = this.#settings
    const end =
      MaxLockWatchTime === 0 ? signal : AbortSignal.any([signal, AbortSignal.timeout(MaxLockWatchTime * 1_000)])
    try {
      const changes = watch(dirname(this.#files.pathOf(LOCK)), { signal: end })
      // The lock may have gone between the first look and the watching.
      if (await this.#acquired()) return
      for await (const { filename } of changes) {
        if (filename === 'scheduler.lock' && (await this.#acquired())) return
      }
    } catch (error) {
      if (codeOf(error) !== 'ABORT_ERR') throw error
      if (!signal.aborted) this.#become('failed')
    }
  }

  #become(state: SchedulerState): void {
    this.#state = state
    this.#host.journal('scheduler', { state })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state !== 'running' || this.#leavesLock) return
    this.#state = 'disabled'
    await this.#files.remove(LOCK)
  }
}
