import type { Cell } from '../tds/data-type.ts'
import type { BrowseInfo, Column } from '../tds/tokens/col-metadata.ts'
import type { EnvChange } from '../tds/tokens/env-change.ts'
import type { ServerMessage } from '../tds/tokens/message.ts'
import type { ReturnValue } from '../tds/tokens/return-value.ts'

/** Where a statement's results go: the wire, or a collector of rows for the control plane. */
export interface ResultSink {
  columns(columns: readonly Column[], order?: readonly number[], browse?: BrowseInfo): void
  row(cells: readonly Cell[]): void
  /** To be awaited between slices of a long result; undefined while the peer keeps up and nobody else is kept waiting. */
  breathe(): Promise<void> | undefined
  /** Ends a statement. `count` is undefined where no count is to be told. */
  done(done: {
    readonly kind: 'done' | 'doneInProc' | 'doneProc'
    readonly command: number
    readonly count?: number | undefined
    readonly error?: boolean
    /** A call with others behind it in the same message. */
    readonly inBatch?: boolean
  }): void
  message(message: ServerMessage): void
  envChange(change: EnvChange): void
  /** The client knows the columns of the results that follow. */
  withoutColumns?(on: boolean): void
  returnStatus(status: number): void
  returnValue(value: ReturnValue): void
}
