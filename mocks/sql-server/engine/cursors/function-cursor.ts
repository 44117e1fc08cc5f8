/** Cursors of functions: nothing in them waits, so their rows stay as they were when the cursor was opened. */
import { types } from '../../tds/data-type.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { Execution } from '../execute/execution.ts'
import { evaluateNow, rowsNow } from '../execute/immediate.ts'
import { SqlError } from '../sql-error.ts'
import { cursorErrors } from './cursor-errors.ts'
import { assign, forget, runDeclareCursor, runSetCursor } from './cursor-statements.ts'
import { findCursor } from './named-cursors.ts'
import { OpenCursor } from './open-cursor.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>
type CursorStatement = Of<'declareCursor' | 'setCursor' | 'openCursor' | 'closeCursor' | 'deallocateCursor' | 'fetch'>

export function cursorNow(x: Execution, s: CursorStatement): void {
  // Whatever the database's default is: a function leaves nothing behind.
  if (s.kind === 'declareCursor')
    runDeclareCursor(x, { ...s, shape: { ...s.shape, options: new Set([...s.shape.options, 'LOCAL']) } })
  else if (s.kind === 'setCursor') runSetCursor(x, s)
  else if (s.kind === 'fetch') fetch(x, s)
  else use(x, s)
}

function use(x: Execution, s: Of<'openCursor' | 'closeCursor' | 'deallocateCursor'>): void {
  const handle = findCursor(x, s.cursor)
  if (s.kind === 'deallocateCursor') {
    forget(x, s.cursor, handle)
    return
  }
  if (s.kind === 'closeCursor') {
    if (!handle.open) throw cursorErrors.notOpen()
    handle.open = undefined
    return
  }
  if (handle.open) throw cursorErrors.alreadyOpen()
  const { query } = handle.shape
  const { plan, rows } = rowsNow({ ...x, frame: handle.frame }, { kind: 'query', line: query.line, query })
  const model = { ...handle.model, kind: 'static' as const }
  handle.open = new OpenCursor(
    model,
    plan.columns,
    [],
    rows.map((cells) => ({ cells, keys: [] })),
    async (row) => row,
  )
  x.session.cursorRows = rows.length
}

function fetch(x: Execution, s: Of<'fetch'>): void {
  const { open, model } = findCursor(x, s.cursor)
  if (!open) throw cursorErrors.notOpen()
  if (!model.scroll && s.direction !== 'NEXT') throw cursorErrors.forwardOnly(s.direction)
  if (!s.into)
    throw new SqlError(444, 16, 3, 'Select statements included within a function cannot return data to a client.')
  if (s.into.length !== open.columns.length) throw cursorErrors.variableCount()
  const count = s.count ? Number(evaluateNow(x, s.count, types.int) ?? 0) : 1
  const { status, row } = open.move(s.direction, count)
  x.session.fetchStatus = status
  if (row) for (const [i, name] of s.into.entries()) assign(x, name, open.columns[i]?.type, row, i, s.line)
}
