import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { Execution } from './execution.ts'
import { describeQuery } from './select.ts'

/** What runs as ever: it changes nothing but settings and variables, or runs statements of its own. */
const asEver = new Set<Statement['kind']>(['setOption', 'setValue', 'declare', 'exec', 'execString', 'use', 'return'])

/** SET FMTONLY ON: the columns of results and nothing else. Gives true when the statement is done with. */
export function onlyFormat(x: Execution, s: Statement): boolean {
  if (asEver.has(s.kind)) return false
  if (s.kind === 'query') describeQuery(x, s)
  else x.sink.done({ kind: x.frame.done, command: statementCodes.none })
  return true
}
