/** DECLARE CURSOR, OPEN, FETCH, CLOSE and DEALLOCATE. */
import { types } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { CursorRef, CursorShape } from '../../tsql/programmable-ast.ts'
import { checkImplicit } from '../binder/type-rules.ts'
import { errors } from '../errors.ts'
import { convertFor } from '../execute/convert-for.ts'
import { evaluate } from '../execute/evaluate.ts'
import type { Execution } from '../execute/execution.ts'
import { SqlError } from '../sql-error.ts'
import { cursorErrors } from './cursor-errors.ts'
import { type CursorHandle, modelOf } from './cursor-handle.ts'
import { openCursor } from './cursor-query.ts'
import { findCursor } from './named-cursors.ts'
import type { CursorRow } from './open-cursor.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

function handleOf(x: Execution, name: string, shape: CursorShape): CursorHandle {
  const variables = new Map([...x.frame.variables].map(([key, variable]) => [key, { ...variable }]))
  return { name, shape, model: modelOf(shape), frame: { ...x.frame, variables }, open: undefined }
}

export function runDeclareCursor(x: Execution, s: Of<'declareCursor'>): void {
  const key = s.name.toLowerCase()
  const local =
    s.shape.options.has('LOCAL') || (!s.shape.options.has('GLOBAL') && x.session.database.switches.has('LOCAL_CURSORS'))
  const cursors = local ? x.frame.cursors : x.session.cursors
  if (cursors.has(key)) throw cursorErrors.exists(s.name)
  cursors.set(key, handleOf(x, s.name, s.shape))
}

export function runSetCursor(x: Execution, s: Of<'setCursor'>): void {
  const key = s.variable.toLowerCase()
  if (!x.frame.cursorVariables.has(key)) throw errors.mustDeclare(s.variable, s.line)
  x.frame.cursorVariables.set(key, handleOf(x, s.variable, s.shape))
}

export async function runCursorStatement(
  x: Execution,
  s: Of<'openCursor' | 'closeCursor' | 'deallocateCursor'>,
): Promise<void> {
  const handle = findCursor(x, s.cursor)
  if (s.kind === 'openCursor') {
    if (handle.open) throw cursorErrors.alreadyOpen()
    handle.open = await openCursor({ ...x, frame: handle.frame }, handle.shape.query, handle.model)
    x.session.cursorRows = handle.open.model.kind === 'dynamic' ? -1 : handle.open.size
  } else if (s.kind === 'closeCursor') {
    if (!handle.open) throw cursorErrors.notOpen()
    handle.open = undefined
  } else forget(x, s.cursor, handle)
  x.sink.done({ kind: x.frame.done, command: 0 })
}

/** The name lets go of its cursor; it lives on while a variable holds it. */
export function forget(x: Execution, ref: CursorRef, handle: CursorHandle): void {
  const key = ref.name.toLowerCase()
  if (ref.variable) x.frame.cursorVariables.set(key, null)
  else if (x.frame.cursors.get(key) === handle) x.frame.cursors.delete(key)
  else x.session.cursors.delete(key)
}

export async function runFetch(x: Execution, s: Of<'fetch'>): Promise<void> {
  const { open, model } = findCursor(x, s.cursor)
  if (!open) throw cursorErrors.notOpen()
  if (!model.scroll && s.direction !== 'NEXT') throw cursorErrors.forwardOnly(s.direction)
  if (s.direction === 'ABSOLUTE' && model.kind === 'dynamic') throw cursorErrors.dynamicAbsolute()
  if (s.into && s.into.length !== open.columns.length) throw cursorErrors.variableCount()
  const count = s.count ? Number((await evaluate(x, s.count, types.int)).value ?? 0) : 1
  const { status, row } = await open.fetch(s.direction, count)
  x.session.fetchStatus = status
  x.session.rowCount = row ? 1 : 0
  if (!s.into) {
    x.sink.columns(open.columns)
    if (row) x.sink.row(row.cells)
  } else if (row) {
    for (const [i, name] of s.into.entries()) assign(x, name, open.columns[i]?.type, row, i, s.line)
  }
  const { switches } = x.session.settings
  x.sink.done({
    kind: x.frame.done,
    command: statementCodes.select,
    count: switches.has('NOCOUNT') ? undefined : x.session.rowCount,
  })
}

export function assign(
  x: Execution,
  name: string,
  from: Parameters<typeof convertFor>[2] | undefined,
  row: CursorRow,
  at: number,
  line: number,
): void {
  const variable = x.frame.variables.get(name.toLowerCase())
  if (!variable) throw errors.mustDeclare(name, line)
  const cell = row.cells[at] ?? null
  if (!from) return
  try {
    checkImplicit(from, variable.type)
  } catch (error) {
    if (error instanceof SqlError) throw cursorErrors.conversion(from.name, variable.type.name)
    throw error
  }
  variable.value = convertFor(x.session, cell, from, variable.type)
}
