import { SqlError } from '../engine/sql-error.ts'
import type { Cte } from './ast.ts'
import type { Cursor } from './cursor.ts'

export interface QueryOptions {
  /** Levels that a recursive CTE may have; 0 is without end. */
  readonly maxRecursion?: number
}

const mostRecursion = 32_767

/** OPTION (…) at the end of a statement, where there is one: hints to the optimizer mean nothing here. */
export function parseQueryOptions(p: Cursor): QueryOptions {
  if (!p.at('OPTION', '(')) return {}
  const { line } = p.token
  p.expect('OPTION', '(')
  let options: QueryOptions = {}
  for (let depth = 1; depth > 0; ) {
    const { key, kind } = p.next()
    if (kind === 'end') throw p.error()
    if (key === '(') depth += 1
    if (key === ')') depth -= 1
    if (key !== 'MAXRECURSION') continue
    const maxRecursion = Number(p.next().text)
    if (!Number.isInteger(maxRecursion) || maxRecursion < 0) throw p.error()
    if (maxRecursion > mostRecursion)
      throw new SqlError(
        310,
        15,
        1,
        `The value ${maxRecursion} specified for the MAXRECURSION option exceeds the allowed maximum of ${mostRecursion}.`,
        { line },
      )
    options = { maxRecursion }
  }
  return options
}

/** The CTEs of a statement know how deep they may go. */
export const limited = (ctes: readonly Cte[], { maxRecursion }: QueryOptions): readonly Cte[] =>
  maxRecursion === undefined ? ctes : ctes.map((cte) => ({ ...cte, maxRecursion }))
