/**
 * The heart of a cursor, apart from who asks: the rows of its query as they were when it was opened, and a place among
 * them. T-SQL's FETCH and an API cursor's sp_cursorfetch move it alike; reading a row anew is the owner's work (`reread`).
 */
import type { Cell } from '../../tds/data-type.ts'
import type { FetchDirection } from '../../tsql/programmable-ast.ts'
import type { RowKey } from '../binder/binder.ts'
import type { OutColumn } from '../binder/select.ts'

export type CursorKind = 'static' | 'keyset' | 'dynamic'

export interface CursorModel {
  readonly kind: CursorKind
  readonly scroll: boolean
  readonly readOnly: boolean
}

/** A row of the query, and where its tables hold it. */
export interface CursorRow {
  readonly cells: readonly Cell[]
  readonly keys: readonly number[]
}

export interface Fetched {
  /** @@FETCH_STATUS: 0, -1 beyond the rows, -2 a row that is no more. */
  readonly status: 0 | -1 | -2
  readonly row?: CursorRow
}

export class OpenCursor {
  readonly model: CursorModel
  readonly columns: readonly OutColumn[]
  /** The tables that the keys of a row belong to; empty when rows cannot be told apart. */
  readonly tables: readonly RowKey[]
  readonly #rows: readonly CursorRow[]
  readonly #reread: (row: CursorRow) => Promise<CursorRow | undefined>
  /** From 1; 0 is before the first row. */
  #position = 0
  #current: CursorRow | undefined

  constructor(
    model: CursorModel,
    columns: readonly OutColumn[],
    tables: readonly RowKey[],
    rows: readonly CursorRow[],
    reread: (row: CursorRow) => Promise<CursorRow | undefined>,
  ) {
    this.model = model
    this.columns = columns
    this.tables = tables
    this.#rows = rows
    this.#reread = reread
  }

  get size(): number {
    return this.#rows.length
  }

  get position(): number {
    return this.#position
  }

  /** The row that the last fetch has brought. */
  get current(): CursorRow | undefined {
    return this.#current
  }

  /** A fetch that reads nothing anew. */
  move(direction: FetchDirection, count = 1): Fetched {
    this.#position = Math.min(Math.max(this.#target(direction, count), 0), this.#rows.length + 1)
    this.#current = this.#rows[this.#position - 1]
    return this.#current ? { status: 0, row: this.#current } : { status: -1 }
  }

  async fetch(direction: FetchDirection, count = 1): Promise<Fetched> {
    const back = direction === 'PRIOR' || direction === 'LAST' || (direction === 'RELATIVE' && count < 0)
    this.#position = Math.min(Math.max(this.#target(direction, count), 0), this.#rows.length + 1)
    for (;;) {
      const row = this.#rows[this.#position - 1]
      this.#current = undefined
      if (!row) return { status: -1 }
      const now = this.model.kind === 'static' ? row : await this.#reread(row)
      if (now) {
        this.#current = now
        return { status: 0, row: now }
      }
      if (this.model.kind === 'keyset') return { status: -2 }
      // A dynamic cursor knows nothing of rows that are gone.
      this.#position += back ? -1 : 1
    }
  }

  #target(direction: FetchDirection, count: number): number {
    switch (direction) {
      case 'NEXT':
        return this.#position + 1
      case 'PRIOR':
        return this.#position - 1
      case 'FIRST':
        return 1
      case 'LAST':
        return this.#rows.length
      case 'ABSOLUTE':
        return count < 0 ? this.#rows.length + 1 + count : count
      case 'RELATIVE':
        return this.#position + count
    }
  }
}
