/** sp_cursoropen, sp_cursorfetch and their kin: procedures 1 to 9 of [MS-TDS] 2.2.6.6. */
import { type Cell, types } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import { errors } from '../errors.ts'
import { convertFor } from '../execute/convert-for.ts'
import type { Execution } from '../execute/execution.ts'
import { type PreparedStatement, prepare } from '../execute/prepared.ts'
import type { Argument } from '../execute/procedure.ts'
import type { Variable } from '../session/frame.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { convertCell } from '../values/convert.ts'
import { type ApiCursor, fetchStart, rowStates, scrollOptions } from './api-cursor.ts'
import { deleteRow, insertRow, readAgain, updateRow } from './change-row.ts'
import { followChanges } from './living-rows.ts'
import { browseOf, cursorColumns, openCursor } from './open-cursor.ts'

const number = (argument: Argument | undefined, otherwise = 0): number =>
  argument === undefined || argument.value === null ? otherwise : Number(argument.value)
const text = (argument: Argument | undefined): string => String(argument?.value ?? '')

function give(argument: Argument | undefined, value: Cell): void {
  if (argument?.place) argument.place.value = convertCell(value, types.int, argument.place.type)
}

function cursorOf(x: Execution, argument: Argument | undefined, procedure: string): ApiCursor {
  const handle = number(argument)
  const cursor = x.session.apiCursors.get(handle)
  if (!cursor)
    throw new SqlError(
      16909,
      16,
      1,
      `${procedure}: The cursor identifier value provided (${handle.toString(16)}) is not valid.`,
    )
  return cursor
}

function bindValues(x: Execution, request: PreparedStatement, values: readonly Argument[]): Map<string, Variable> {
  const variables = new Map<string, Variable>()
  request.parameters.forEach(({ parameter, type }, i) => {
    const key = parameter.name.toLowerCase()
    const argument = values.find((candidate) => candidate.name?.toLowerCase() === key) ?? values[i]
    if (!argument) throw errors.queryParameterMissing(`(${request.declarations})${request.text}`, parameter.name)
    variables.set(key, { type, value: convertFor(x.session, argument.value, argument.type, type) })
  })
  return variables
}

interface Options {
  readonly cursor: Argument | undefined
  readonly scroll: Argument | undefined
  readonly concurrency: Argument | undefined
  readonly rows: Argument | undefined
}

/** Opens, tells the columns (and the first rows, when asked to), and gives the options that were granted. */
async function open(
  x: Execution,
  request: PreparedStatement,
  values: readonly Argument[],
  o: Options,
): Promise<number> {
  const scroll = number(o.scroll, scrollOptions.keyset)
  const cursor = await openCursor(x, request, bindValues(x, request, values), scroll, number(o.concurrency, 4))
  x.sink.columns(cursorColumns(cursor), [], browseOf(cursor))
  let status = 0
  let sent = 0
  if (scroll & scrollOptions.autoFetch) {
    const count = number(o.rows, 1)
    sent = await sendRows(x, cursor, 1, count)
    cursor.at = 1
    cursor.fetched = sent
    if (scroll & scrollOptions.autoClose && sent >= cursor.rows.length) {
      x.session.apiCursors.delete(cursor.handle)
      status = 16
    }
  }
  x.sink.done({ kind: 'doneInProc', command: statementCodes.select, count: sent })
  give(o.cursor, status === 16 ? 0 : cursor.handle)
  give(o.scroll, cursor.scroll)
  give(o.concurrency, cursor.concurrency)
  give(o.rows, rowCountOf(cursor))
  return status
}

/** Nobody knows how many rows a cursor has whose rows come and go. */
const rowCountOf = (cursor: ApiCursor): number =>
  cursor.living || cursor.scroll === scrollOptions.fastForward || cursor.scroll === scrollOptions.forwardOnly
    ? -1
    : cursor.rows.length

/** Nor which of them is the current one: only whether there is one. */
function rowNumberOf(cursor: ApiCursor): number {
  if (cursor.at > cursor.rows.length) return -1
  return rowCountOf(cursor) === -1 ? Math.min(1, cursor.at) : cursor.at
}

async function sendRows(x: Execution, cursor: ApiCursor, start: number, count: number): Promise<number> {
  const rows = cursor.rows.slice(start - 1, start - 1 + count)
  for (const row of rows) {
    let state: number = rowStates.succeeded
    if (cursor.table && cursor.scroll !== scrollOptions.static) {
      const now = await readAgain(x, cursor.table, row.keys)
      if (now) row.cells = now
      else state = rowStates.missing
    }
    x.sink.row([...(state === rowStates.missing ? cursor.columns.map(() => null) : row.cells), state])
  }
  return rows.length
}

