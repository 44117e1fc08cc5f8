/** INSERT … EXEC: what a procedure or a string sends becomes rows. */
import type { Cell, DataType } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { isLocalTemporary } from '../session/temporary-name.ts'
import type { SqlSession } from '../session.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { withSession } from '../udf/running-session.ts'
import { convertFor } from './convert-for.ts'
import type { Execution } from './execution.ts'
import { type Change, changeRows, everyColumn, insteadOf, triggersOf } from './fire-triggers.ts'
import { assignable, type InsertStatement, insertGiven, planInsert } from './insert.ts'
import { toClient } from './output.ts'
import { valuesOf, withReads } from './plan.ts'
import { runExec, runExecString } from './procedure.ts'
import { ReadElsewhere } from './read-elsewhere.ts'
import { lockForChange, resolveTarget } from './resolve-target.ts'
import { runSelect } from './select.ts'

interface Sent {
  readonly cells: readonly Cell[]
  readonly types: readonly DataType[]
}

/** The rows of every result set. */
async function rowsOf(x: Execution, exec: Statement): Promise<Sent[]> {
  const { session } = x
  if (session.inInsertExec && exec.kind !== 'query')
    throw new SqlError(8164, 16, 1, 'An INSERT EXEC statement cannot be nested.')
  const rows: Sent[] = []
  let types: readonly DataType[] = []
  const { sink } = x
  const inner: Execution = {
    ...x,
    sink: {
      columns: (given) => {
        types = given.map((column) => column.type)
      },
      row: (cells) => void rows.push({ cells: [...cells], types }),
      breathe: () => undefined,
      done: () => {},
      message: (message) => sink.message(message),
      envChange: (change) => sink.envChange(change),
      returnStatus: () => {},
      returnValue: () => {},
    },
  }
  const before = session.inInsertExec
  session.inInsertExec = exec.kind !== 'query'
  try {
    if (exec.kind === 'query') await selectAnywhere(inner, exec)
    else if (exec.kind === 'exec') await runExec(inner, exec)
    else if (exec.kind === 'execString') await runExecString(inner, exec)
  } finally {
    session.inInsertExec = before
  }
  return rows
}

async function selectAnywhere(x: Execution, query: Extract<Statement, { kind: 'query' }>): Promise<void> {
  try {
    await runSelect(x, query)
  } catch (error) {
    if (!(error instanceof ReadElsewhere)) throw error
    await x.session.within(error.database, async () => runSelect(x, query))
  }
}

export async function runInsertExec(x: Execution, s: InsertStatement, exec: Statement): Promise<void> {
  const database = targetDatabase(x, s)
  const { session } = x
  await inTarget(session, database, async () => void resolveTarget(x, s.target))
  const sent = await rowsOf(x, exec)
  await inTarget(session, database, () => insertSent(x, s, sent))
}

/** Where the rows go, if that is another database. */
function targetDatabase(x: Execution, s: InsertStatement): SqlDatabase | undefined {
  const name = s.target.name ?? []
  const wanted = name.length > 2 ? name.at(-3) : undefined
  if (!wanted || isLocalTemporary(name.at(-1) ?? '')) return undefined
  const database = x.session.openableDatabase(wanted, name, s.line)
  return database === x.session.database ? undefined : database
}

const inTarget = <T>(session: SqlSession, database: SqlDatabase | undefined, work: () => Promise<T>): Promise<T> =>
  database ? session.within(database, work) : work()

async function insertSent(x: Execution, s: InsertStatement, sent: readonly Sent[]): Promise<void> {
  let target = resolveTarget(x, s.target)
  if (!(await lockForChange(x, target, 'INSERT'))) target = resolveTarget(x, s.target)
  if (insteadOf(triggersOf(x.session, target.database, target.table.id, 'INSERT')))
    throw unsupported('INSERT … EXEC where an INSTEAD OF trigger stands', s.line)
  const updated = everyColumn(target.table)
  const count = await changeRows(x, target, ['INSERT'], { outputs: toClient(s.output) }, (store) =>
    withReads(
      x,
      () => planInsert(x, s, target),
      (plan): Change[] => {
        const { columns, given } = plan.extra
        const wanted = columns.slice(0, given)
        const rows = sent.map(({ cells, types }) => {
          if (cells.length !== given) throw errors.columnCount(s.line)
          const own = cells.map((cell, i) => {
            const column = wanted[i]
            const from = types[i]
            return column && from ? convertFor(x.session, cell, from, assignable(column.type)) : cell
          })
          const [rest = []] = withSession(x.session, () => store.all(plan.sql, valuesOf(x, plan)))
          return [...own, ...rest]
        })
        return [{ event: 'INSERT', rows: insertGiven(x, s, target, store, columns, rows), updated }]
      },
    ),
  )
  x.session.rowCount = count
  x.sink.done({
    kind: x.frame.done,
    command: statementCodes.insert,
    count: x.session.settings.switches.has('NOCOUNT') ? undefined : count,
  })
}
