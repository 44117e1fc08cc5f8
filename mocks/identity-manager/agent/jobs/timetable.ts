import { setTimeout as until } from 'node:timers/promises'
import { codeOf } from '../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { LaunchedJob } from '../work-actions.ts'
import { type Crontab, nextTime, parseCrontab } from './crontab.ts'

/** Longer than that no timer of Node's runs (2^31 - 1 ms). */
const LONGEST_TIMER_MS = 2_147_483_647
const MINUTE_MS = 60_000
/** Of one elapsed time. */
const MAX_LAUNCHES = 100

export interface TimetableOptions {
  readonly host: ComponentHost
  /** Job → its times, as `parseCrontab` reads them. */
  readonly schedules: Readonly<Record<string, string>>
  /** Launches a job and waits for its end. */
  launch(job: string): Promise<LaunchedJob['state']>
}

/** Launches jobs at their times, by the host's clock, which `elapse` can put forward. */
export class Timetable implements Disposable {
  readonly #options: TimetableOptions
  readonly #crontabs: ReadonlyMap<string, Crontab>
  #aheadMs = 0
  #started = false
  #waiting: AbortController | undefined

  constructor(options: TimetableOptions) {
    this.#options = options
    const read = Object.entries(options.schedules).map(([job, text]) => [job, parseCrontab(text)] as const)
    this.#crontabs = new Map(read.flatMap(([job, crontab]) => (typeof crontab === 'string' ? [] : [[job, crontab]])))
  }

  /** From now on jobs are launched; what came before is past. */
  start(): void {
    this.#started = true
    this.#waitForNext()
  }

  /** So many minutes pass at once: what is due in them is launched, one after the other, in the order of its times. */
  async elapse(minutes: number): Promise<readonly LaunchedJob[]> {
    const from = this.#now()
    this.#aheadMs += minutes * MINUTE_MS
    if (!this.#started) return []
    this.#waiting?.abort()
    const launched = await this.#launchDue(from, new Date(from.getTime() + minutes * MINUTE_MS))
    this.#waitForNext()
    return launched
  }

  [Symbol.dispose](): void {
    this.#started = false
    this.#waiting?.abort()
  }

  #now(): Date {
    return new Date(this.#options.host.now().getTime() + this.#aheadMs)
  }

  #waitForNext(): void {
    if (!this.#started || this.#crontabs.size === 0) return
    const waiting = new AbortController()
    this.#waiting = waiting
    this.#options.host.background('waiting for the next job', async (ended) => {
      const signal = AbortSignal.any([ended, waiting.signal])
      try {
        for (let from = this.#now(); ; ) {
          const next = this.#firstAfter(from)
          if (!next) return
          const leftMs = next.at.getTime() - this.#now().getTime()
          await until(Math.min(Math.max(leftMs, 0), LONGEST_TIMER_MS), undefined, { signal, ref: false })
          const to = this.#now()
          await this.#launchDue(from, to)
          from = to
        }
      } catch (error) {
        if (codeOf(error) !== 'ABORT_ERR') throw error
      }
    })
  }

  /** Later than `from`, not later than `to`. */
  async #launchDue(from: Date, to: Date): Promise<readonly LaunchedJob[]> {
    const launched: LaunchedJob[] = []
    for (let next = this.#firstAfter(from); next && next.at <= to; next = this.#firstAfter(next.at)) {
      for (const job of next.jobs) {
        if (!this.#started || launched.length >= MAX_LAUNCHES) return launched
        launched.push({ job, at: next.at.toISOString(), state: await this.#options.launch(job) })
      }
    }
    return launched
  }

  /** The next time that anything is due, and all that is due then. */
  #firstAfter(from: Date): { readonly at: Date; readonly jobs: readonly string[] } | undefined {
    const times = [...this.#crontabs].flatMap(([job, crontab]) => {
      const at = nextTime(crontab, from)
      return at ? [{ job, at }] : []
    })
    const first = Math.min(...times.map(({ at }) => at.getTime()))
    const jobs = times.flatMap(({ job, at }) => (at.getTime() === first ? [job] : []))
    return jobs.length === 0 ? undefined : { at: new Date(first), jobs }
  }
}
