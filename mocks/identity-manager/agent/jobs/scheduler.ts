import { on } from 'node:events'
import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from '../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { AgentConfiguration } from '../configuration/agent-configuration.ts'
import type { WorkFiles } from '../files/work-files.ts'
import type { LaunchedJob, schedulerStates } from '../work-actions.ts'
import type { Timetable } from './timetable.ts'

const LOCK = 'Temp/scheduler.lock'

export type SchedulerState = (typeof schedulerStates)[number]

export interface SchedulerOptions {
  readonly host: ComponentHost
  readonly files: WorkFiles
  readonly settings: AgentConfiguration['Scheduler']
  readonly timetable: Timetable
}

/**
 * The scheduler runs, and jobs come at their times, while it holds `Temp/scheduler.lock`. One that another left or holds is waited
 * for as `MaxLockWatchTime` says: seconds; 0 for ever; below 0 the scheduler fails at once (vendor, agent appsettings).
 */
export class Scheduler implements AsyncDisposable {
  readonly #options: SchedulerOptions
  readonly #ended = new AbortController()
  #state: SchedulerState = 'disabled'
  #leavesLock = false

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  get state(): SchedulerState {
    return this.#state
  }

  async start(): Promise<void> {
    const { host, settings } = this.#options
    if (!settings.Enabled) return
    if (await this.#acquired()) return
    if (settings.MaxLockWatchTime < 0) {
      this.#become('failed')
      return
    }
    this.#become('waiting')
    host.background('waiting for scheduler.lock', (signal) => this.#wait(AbortSignal.any([signal, this.#ended.signal])))
  }

  /** So many minutes pass; jobs whose time comes in them are launched, if the scheduler runs. */
  elapse(minutes: number): Promise<readonly LaunchedJob[]> {
    return this.#options.timetable.elapse(minutes)
  }

  /** Deletes a lock that another has left; one that this scheduler holds stays. */
  async removeLock(): Promise<boolean> {
    return this.#state !== 'running' && (await this.#options.files.remove(LOCK))
  }

  /** From now on the end of this process is that of one that crashes: its lock stays. */
  leaveLock(): boolean {
    this.#leavesLock = this.#state === 'running'
    return this.#leavesLock
  }

  async #acquired(): Promise<boolean> {
    const { host, files, timetable } = this.#options
    if (this.#ended.signal.aborted || (await files.bytes(LOCK)) !== undefined) return false
    await files.writePlain(LOCK, `${host.fqdn}\n`)
    this.#become('running')
    timetable.start()
    return true
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { files, settings } = this.#options
    const { MaxLockWatchTime } = settings
    const end =
      MaxLockWatchTime === 0 ? signal : AbortSignal.any([signal, AbortSignal.timeout(MaxLockWatchTime * 1_000)])
    try {
      using watching = closedAtEnd(watch(dirname(files.pathOf(LOCK))))
      const changes = on(watching.watcher, 'change', { signal: end })
      // The lock may have gone between the first look and the watching, which `fs/promises` would begin with the first question.
      if (await this.#acquired()) return
      for await (const [, filename] of changes) {
        if (filename === 'scheduler.lock' && (await this.#acquired())) return
      }
    } catch (error) {
      if (codeOf(error) !== 'ABORT_ERR') throw error
      if (!signal.aborted) this.#become('failed')
    }
  }

  #become(state: SchedulerState): void {
    this.#state = state
    this.#options.host.journal('scheduler', { state })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    this.#options.timetable[Symbol.dispose]()
    if (this.#state !== 'running' || this.#leavesLock) return
    this.#state = 'disabled'
    await this.#options.files.remove(LOCK)
  }
}

const closedAtEnd = (watcher: FSWatcher) => ({ watcher, [Symbol.dispose]: () => watcher.close() })
