import { withDeadline } from '../../../../harness/context/deadline.ts'
import { codeOf, messageOf } from '../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { type BackupRequest, backupAnswer } from '../../protocol/backup-messages.ts'
import { framesOf, sendFrame } from '../../protocol/framed-stream.ts'
import type { BackupResult, ScheduleState } from '../actions.ts'

export interface BackupServiceSettings {
  readonly port: number
  readonly path: string
  readonly failuresAllowed: number
  readonly maxFrameBytes: number
}

// A backup of a laboratory's database is a matter of milliseconds; SQL Server's own limit is mssql's 15 s.
const TIMEOUT_MS = 20_000

/**
 * PsrBackupService: dials the server on its own host at 11014, and keeps the schedule. A single failure makes it
 * orange; after five in a row it is red and deactivated until it is opened and amended (facts, section 3.1).
 */
export class BackupService {
  readonly #host: ComponentHost
  readonly #settings: BackupServiceSettings
  #schedule: ScheduleState

  constructor(host: ComponentHost, settings: BackupServiceSettings) {
    this.#host = host
    this.#settings = settings
    this.#schedule = { colour: 'green', active: true, failuresInARow: 0, path: settings.path }
  }

  get schedule(): ScheduleState {
    return this.#schedule
  }

  /** Asks for a backup or a restore. What goes wrong is the answer. */
  async ask(op: BackupRequest['op'], path = this.#schedule.path, signal?: AbortSignal): Promise<BackupResult> {
    const { port } = this.#settings
    try {
      return await withDeadline({ what: `${op} over ${port}`, timeoutMs: TIMEOUT_MS, signal }, (ended) =>
        this.#exchange({ op, path }, ended),
      )
    } catch (error) {
      return { ok: false, path, code: codeOf(error) ?? 'unknown', text: messageOf(error) }
    }
  }

  async #exchange(request: BackupRequest, signal: AbortSignal): Promise<BackupResult> {
    const socket = this.#host.connect({ host: this.#host.fqdn, port: this.#settings.port })
    const stop = () => socket.destroy()
    signal.addEventListener('abort', stop, { once: true })
    this.#host.signal.addEventListener('abort', stop, { once: true })
    try {
      await sendFrame(socket, { ...request })
      for await (const frame of framesOf(socket, this.#settings.maxFrameBytes)) {
        const parsed = frame.ok ? backupAnswer.safeParse(frame.value) : undefined
        if (!parsed?.success) return { ok: false, path: request.path, code: 'protocol', text: 'an unreadable answer' }
        return { ...parsed.data, path: request.path }
      }
      return { ok: false, path: request.path, code: 'closed', text: 'the server closed the connection' }
    } finally {
      signal.removeEventListener('abort', stop)
      this.#host.signal.removeEventListener('abort', stop)
      socket.destroy()
    }
  }

  /** Its hour has come. A deactivated schedule does nothing. */
  async runSchedule(signal?: AbortSignal): Promise<BackupResult | undefined> {
    if (!this.#schedule.active) {
      this.#host.journal('backup-schedule', { ran: false, colour: this.#schedule.colour })
      return undefined
    }
    const result = await this.ask('backup', this.#schedule.path, signal)
    const failuresInARow = result.ok ? 0 : this.#schedule.failuresInARow + 1
    const active = failuresInARow < this.#settings.failuresAllowed
    this.#schedule = {
      colour: result.ok ? 'green' : active ? 'orange' : 'red',
      active,
      failuresInARow,
      path: this.#schedule.path,
      lastRun: this.#host.now().toISOString(),
      ...(result.ok ? {} : { lastError: `${result.code}: ${result.text}` }),
    }
    this.#host.journal('backup-schedule', { ran: true, colour: this.#schedule.colour, failuresInARow })
    return result
  }

  amend(path = this.#schedule.path): ScheduleState {
    this.#schedule = { colour: 'green', active: true, failuresInARow: 0, path }
    this.#host.journal('backup-schedule', { amended: true, path })
    return this.#schedule
  }
}
