import type { IndexDef, Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseCondition } from './expression.ts'

export function parseIndexColumns(p: Cursor): { name: string; descending: boolean }[] {
  return p.parenthesized(() => {
    const name = p.name()
    const descending = p.accept('DESC')
    if (!descending) p.accept('ASC')
    return { name, descending }
  })
}

export function skipParentheses(p: Cursor): void {
  p.expect('(')
  for (let depth = 1; depth > 0; ) {
    if (p.at('IGNORE_DUP_KEY', '=', 'ON')) throw p.unsupported('IGNORE_DUP_KEY')
    const { key, kind } = p.next()
    if (kind === 'end') throw p.error()
    if (key === '(') depth += 1
    if (key === ')') depth -= 1
  }
}

/** What may stand behind the columns of an index. */
export function parseIndexTail(p: Cursor): Pick<IndexDef, 'include' | 'where'> {
  const include = p.accept('INCLUDE') ? p.parenthesized(() => p.name()) : []
  let where: IndexDef['where']
  if (p.accept('WHERE')) {
    const start = p.token.start
    const expr = parseCondition(p)
    where = { text: p.textFrom(start), expr }
  }
  if (p.accept('WITH')) skipParentheses(p)
  return { include, ...(where ? { where } : {}) }
}

export function parseCreateIndex(p: Cursor, line: number): Statement {
  const unique = p.accept('UNIQUE')
  const clustered = p.accept('CLUSTERED')
  p.accept('NONCLUSTERED')
  if (p.at('COLUMNSTORE')) throw p.unsupported('columnstore indexes')
  p.expect('INDEX')
  const name = p.name()
  p.expect('ON')
  const table = p.multiName()
  const columns = parseIndexColumns(p)
  const tail = parseIndexTail(p)
  if (p.accept('ON')) p.anyWord()
  return { kind: 'createIndex', line, table, index: { name, unique, clustered, columns, ...tail } }
}
