import type { Source } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseExpression } from './expression.ts'
import { expectAlias } from './from.ts'

/** `… PIVOT (SUM(v) FOR c IN ([a], [b])) AS p` and `… UNPIVOT (v FOR c IN ([a], [b])) AS u`. */
export function parsePivot(p: Cursor, of: Source): Source {
  const { line, key } = p.next()
  p.expect('(')
  if (key === 'PIVOT') {
    const aggregate = parseExpression(p)
    p.expect('FOR')
    const column = p.multiName()
    p.expect('IN')
    const values = p.parenthesized(() => p.name())
    p.expect(')')
    return { kind: 'pivot', of, aggregate, column, values, alias: expectAlias(p), line }
  }
  const value = p.name()
  p.expect('FOR')
  const name = p.name()
  p.expect('IN')
  const columns = p.parenthesized(() => p.nameAfterDotted())
  p.expect(')')
  return { kind: 'unpivot', of, value, name, columns, alias: expectAlias(p), line }
}
