import type { Cell } from '../../tds/data-type.ts'
import { statementsOf } from '../execute/batch.ts'
import { dispatch } from '../execute/dispatch.ts'
import type { Execution } from '../execute/execution.ts'
import type { Argument } from '../execute/procedure.ts'
import { runSelect } from '../execute/select.ts'
import { newFrame, type Variable } from '../session/frame.ts'
import { SqlError } from '../sql-error.ts'
import { type ApiCursor, type CursorRow, type CursorTable, concurrencyOptions } from './api-cursor.ts'
import { bracketed, keyVariables, ResultCollector } from './cursor-query.ts'

const within = (x: Execution, variables: Map<string, Variable>, sink: ResultCollector): Execution => ({
  ...x,
  sink,
  frame: newFrame({ depth: x.frame.depth + 1, done: 'doneInProc', quotedIdentifier: true, variables }),
})

/** Runs a statement of the simulator's own with values in variables; its errors are thrown. */
async function runOwn(x: Execution, text: string, variables: Map<string, Variable>): Promise<void> {
  const inner = within(x, variables, new ResultCollector(x.sink))
  for (const statement of statementsOf(x, text, true)) await dispatch(inner, statement)
}

/** A row as it is now; undefined when it has gone. */
export async function readAgain(
  x: Execution,
  table: CursorTable,
  keys: readonly Cell[],
): Promise<readonly Cell[] | undefined> {
  const collector = new ResultCollector(x.sink)
  await runSelect(within(x, keyVariables(table, keys), collector), table.again)
  return collector.rows[0]
}

const notUpdatable = (): SqlError => new SqlError(16929, 16, 1, 'The cursor is READ ONLY.')

export function updatableTable(cursor: ApiCursor): CursorTable {
  if (!cursor.table || cursor.concurrency === concurrencyOptions.readOnly) throw notUpdatable()
  return cursor.table
}

const whereKeys = (table: CursorTable): string =>
  table.keys.map(({ name }, i) => `${bracketed(name)} = @key${i}`).join(' AND ')

const sameCells = (a: readonly Cell[], b: readonly Cell[]): boolean =>
  a.every((cell, i) => {
    const other = b[i] ?? null
    if (cell instanceof Uint8Array && other instanceof Uint8Array) return Buffer.from(cell).equals(other)
    return cell === other
  })

/** Optimistic cursors change a row only if it is still as it was read. */
async function checkUnchanged(x: Execution, cursor: ApiCursor, table: CursorTable, row: CursorRow): Promise<void> {
  if ((cursor.concurrency & (concurrencyOptions.optimistic | concurrencyOptions.optimisticValues)) === 0) return
  const now = await readAgain(x, table, row.keys)
  if (!now || !sameCells(row.cells, now))
    throw new SqlError(
      16934,
      16,
      1,
      'Optimistic concurrency check failed. The row was modified outside of this cursor.',
    )
}

/** The values of sp_cursor: each names its column, `@name`. */
function valuesOf(values: readonly Argument[]): { columns: string[]; variables: Map<string, Variable> } {
  const columns: string[] = []
  const variables = new Map<string, Variable>()
  values.forEach((argument, i) => {
    columns.push(bracketed((argument.name ?? '').replace(/^@/, '')))
    variables.set(`@value${i}`, { type: argument.type, value: argument.value })
  })
  return { columns, variables }
}

export async function updateRow(
  x: Execution,
  cursor: ApiCursor,
  row: CursorRow,
  values: readonly Argument[],
): Promise<void> {
  const table = updatableTable(cursor)
  await checkUnchanged(x, cursor, table, row)
  const { columns, variables } = valuesOf(values)
  const set = columns.map((column, i) => `${column} = @value${i}`).join(', ')
  const all = new Map([...variables, ...keyVariables(table, row.keys)])
  await runOwn(x, `UPDATE ${table.sql} SET ${set} WHERE ${whereKeys(table)}`, all)
  row.cells = (await readAgain(x, table, row.keys)) ?? row.cells
}

export async function deleteRow(x: Execution, cursor: ApiCursor, row: CursorRow): Promise<void> {
  const table = updatableTable(cursor)
  await checkUnchanged(x, cursor, table, row)
  await runOwn(x, `DELETE FROM ${table.sql} WHERE ${whereKeys(table)}`, keyVariables(table, row.keys))
}

/** A new row; it shows at the end of the cursor. */
export async function insertRow(x: Execution, cursor: ApiCursor, values: readonly Argument[]): Promise<void> {
  const table = updatableTable(cursor)
  const named = values.filter((argument) => argument.name)
  const { columns, variables } = valuesOf(named)
  const text =
    columns.length === 0
      ? `INSERT INTO ${table.sql} DEFAULT VALUES`
      : `INSERT INTO ${table.sql} (${columns.join(', ')}) VALUES (${columns.map((_, i) => `@value${i}`).join(', ')})`
  await runOwn(x, text, variables)
  const keys = table.keys.map((key): Cell => {
    const given = named.find((argument) => argument.name?.slice(1).toLowerCase() === key.name.toLowerCase())
    return given ? given.value : key.identity ? x.session.identity : null
  })
  const cells = await readAgain(x, table, keys)
  if (cells && !cursor.living) cursor.rows.push({ cells, keys })
}
