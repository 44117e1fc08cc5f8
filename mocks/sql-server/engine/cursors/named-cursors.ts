/** Cursors by their names and variables: what other statements and functions ask of them. */
import type { Statement } from '../../tsql/ast.ts'
import type { CursorRef } from '../../tsql/programmable-ast.ts'
import { currentApiRow } from '../api-cursors/current-api-row.ts'
import { errors } from '../errors.ts'
import type { Execution } from '../execute/execution.ts'
import type { ChangedTable } from '../execute/resolve-target.ts'
import type { SqlSession } from '../session.ts'
import { cursorErrors } from './cursor-errors.ts'
import type { CursorHandle } from './cursor-handle.ts'

/** SET @c = cursor; false when the variable is none of a cursor. */
export function assignCursor(x: Execution, s: Extract<Statement, { kind: 'setVariable' }>): boolean {
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

/** The row of WHERE CURRENT OF in the table to change. */
export function currentRow(x: Execution, ref: CursorRef, target: ChangedTable): number {
  const key = ref.name.toLowerCase()
  if (!ref.variable && !x.frame.cursors.has(key) && !x.session.cursors.has(key)) {
    const rowid = currentApiRow(x, key, target)
    if (rowid !== undefined) return rowid
  }
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
