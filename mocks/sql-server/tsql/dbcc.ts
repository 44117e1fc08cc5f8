/** DBCC commands: a name, arguments in parentheses, WITH options. */
import type { Expr, Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseExpression } from './expression.ts'

export function parseDbcc(p: Cursor): Statement {
  const { line } = p.next()
  const command = p.anyWord().toUpperCase()
  const args: Expr[] = []
  if (p.accept('(')) {
    if (!p.at(')')) args.push(...p.list(() => parseArgument(p)))
    p.expect(')')
  }
  const options = p.accept('WITH') ? p.list(() => p.anyWord().toUpperCase()) : []
  return { kind: 'dbcc', line, command, args, options }
}

/** A bare name stands for a string: `DBCC CHECKIDENT (t, RESEED, 5)`. */
function parseArgument(p: Cursor): Expr {
  if (p.token.kind !== 'word' && p.token.kind !== 'quoted') return parseExpression(p)
  const parts = [p.anyWord()]
  while (p.accept('.')) parts.push(p.anyWord())
  return { kind: 'literal', type: 'nstring', text: parts.join('.') }
}
