import { randomUUID } from 'node:crypto'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { JobReport } from '../../protocol/agent-messages.ts'
import type { AgentConfiguration } from '../configuration/agent-configuration.ts'
import { AgentStepFailed } from '../failure.ts'
import type { AgentLink } from '../server-link/agent-link.ts'
import type { JobInstance } from '../work-actions.ts'

export type Task = 'Export' | 'Synchronise' | 'Fulfill'

const MAX_INSTANCES = 1_000

export interface JobsOptions {
  readonly host: ComponentHost
  readonly configuration: AgentConfiguration
  readonly link: AgentLink
  readonly jobs: Readonly<Record<string, readonly Task[]>>
  run(task: Task): Promise<void>
}

/** Jobs and what became of them. A job has begun when the server knows of it; the server is told of its end as well. */
export class Jobs {
  readonly #options: JobsOptions
  readonly #instances = new Map<string, JobInstance>()

  constructor(options: JobsOptions) {
    this.#options = options
  }

  get instances(): readonly JobInstance[] {
    return [...this.#instances.values()]
  }

  /** Launches a job; its end is told by `ended`. Throws `AgentStepFailed` where it could not be launched. */
  async launch(
    job: string,
    by: string,
  ): Promise<{ readonly instance: JobInstance; readonly ended: Promise<JobInstance> }> {
    const { jobs, configuration, host } = this.#options
    const tasks = Object.hasOwn(jobs, job) ? jobs[job] : undefined
    if (!tasks) throw new AgentStepFailed('job', 'unknown-job', 'There is no job of this name.')
    const instance: JobInstance = { instance: randomUUID(), job, by, state: 'Started' }
    this.#keep(instance)
    const timeout = AbortSignal.timeout(configuration.JobLaunchTimeout)
    try {
      await this.#report(instance, timeout)
    } catch (error) {
      const failure = timeout.aborted
        ? new AgentStepFailed(
            'job',
            'JobLaunchTimeout',
            `The job has not begun within ${configuration.JobLaunchTimeout} ms.`,
          )
        : error
      this.#keep({ ...instance, state: 'Errored', message: textOf(failure) })
      throw failure
    }
    const ended = this.#work(instance, tasks)
    host.background(`job ${job}`, async () => void (await ended))
    return { instance, ended }
  }

  /** Launches a job whose time has come, and waits for its end. */
  async launchScheduled(job: string): Promise<'Completed' | 'Errored'> {
    try {
      const { ended } = await this.launch(job, 'scheduler')
      return (await ended).state === 'Completed' ? 'Completed' : 'Errored'
    } catch (error) {
      if (!(error instanceof AgentStepFailed)) throw error
      this.#options.host.journal('failed', {
        what: `schedule of ${job}`,
        step: error.step,
        code: error.code,
        text: error.message,
      })
      return 'Errored'
    }
  }

  async #work(instance: JobInstance, tasks: readonly Task[]): Promise<JobInstance> {
    const ended = await this.#outcome(instance, tasks)
    this.#keep(ended)
    try {
      await this.#report(ended)
    } catch (error) {
      // What became of the job stays known here, as in its log.
      this.#options.host.journal('job-report-failed', { job: ended.job, reason: textOf(error) })
    }
    return ended
  }

  async #outcome(instance: JobInstance, tasks: readonly Task[]): Promise<JobInstance> {
    try {
      for (const task of tasks) await this.#options.run(task)
      return { ...instance, state: 'Completed' }
    } catch (error) {
      return { ...instance, state: 'Errored', message: textOf(error) }
    }
  }

  #keep(instance: JobInstance): void {
    const [oldest] = this.#instances.keys()
    if (this.#instances.size >= MAX_INSTANCES && oldest !== undefined) this.#instances.delete(oldest)
    this.#instances.set(instance.instance, instance)
    const { job, by, state, message } = instance
    this.#options.host.journal('job', { job, by, state, ...(message === undefined ? {} : { message }) })
  }

  async #report({ instance, job, state, message }: JobInstance, signal?: AbortSignal): Promise<void> {
    const { configuration, link } = this.#options
    const report: JobReport = {
      agentIdentifier: configuration.AgentIdentifier,
      job,
      instance,
      state,
      ...(message === undefined ? {} : { message }),
    }
    await link.reportJob(report, signal)
  }
}

const textOf = (error: unknown): string =>
  error instanceof AgentStepFailed ? `${error.code}: ${error.message}`.slice(0, 2_000) : 'The task failed.'
