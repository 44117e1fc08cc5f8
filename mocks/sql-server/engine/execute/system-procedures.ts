/** The system procedures that drivers and ORMs call, by name. */
import { type Cell, types } from '../../tds/data-type.ts'
import { isCatalogProcedure, runCatalogProcedure } from '../procedures/registry.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { convertCell } from '../values/convert.ts'
import type { Execution } from './execution.ts'
import { executePrepared, type PrepareRequest, prepare, unprepare } from './prepared.ts'
import type { Argument } from './procedure.ts'
import { refusedProcedures } from './refused-procedures.ts'

const text = (argument: Argument | undefined): string =>
  argument?.value === null || argument === undefined ? '' : String(argument.value)

/** sp_executesql @stmt, @params, values…: the declared types rule, values come by name or place. */
async function executeSql(x: Execution, args: readonly Argument[]): Promise<number> {
  const [statement, declarations, ...values] = args
  if (!statement)
    throw new SqlError(
      201,
      16,
      10,
      "Procedure or function 'sp_executesql' expects parameter '@statement', which was not supplied.",
    )
  const request: PrepareRequest = prepare(x, text(declarations), text(statement))
  await executePrepared(x, request, values)
  return text(statement).trim() === '' ? 0 : x.session.error
}

type SystemProcedure = (x: Execution, args: readonly Argument[]) => Promise<number> | number

const number = (cell: Cell): number => Number(cell ?? 0)
const procedures: ReadonlyMap<string, SystemProcedure> = new Map<string, SystemProcedure>([
  ['sp_executesql', executeSql],
  [
    'sp_prepare',
    (x, args) => {
      const [handle, declarations, statement] = args
      const request = prepare(x, text(declarations), text(statement))
      const id = x.session.nextHandle++
      x.session.prepared.set(id, request)
      if (handle?.place) handle.place.value = convertCell(id, types.int, handle.place.type)
      return 0
    },
  ],
  [
    'sp_execute',
    async (x, args) => {
      const [handle, ...values] = args
      const request = x.session.prepared.get(number(handle?.value ?? null))
      if (!request)
        throw new SqlError(
          8179,
          16,
          2,
          `Could not find prepared statement with handle ${number(handle?.value ?? null)}.`,
        )
      await executePrepared(x, request, values)
      return 0
    },
  ],
  [
    'sp_prepexec',
    async (x, args) => {
      const [handle, declarations, statement, ...values] = args
      const request = prepare(x, text(declarations), text(statement))
      const id = x.session.nextHandle++
      x.session.prepared.set(id, request)
      if (handle?.place) handle.place.value = convertCell(id, types.int, handle.place.type)
      await executePrepared(x, request, values)
      return 0
    },
  ],
  [
    'sp_unprepare',
    (x, args) => {
      unprepare(x, number(args[0]?.value ?? null))
      return 0
    },
  ],
  [
    'sp_reset_connection',
    async (x) => {
      const ended = await x.session.reset({ keepTransaction: false })
      if (ended) x.sink.envChange(ended)
      return 0
    },
  ],
])

/** A procedure of the system wins over one of the same name that a user has made in dbo. */
export function isSystemProcedure(name: readonly string[]): boolean {
  const schema = (name.at(-2) ?? '').toLowerCase()
  if (schema !== '' && schema !== 'sys' && schema !== 'dbo') return false
  const key = (name.at(-1) ?? '').toLowerCase()
  return procedures.has(key) || isCatalogProcedure(key)
}

/** Runs a system procedure; undefined when there is none of that name. */
export function runSystemProcedure(
  x: Execution,
  name: readonly string[],
  args: readonly Argument[],
): Promise<number> | number | undefined {
  const key = (name.at(-1) ?? '').toLowerCase()
  const procedure = procedures.get(key)
  if (procedure) return procedure(x, args)
  if (cursorProcedures.has(key))
    return import('../api-cursors/cursor-procedures.ts').then(({ runCursorProcedure }) =>
      runCursorProcedure(x, key, args),
    )
  if (isCatalogProcedure(key)) return runCatalogProcedure(x, key, args)
  if (refusedProcedures.has(key)) throw unsupported(`the procedure ${key}`)
  return undefined
}

const cursorProcedures = new Set([
  'sp_cursor',
  'sp_cursoropen',
  'sp_cursorprepare',
  'sp_cursorexecute',
  'sp_cursorprepexec',
  'sp_cursorunprepare',
  'sp_cursorfetch',
  'sp_cursoroption',
  'sp_cursorclose',
])
