import type { Expr, Name, Source } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseCondition, parseExpression } from './expression.ts'
import { parsePivot } from './pivot.ts'
import { isQueryStart, parseQuery, softStop } from './query.ts'
import { parseType } from './type-reference.ts'

type JoinType = Extract<Source, { kind: 'join' }>['type']

/** FROM: a list of sources, each with its joins. A comma is a cross join. */
export function parseFrom(p: Cursor): Source {
  let left = parseJoined(p)
  while (p.accept(',')) left = { kind: 'join', type: 'CROSS', left, right: parseJoined(p) }
  return left
}

export function parseJoined(p: Cursor): Source {
  let left = parseSource(p)
  for (;;) {
    const type = acceptJoin(p)
    if (!type) return left
    const right = type === 'CROSS' || type.endsWith('APPLY') ? parseSource(p) : parseJoinRight(p)
    if (type === 'CROSS' || type.endsWith('APPLY')) left = { kind: 'join', type, left, right }
    else {
      p.expect('ON')
      left = { kind: 'join', type, left, right, on: parseCondition(p) }
    }
  }
}

/** `a JOIN b JOIN c ON … ON …`: the right side takes the inner join first. */
function parseJoinRight(p: Cursor): Source {
  let right = parseSource(p)
  while (!p.at('ON')) {
    const type = acceptJoin(p)
    if (!type) throw p.error()
    const next = type === 'CROSS' || type.endsWith('APPLY') ? parseSource(p) : parseJoinRight(p)
    if (type === 'CROSS' || type.endsWith('APPLY')) right = { kind: 'join', type, left: right, right: next }
    else {
      p.expect('ON')
      right = { kind: 'join', type, left: right, right: next, on: parseCondition(p) }
    }
  }
  return right
}

function acceptJoin(p: Cursor): JoinType | undefined {
  if (p.accept('CROSS', 'JOIN')) return 'CROSS'
  if (p.accept('CROSS', 'APPLY')) return 'CROSS APPLY'
  if (p.accept('OUTER', 'APPLY')) return 'OUTER APPLY'
  const hint = (ahead: number): number =>
    ['HASH', 'LOOP', 'MERGE', 'REMOTE'].includes(p.peek(ahead).key) && p.peek(ahead + 1).key === 'JOIN' ? 1 : 0
  if (p.accept('JOIN')) return 'INNER'
  const word = p.token.key
  if (word === 'INNER') {
    const skip = hint(1)
    if (p.peek(1 + skip).key !== 'JOIN') return undefined
    for (let i = 0; i < 2 + skip; i += 1) p.next()
    return 'INNER'
  }
  if (word === 'LEFT' || word === 'RIGHT' || word === 'FULL') {
    const outer = p.peek(1).key === 'OUTER' ? 1 : 0
    const skip = outer + hint(1 + outer)
    if (p.peek(1 + skip).key !== 'JOIN') return undefined
    for (let i = 0; i < 2 + skip; i += 1) p.next()
    return word
  }
  return undefined
}

function parseSource(p: Cursor): Source {
  let source = parsePlainSource(p)
  while (p.atAny('PIVOT', 'UNPIVOT')) source = parsePivot(p, source)
  return source
}

