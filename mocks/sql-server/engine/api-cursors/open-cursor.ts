import type { Cell } from '../../tds/data-type.ts'
import type { BrowseInfo, Column } from '../../tds/tokens/col-metadata.ts'
import type { Query, Statement } from '../../tsql/ast.ts'
import { statementsOf } from '../execute/batch.ts'
import { checkBatch } from '../execute/check-batch.ts'
import type { Execution } from '../execute/execution.ts'
import { runStatements } from '../execute/interpreter.ts'
import type { PreparedStatement } from '../execute/prepared.ts'
import { runSelect } from '../execute/select.ts'
import { newFrame, type Variable } from '../session/frame.ts'
import { SqlError } from '../sql-error.ts'
import { type ApiCursor, type CursorRow, type CursorTable, concurrencyOptions, scrollOptions } from './api-cursor.ts'
import { keyedQuery, ResultCollector, rowStateColumn } from './cursor-query.ts'
import { changeStamp } from './living-rows.ts'

const forClause = /\bFOR\s+(READ\s+ONLY|UPDATE(\s+OF\s+[^()']*)?)\s*;?\s*$/i

/** Runs the statement of a cursor to its end and keeps its rows; what the client asked for may be less than it gets. */
export async function openCursor(
  x: Execution,
  request: Pick<PreparedStatement, 'text' | 'declarations'>,
  variables: Map<string, Variable>,
  scroll: number,
  concurrency: number,
): Promise<ApiCursor> {
  const frame = newFrame({
    depth: x.frame.depth + 1,
    done: 'doneInProc',
    quotedIdentifier: x.frame.quotedIdentifier,
    variables,
  })
  const collector = new ResultCollector(x.sink)
  const inner: Execution = { ...x, frame, sink: collector }
  // What a cursor may be used for stands behind its query; sp_cursoropen has options for that.
  const text = request.text.replace(forClause, '')
  const statements = statementsOf(x, text, frame.quotedIdentifier, request.declarations)
  const [problem] = checkBatch(inner, statements)
  if (problem) throw problem
  const [only] = statements
  const query = statements.length === 1 && only?.kind === 'query' ? only : undefined
  const wantsTable = (scroll & (scrollOptions.keyset | scrollOptions.dynamic)) !== 0 || (concurrency & 0xe) !== 0
  const keyed = query && wantsTable ? keyedQuery(x, query) : undefined
  if (query) await runSelect(inner, keyed ? { ...query, query: keyed.query } : query)
  else await runStatements(inner, statements)
  const all = collector.columnsSeen
  if (!all)
    throw new SqlError(
      16937,
      16,
      1,
      'A server cursor is not allowed on a remote stored procedure or stored procedure with more than one SELECT statement. Use a default result set or client cursor.',
    )
  const hidden = keyed?.table.keys.length ?? 0
  const visible = all.slice(0, all.length - hidden)
  const split = (cells: readonly Cell[]): CursorRow => ({
    cells: cells.slice(0, visible.length),
    keys: cells.slice(visible.length),
  })
  const { scroll: granted, concurrency: mode } = grant(scroll, concurrency, keyed?.table, query)
  const lives = granted === scrollOptions.dynamic || granted === scrollOptions.forwardOnly
  const cursor: ApiCursor = {
    handle: 180_150_000 + x.session.nextHandle++,
    columns: visible,
    rows: collector.rows.map(split),
    scroll: granted,
    concurrency: mode,
    ...(keyed ? { table: keyed.table } : {}),
    ...(keyed && query && lives
      ? {
          living: {
            stamp: changeStamp(x),
            read: async (later) => {
              const again = new ResultCollector(later.sink)
              await runSelect({ ...later, frame, sink: again }, { ...query, query: keyed.query })
              return again.rows.map(split)
            },
          },
        }
      : {}),
    at: 0,
    fetched: 0,
    place: 0,
    name: '',
  }
  x.session.apiCursors.set(cursor.handle, cursor)
  return cursor
}

/** Without a key that finds its rows again a cursor is a static one that changes nothing. */
function grant(scroll: number, concurrency: number, table: CursorTable | undefined, query: Statement | undefined) {
  const kind = scroll & 0x1f || scrollOptions.keyset
  const mode = concurrency & 0xf || concurrencyOptions.readOnly
  if (table) {
    const sorted = kind === scrollOptions.dynamic && query?.kind === 'query' && !inKeyOrder(query.query.order, table)
    return { scroll: sorted ? scrollOptions.keyset : kind, concurrency: mode }
  }
  const rows = kind === scrollOptions.keyset || kind === scrollOptions.dynamic ? scrollOptions.static : kind
  return { scroll: rows, concurrency: concurrencyOptions.readOnly }
}

/** A dynamic cursor walks along an index; rows that must be sorted first make it a keyset. */
const inKeyOrder = (order: Query['order'], table: CursorTable): boolean =>
  order.every(
    ({ expr, descending }, i) =>
      !descending && expr.kind === 'column' && expr.parts.at(-1)?.toLowerCase() === table.keys[i]?.name.toLowerCase(),
  )

export const cursorColumns = (cursor: ApiCursor): readonly Column[] => [...cursor.columns, rowStateColumn]

/** What TABNAME and COLINFO tell of a cursor's columns: where they come from, and that the row's state is hidden. */
export function browseOf(cursor: ApiCursor): BrowseInfo {
  const { table } = cursor
  const keys = new Set(table?.keys.map(({ name }) => name.toLowerCase()))
  return {
    tables: table ? [table.parts] : [],
    columns: [
      ...cursor.columns.map((column) => ({
        table: table && !column.computed ? 1 : 0,
        key: keys.has(column.name.toLowerCase()),
        expression: !table || column.computed === true,
        hidden: false,
      })),
      { table: 0, key: false, expression: true, hidden: true },
    ],
  }
}
