/** ODBC's escapes, which the server reads as well: {d '…'}, {t '…'}, {ts '…'}, {guid '…'}, {fn …} and {oj …}. */
import type { Expr, Name } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseExpression } from './expression.ts'

const constants: ReadonlyMap<string, string> = new Map([
  ['D', 'datetime'],
  ['T', 'datetime'],
  ['TS', 'datetime'],
  ['GUID', 'uniqueidentifier'],
])

/** ODBC's names of functions where they are others than T-SQL's. */
const functions: ReadonlyMap<string, Name> = new Map([
  ['NOW', ['GETDATE']],
  ['UCASE', ['UPPER']],
  ['LCASE', ['LOWER']],
  ['IFNULL', ['ISNULL']],
  ['LENGTH', ['LEN']],
  ['DATABASE', ['DB_NAME']],
  ['DAYOFMONTH', ['DAY']],
])

export const atEscape = (p: Cursor): boolean => p.at('{')

export function parseEscape(p: Cursor): Expr {
  p.expect('{')
  const { line } = p.token
  const type = constants.get(p.token.key)
  if (type) {
    p.next()
    if (p.token.kind !== 'string' && p.token.kind !== 'nstring') throw p.error()
    const of: Expr = { kind: 'literal', type: 'string', text: p.next().text }
    p.expect('}')
    return { kind: 'cast', of, type: { name: type, args: [], line }, trying: false }
  }
  p.expect('FN')
  const called = parseExpression(p)
  p.expect('}')
  if (called.kind !== 'call') return called
  const name = functions.get((called.name.at(-1) ?? '').toUpperCase())
  return name ? { ...called, name } : called
}