function parsePlainSource(p: Cursor): Source {
  if (p.at('(')) {
    if (isQueryStart(p)) return parseDerived(p)
    p.next()
    if (p.accept('VALUES')) {
      const rows = p.list(() => p.parenthesized(() => parseExpression(p)))
      p.expect(')')
      const alias = expectAlias(p)
      return { kind: 'values', rows, alias, columns: p.parenthesized(() => p.name()) }
    }
    if (p.at('MERGE') || p.at('INSERT') || p.at('UPDATE') || p.at('DELETE'))
      throw p.unsupported('a statement as a source of rows')
    const inner = parseJoined(p)
    p.expect(')')
    return inner
  }
  if (p.at('{', 'OJ')) {
    p.next()
    p.next()
    const inner = parseJoined(p)
    p.expect('}')
    return inner
  }
  const { line } = p.token
  if (p.token.kind === 'variable') {
    const name = p.variable()
    if (p.at('.') && p.peek(2).key === '(') {
      p.next()
      return parseTableFunction(p, [name, p.name()], line)
    }
    const alias = acceptAlias(p)
    return { kind: 'variable', name, line, ...(alias ? { alias } : {}) }
  }
  if (p.atAny('OPENROWSET', 'OPENQUERY', 'OPENDATASOURCE', 'OPENXML', 'CONTAINSTABLE', 'FREETEXTTABLE'))
    throw p.unsupported(p.token.key)
  const name = p.multiName()
  if (p.at('(') && !looksLikeHints(p)) return parseTableFunction(p, name, line)
  if (p.at('FOR') && p.peek(1).key === 'SYSTEM_TIME') throw p.unsupported('temporal tables')
  let alias = acceptAlias(p)
  const hints = parseHints(p)
  alias ??= hints.length > 0 ? acceptAlias(p) : undefined
  if (p.at('TABLESAMPLE')) throw p.unsupported(p.token.key)
  p.endSource()
  return { kind: 'table', name, hints, line, ...(alias ? { alias } : {}) }
}

function parseDerived(p: Cursor): Source {
  p.expect('(')
  const query = parseQuery(p)
  p.expect(')')
  const alias = expectAlias(p)
  const columns = p.at('(') ? p.parenthesized(() => p.name()) : undefined
  return { kind: 'derived', query, alias, ...(columns ? { columns } : {}) }
}

function parseTableFunction(p: Cursor, name: Name, line: number): Source {
  const args: Expr[] = []
  p.expect('(')
  if (!p.at(')')) args.push(...p.list(() => parseExpression(p)))
  p.expect(')')
  const columns = p.at('WITH', '(') && name.at(-1)?.toUpperCase() === 'OPENJSON' ? parseJsonColumns(p) : undefined
  const alias = acceptAlias(p)
  const names = alias && p.at('(') ? p.parenthesized(() => p.name()) : undefined
  return {
    kind: 'function',
    name,
    args,
    line,
    ...(alias ? { alias } : {}),
    ...(names ? { columns: names } : {}),
    ...(columns ? { with: columns } : {}),
  }
}

function parseJsonColumns(p: Cursor) {
  p.expect('WITH')
  return p.parenthesized(() => {
    const name = p.name()
    const type = parseType(p)
    const path = p.token.kind === 'string' || p.token.kind === 'nstring' ? p.next().text : undefined
    const json = p.accept('AS')
    if (json) p.expect('JSON')
    return { name, type, json, ...(path === undefined ? {} : { path }) }
  })
}

function acceptAlias(p: Cursor): string | undefined {
  if (p.accept('AS')) return p.name()
  return p.atName && !softStop(p) ? p.name() : undefined
}

export function expectAlias(p: Cursor): string {
  p.accept('AS')
  return p.name()
}

const hintWords = new Set([
  'NOLOCK',
  'READUNCOMMITTED',
  'READCOMMITTED',
  'READPAST',
  'UPDLOCK',
  'HOLDLOCK',
  'ROWLOCK',
  'TABLOCK',
  'TABLOCKX',
  'XLOCK',
  'PAGLOCK',
  'SERIALIZABLE',
  'REPEATABLEREAD',
  'NOWAIT',
  'NOEXPAND',
  'FORCESEEK',
  'INDEX',
  'SNAPSHOT',
  'READCOMMITTEDLOCK',
])

/** The old form of hints has no WITH: `from t (nolock)`. */
const looksLikeHints = (p: Cursor): boolean =>
  hintWords.has(p.peek(1).key) && [')', ',', '(', '='].includes(p.peek(2).key)

export function parseHints(p: Cursor): string[] {
  if (!(p.at('WITH', '(') && hintWords.has(p.peek(2).key)) && !(p.at('(') && looksLikeHints(p))) return []
  p.accept('WITH')
  p.expect('(')
  const hints: string[] = []
  for (let depth = 1; depth > 0; ) {
    const token = p.next()
    if (token.kind === 'end') throw p.error()
    if (token.key === '(') depth += 1
    else if (token.key === ')') depth -= 1
    else if (token.kind === 'word') hints.push(token.key)
  }
  return hints
}
