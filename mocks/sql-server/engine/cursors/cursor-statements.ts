/** DECLARE CURSOR, OPEN, FETCH, CLOSE, DEALLOCATE, and the row of WHERE CURRENT OF. */
import { types } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { CursorRef, CursorShape } from '../../tsql/programmable-ast.ts'
import { checkImplicit } from '../binder/type-rules.ts'
import { errors } from '../errors.ts'
import { evaluate } from '../execute/evaluate.ts'
import type { Execution } from '../execute/execution.ts'
import type { ChangedTable } from '../execute/resolve-target.ts'
import type { SqlSession } from '../session.ts'
import { SqlError } from '../sql-error.ts'
import { convertCell } from '../values/convert.ts'
import { cursorErrors } from './cursor-errors.ts'
import { type CursorHandle, modelOf } from './cursor-handle.ts'
import { openCursor } from './cursor-query.ts'
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

/** SET @c = cursor; false when the variable is none of a cursor. */
export function assignCursor(x: Execution, s: Of<'setVariable'>): boolean {
  const key = s.name.toLowerCase()
  if (!x.frame.cursorVariables.has(key)) return false
  const { value } = s
  const name =
    value.kind === 'variable'
      ? { name: value.name, variable: true, global: false }
      : { name: value.kind === 'column' ? (value.parts.at(-1) ?? '') : '', variable: false, global: false }
  x.frame.cursorVariables.set(key, findCursor(x, name))
  return true
}

export function findCursor(x: Execution, ref: CursorRef): CursorHandle {
  const key = ref.name.toLowerCase()
  if (ref.variable) {
    if (!x.frame.cursorVariables.has(key)) throw errors.mustDeclare(ref.name, 0)
    const handle = x.frame.cursorVariables.get(key)
    if (!handle) throw cursorErrors.noCursor(ref.name)
    return handle
  }
  const handle = (ref.global ? undefined : x.frame.cursors.get(key)) ?? x.session.cursors.get(key)
  if (!handle) throw cursorErrors.missing(ref.name)
  return handle
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
function forget(x: Execution, ref: CursorRef, handle: CursorHandle): void {
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

function assign(
  x: Execution,
  name: string,
  from: Parameters<typeof convertCell>[1] | undefined,
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
  variable.value = convertCell(cell, from, variable.type)
}

/** The row of WHERE CURRENT OF in the table to change. */
export function currentRow(x: Execution, ref: CursorRef, target: ChangedTable): number {
  const { open, model } = findCursor(x, ref)
  if (!open) throw cursorErrors.notOpen()
  if (model.readOnly || open.tables.length === 0) throw cursorErrors.readOnly()
  if (!open.current) throw cursorErrors.noRow()
  const at = open.tables.findIndex(({ table }) => table.id === target.table.id)
  const rowid = open.current.keys[at]
  if (rowid === undefined) throw cursorErrors.notItsTable()
  return rowid
}

/** SET CURSOR_CLOSE_ON_COMMIT ON: the end of a transaction closes every cursor. */
export function closeCursors(session: SqlSession): void {
  const handles = [
    ...session.cursors.values(),
    ...session.frames.flatMap((frame) => [...frame.cursors.values(), ...frame.cursorVariables.values()]),
  ]
  for (const handle of handles) if (handle) handle.open = undefined
}

/** CURSOR_STATUS(). */
export function cursorStatus(session: SqlSession, scope: string, name: string): number {
  const frame = session.frames.at(-1)
  const key = name.toLowerCase()
  if (scope === 'variable' && frame?.cursorVariables.has(key) && !frame.cursorVariables.get(key)) return -2
  const handle =
    scope === 'variable'
      ? frame?.cursorVariables.get(key)
      : scope === 'local'
        ? frame?.cursors.get(key)
        : session.cursors.get(key)
  if (!handle) return -3
  if (!handle.open) return -1
  return handle.open.size > 0 || handle.open.model.kind === 'dynamic' ? 1 : 0
}
