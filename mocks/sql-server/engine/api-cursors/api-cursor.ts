/** Cursors that drivers open by procedure call (sp_cursoropen and its kin), apart from T-SQL's own. */
import type { Cell, DataType } from '../../tds/data-type.ts'
import type { Column } from '../../tds/tokens/col-metadata.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { Execution } from '../execute/execution.ts'

export const scrollOptions = {
  keyset: 0x01,
  dynamic: 0x02,
  forwardOnly: 0x04,
  static: 0x08,
  fastForward: 0x10,
  parameterized: 0x1000,
  autoFetch: 0x2000,
  autoClose: 0x4000,
} as const

export const concurrencyOptions = {
  readOnly: 0x01,
  scrollLocks: 0x02,
  optimistic: 0x04,
  optimisticValues: 0x08,
} as const

/** The one table behind a cursor whose rows can be found again. */
export interface CursorTable {
  /** As statements name it: `[dbo].[t]`. */
  readonly sql: string
  readonly parts: readonly string[]
  readonly keys: readonly { readonly name: string; readonly type: DataType; readonly identity: boolean }[]
  /** The cursor's query for one row by its keys, in variables `@key0`, … */
  readonly again: Extract<Statement, { kind: 'query' }>
}

export interface CursorRow {
  cells: readonly Cell[]
  readonly keys: readonly Cell[]
}

export interface LivingRows {
  /** Differs when anything has changed in the database: only then are the rows looked for anew. */
  stamp: string
  readonly read: (x: Execution) => Promise<CursorRow[]>
}

export interface ApiCursor {
  readonly handle: number
  readonly columns: readonly Column[]
  readonly rows: CursorRow[]
  /** Of cursors that see what has come and gone since: the rows of now. */
  readonly living?: LivingRows
  readonly scroll: number
  readonly concurrency: number
  readonly table?: CursorTable
  /** The first row of the fetch buffer, counted from 1: 0 is before the first, one more than there are behind the last. */
  at: number
  /** How many rows the last fetch brought. */
  fetched: number
  /** Which row of the buffer is the current one. */
  place: number
  name: string
}

/** The rows' state behind their columns, which drivers do not show. */
export const rowStates = { succeeded: 1, missing: 2 } as const

/** Where a fetch begins; outside of 1 to `total` it brings nothing. */
export function fetchStart(cursor: ApiCursor, how: number, row: number, count: number): number {
  const total = cursor.rows.length
  // Without rows a fetch only takes the cursor somewhere: FIRST before all of them, LAST behind.
  if (count === 0 && (how & 0x1ff) === 0x01) return 0
  if (count === 0 && (how & 0x1ff) === 0x08) return total + 1
  switch (how & 0x1ff) {
    case 0x01:
      return 1
    case 0x02:
      return cursor.at === 0 ? 1 : cursor.at + (cursor.living ? cursor.fetched : Math.max(1, cursor.fetched))
    case 0x04: {
      const start = cursor.at - count
      // A fetch that would begin before the first row brings the first rows instead.
      return start < 1 && cursor.at > 1 ? 1 : start
    }
    case 0x08:
      return Math.max(1, total - count + 1)
    case 0x10:
      return row >= 0 ? row : total + 1 + row
    case 0x20:
      return cursor.at + row
    default:
      return cursor.at
  }
}
