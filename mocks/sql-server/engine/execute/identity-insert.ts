import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import { SqlError } from '../sql-error.ts'
import type { Execution } from './execution.ts'
import { findTable } from './resolve-target.ts'

/** SET IDENTITY_INSERT: on for one table of a session at a time. */
export function setIdentityInsert(x: Execution, s: Extract<Statement, { kind: 'setIdentityInsert' }>): void {
  const { table, display } = findTable(x, s.table, s.line)
  if (!table.columns.some((column) => column.identity))
    throw new SqlError(
      8106,
      16,
      1,
      `Table '${display}' does not have the identity property. Cannot perform SET operation.`,
    )
  const { identityInsert } = x.session
  const [other] = [...identityInsert].filter((id) => id !== table.id)
  if (s.on && other !== undefined)
    throw new SqlError(
      8107,
      16,
      1,
      `IDENTITY_INSERT is already ON for another table. Cannot perform SET operation for table '${display}'.`,
    )
  if (s.on) identityInsert.add(table.id)
  else identityInsert.delete(table.id)
  x.sink.done({ kind: x.frame.done, command: statementCodes.set })
}
