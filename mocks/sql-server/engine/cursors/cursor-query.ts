/** Opens a cursor over a query: its rows with the places of their tables, and the query that reads one of them anew. */
import type { Cell } from '../../tds/data-type.ts'
import type { Query, SelectCore } from '../../tsql/ast.ts'
import type { RowKey } from '../binder/binder.ts'
import { bindQuery } from '../binder/query.ts'
import type { Execution } from '../execute/execution.ts'
import { type Plan, planOf, storeOf, valuesOf, withReads } from '../execute/plan.ts'
import { withSession } from '../udf/running-session.ts'
import { type CursorModel, type CursorRow, OpenCursor } from './open-cursor.ts'

interface Keyed {
  readonly query: Query
  readonly again: Query | undefined
}

const prepared = new WeakMap<Query, Keyed>()

/** The query for one row by its keys: without what chose and ordered the rows. */
function keyed(query: Query): Keyed {
  const known = prepared.get(query)
  if (known) return known
  const { body } = query
  const { offset: _, fetch: __, ...rest } = query
  const made: Keyed = {
    query,
    again: body.kind === 'select' ? { ...rest, order: [], body: withoutChoice(body) } : undefined,
  }
  prepared.set(query, made)
  return made
}

function withoutChoice(core: SelectCore): SelectCore {
  const { where: _, top: __, ...rest } = core
  return rest
}

const planKeyed = (x: Execution, query: Query): Plan<readonly RowKey[]> =>
  planOf<readonly RowKey[]>(x, query, (b) => {
    b.wantKeys()
    const bound = bindQuery(b, query)
    return { ...bound, extra: b.rowKeys }
  })

/** `x` has the variables that the query was declared with. */
export async function openCursor(x: Execution, query: Query, model: CursorModel): Promise<OpenCursor> {
  const { again } = keyed(query)
  const split = (cells: readonly Cell[], width: number): CursorRow => ({
    cells: cells.slice(0, width),
    keys: cells.slice(width).map(Number),
  })
  return withReads(
    x,
    () => planKeyed(x, query),
    (plan) => {
      const width = plan.columns.length
      const rows = withSession(x.session, () => storeOf(x, plan).all(plan.sql, valuesOf(x, plan), plan.bigInts))
      // What has no keys cannot be looked at again.
      const kind = plan.extra.length === 0 || !again ? 'static' : model.kind
      const reread = async (row: CursorRow): Promise<CursorRow | undefined> => {
        if (!again) return row
        return withReads(
          x,
          () => planKeyed(x, again),
          (one) => {
            const values = valuesOf(x, one)
            const match = one.extra.map((_, i) => `r${i + 1} IS ?${values.length + i + 1}`).join(' AND ')
            const [cells] = withSession(x.session, () =>
              storeOf(x, one).all(`SELECT * FROM (${one.sql}) WHERE ${match}`, [...values, ...row.keys], one.bigInts),
            )
            return cells ? split(cells, width) : undefined
          },
        )
      }
      return new OpenCursor(
        { ...model, kind },
        plan.columns,
        plan.extra,
        rows.map((cells) => split(cells, width)),
        reread,
      )
    },
  )
}
