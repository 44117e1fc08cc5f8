import type { ResultSink } from '../engine/result-sink.ts'
import { Cancelled, SqlError } from '../engine/sql-error.ts'
import type { Cell } from '../tds/data-type.ts'
import type { BrowseInfo, Column } from '../tds/tokens/col-metadata.ts'
import type { EnvChange } from '../tds/tokens/env-change.ts'
import type { ServerMessage } from '../tds/tokens/message.ts'
import type { ReturnValue } from '../tds/tokens/return-value.ts'
import { Response, type ResponseOptions } from './response.ts'
import type { ResponseFault } from './wire-faults.ts'

export interface FaultOptions {
  readonly fault: ResponseFault
  /** Claims the fault; false when another response had it first. */
  readonly fire: () => boolean
  /** Ends the connection behind what is already written. */
  readonly drop: () => void
}

/** A response that goes wrong at a planned place: it breaks off, or its result ends in an error. */
export class FaultyResponse extends Response {
  readonly #options: FaultOptions
  #over = false
  #dropped = false
  #tokens = 0
  #rows = 0
  #inResult = false

  constructor(options: ResponseOptions, faultOptions: FaultOptions) {
    super(options)
    this.#options = faultOptions
  }

  override columns(columns: readonly Column[], order?: readonly number[], browse?: BrowseInfo): void {
    this.#token()
    super.columns(columns, order, browse)
    this.#rows = 0
    this.#inResult = true
  }

  override row(cells: readonly Cell[]): void {
    const { fault } = this.#options
    if (fault.kind !== 'drop-at-token' && this.#rows === fault.rows) this.#afterRows(cells)
    this.#token()
    super.row(cells)
    this.#rows += 1
  }

  override done(done: Parameters<ResultSink['done']>[0]): void {
    const { fault } = this.#options
    const inResult = this.#inResult
    this.#inResult = false
    // Results with fewer rows go by: drivers have such of their own.
    if (inResult && fault.kind !== 'drop-at-token' && this.#rows === fault.rows) this.#afterRows()
    this.#token()
    super.done(done)
  }

  override message(message: ServerMessage): void {
    this.#token()
    super.message(message)
  }

  override envChange(change: EnvChange): void {
    this.#token()
    super.envChange(change)
  }

  override returnStatus(status: number): void {
    this.#token()
    super.returnStatus(status)
  }

  override returnValue(value: ReturnValue): void {
    this.#token()
    super.returnValue(value)
  }

  override end(extraStatus = 0): void {
    if (this.#dropped) return
    if (this.#options.fault.kind === 'drop-at-token' && this.#claim()) this.#drop()
    else super.end(extraStatus)
  }

  #token(): void {
    if (this.#dropped) throw new Cancelled()
    const { fault } = this.#options
    if (fault.kind === 'drop-at-token' && this.#tokens === fault.tokens && this.#claim()) {
      this.#drop()
      throw new Cancelled()
    }
    this.#tokens += 1
  }

  #afterRows(next?: readonly Cell[]): void {
    const { fault } = this.#options
    if (!this.#claim()) return
    if (fault.kind === 'error-after-rows') throw new SqlError(fault.number, fault.severity, 1, fault.text)
    this.#drop(next)
    throw new Cancelled()
  }

  #claim(): boolean {
    if (this.#over) return false
    this.#over = true
    return this.#options.fire()
  }

  #drop(row?: readonly Cell[]): void {
    this.#dropped = true
    this.breakOff(row)
    this.#options.drop()
  }
}