async function fetchRows(x: Execution, args: readonly Argument[]): Promise<number> {
  const cursor = cursorOf(x, args[0], 'sp_cursorfetch')
  const how = number(args[1], 2)
  if ((how & 0x1ff) === 0x100) {
    give(args[2], rowNumberOf(cursor))
    give(args[3], rowCountOf(cursor))
    return 0
  }
  const count = Math.max(0, number(args[3], 1))
  if (cursor.living) await followChanges(x, cursor, cursor.living)
  const total = cursor.rows.length
  const start = fetchStart(cursor, how, number(args[2], 1), count)
  const inside = start >= 1 && start <= total && count > 0
  x.sink.columns(cursorColumns(cursor), [], browseOf(cursor))
  const sent = inside ? await sendRows(x, cursor, start, count) : 0
  cursor.at = Math.min(Math.max(start, 0), total + 1)
  cursor.fetched = sent
  cursor.place = 0
  x.session.rowCount = sent
  x.sink.done({ kind: 'doneInProc', command: statementCodes.select, count: sent })
  return 0
}

/** sp_cursor: positioned UPDATE, DELETE and INSERT over the rows that the last fetch brought. */
async function changeRows(x: Execution, args: readonly Argument[]): Promise<number> {
  const cursor = cursorOf(x, args[0], 'sp_cursor')
  const operation = number(args[1])
  const rowNumber = number(args[2])
  const values = args.slice(4)
  if (operation & 0x04) {
    await insertRow(x, cursor, values)
    return 0
  }
  const absolute = (operation & 0x40) !== 0
  const first = absolute ? rowNumber : cursor.at + Math.max(0, rowNumber - 1)
  const count = rowNumber === 0 && !absolute ? cursor.fetched : 1
  if (operation & 0x20) cursor.place = Math.max(0, first - cursor.at)
  const rows = cursor.rows.slice(Math.max(0, first - 1), Math.max(0, first - 1) + count)
  if (rows.length === 0) throw new SqlError(16931, 16, 1, 'There are no rows in the current fetch buffer.')
  for (const row of rows) {
    if (operation & 0x01) await updateRow(x, cursor, row, values)
    else if (operation & 0x02) await deleteRow(x, cursor, row)
    else if (!(operation & 0x38)) throw unsupported(`sp_cursor with the operation ${operation}`)
  }
  return 0
}

function setOption(x: Execution, args: readonly Argument[]): number {
  const cursor = cursorOf(x, args[0], 'sp_cursoroption')
  const code = number(args[1])
  // 2 is the cursor's name; 1 and 3 say how text columns come, which here come as values always.
  if (code === 2) cursor.name = text(args[2])
  else if (code === 4) give(args[2], cursor.scroll)
  else if (code === 5) give(args[2], cursor.concurrency)
  else if (code === 6) give(args[2], rowCountOf(cursor))
  return 0
}

function prepared(x: Execution, argument: Argument | undefined): PreparedStatement {
  const found = x.session.prepared.get(number(argument))
  if (!found) throw errors.noHandle(number(argument))
  return found
}

function keep(x: Execution, request: PreparedStatement, handle: Argument | undefined): void {
  const id = x.session.nextHandle++
  x.session.prepared.set(id, request)
  give(handle, id)
}

/** Runs one of the procedures by its name. */
export async function runCursorProcedure(x: Execution, name: string, args: readonly Argument[]): Promise<number> {
  switch (name) {
    case 'sp_cursoropen': {
      const parameterized = (number(args[2]) & scrollOptions.parameterized) !== 0
      const request = prepare(x, parameterized ? text(args[5]) : '', text(args[1]))
      const options = { cursor: args[0], scroll: args[2], concurrency: args[3], rows: args[4] }
      return open(x, request, parameterized ? args.slice(6) : [], options)
    }
    case 'sp_cursorprepare':
      keep(x, prepare(x, text(args[1]), text(args[2])), args[0])
      return 0
    case 'sp_cursorexecute': {
      const options = { cursor: args[1], scroll: args[2], concurrency: args[3], rows: args[4] }
      return open(x, prepared(x, args[0]), args.slice(5), options)
    }
    case 'sp_cursorprepexec': {
      const request = prepare(x, text(args[2]), text(args[3]))
      keep(x, request, args[0])
      return open(x, request, args.slice(7), { cursor: args[1], scroll: args[4], concurrency: args[5], rows: args[6] })
    }
    case 'sp_cursorunprepare':
      prepared(x, args[0])
      x.session.prepared.delete(number(args[0]))
      return 0
    case 'sp_cursorfetch':
      return fetchRows(x, args)
    case 'sp_cursor':
      return changeRows(x, args)
    case 'sp_cursoroption':
      return setOption(x, args)
    default:
      x.session.apiCursors.delete(cursorOf(x, args[0], 'sp_cursorclose').handle)
      return 0
  }
}
