/** WHERE CURRENT OF: the row of a cursor as a value of the plan. */
import { types } from '../../tds/data-type.ts'
import type { Statement } from '../../tsql/ast.ts'
import { currentRow } from '../cursors/named-cursors.ts'
import type { Execution } from './execution.ts'
import type { ChangedTable } from './resolve-target.ts'

/** No statement can write this name. */
export const currentRowVariable = '@ current row'

export function placeCursor(
  x: Execution,
  s: Extract<Statement, { kind: 'update' | 'delete' }>,
  target: ChangedTable,
): void {
  if (s.currentOf)
    x.frame.variables.set(currentRowVariable, { type: types.bigint, value: currentRow(x, s.currentOf, target) })
}
