/** DECLARE CURSOR, OPEN, FETCH, CLOSE and DEALLOCATE. */
import type { Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseExpression } from './expression.ts'
import type { CursorRef, CursorShape, FetchDirection } from './programmable-ast.ts'
import { parseQuery } from './query.ts'

const optionWords = [
  'LOCAL',
  'GLOBAL',
  'FORWARD_ONLY',
  'SCROLL',
  'STATIC',
  'KEYSET',
  'DYNAMIC',
  'FAST_FORWARD',
  'READ_ONLY',
  'SCROLL_LOCKS',
  'OPTIMISTIC',
  'TYPE_WARNING',
]

/** From behind DECLARE; the ISO form has its options before CURSOR. */
export function parseDeclareCursor(p: Cursor, line: number): Statement {
  const name = p.name()
  const options = new Set<string>()
  while (p.atAny('INSENSITIVE', 'SCROLL')) options.add(p.next().key === 'SCROLL' ? 'SCROLL' : 'STATIC')
  return { kind: 'declareCursor', line, name, shape: parseCursorShape(p, options) }
}

/** CURSOR [options] FOR query [FOR UPDATE | READ ONLY]. */
export function parseCursorShape(p: Cursor, options: Set<string> = new Set()): CursorShape {
  p.expect('CURSOR')
  while (p.atAny(...optionWords)) options.add(p.next().key)
  p.expect('FOR')
  const query = parseQuery(p)
  if (!p.accept('FOR')) return { options, query }
  if (p.accept('READ', 'ONLY') || p.accept('READ_ONLY')) return { options, query, update: 'READ ONLY' }
  p.expect('UPDATE')
  return { options, query, update: p.accept('OF') ? p.list(() => p.nameAfterDotted()) : [] }
}

/** True at the FOR that ends a cursor's query. */
export const atCursorFor = (p: Cursor): boolean =>
  p.at('FOR', 'UPDATE') || p.at('FOR', 'READ', 'ONLY') || p.at('FOR', 'READ_ONLY')

export function parseCursorRef(p: Cursor): CursorRef {
  if (p.token.kind === 'variable') return { name: p.variable(), variable: true, global: false }
  const global = p.at('GLOBAL') && (p.peek(1).kind === 'word' || p.peek(1).kind === 'quoted') && p.accept('GLOBAL')
  return { name: p.name(), variable: false, global }
}

export function parseCursorUse(p: Cursor): Statement {
  const { line, key } = p.next()
  if (key === 'OPEN' && p.atAny('SYMMETRIC', 'MASTER')) throw p.unsupported('encryption keys')
  if (key === 'CLOSE' && p.atAny('SYMMETRIC', 'MASTER', 'ALL')) throw p.unsupported('encryption keys')
  const kind = key === 'OPEN' ? 'openCursor' : key === 'CLOSE' ? 'closeCursor' : 'deallocateCursor'
  return { kind, line, cursor: parseCursorRef(p) }
}

const directions: ReadonlySet<string> = new Set(['NEXT', 'PRIOR', 'FIRST', 'LAST', 'ABSOLUTE', 'RELATIVE'])
const isDirection = (key: string): key is FetchDirection => directions.has(key)

export function parseFetch(p: Cursor): Statement {
  const { line } = p.next()
  const { key } = p.token
  const next = p.peek(1)
  const given =
    isDirection(key) && (key === 'ABSOLUTE' || key === 'RELATIVE' || next.key === 'FROM' || next.kind !== 'end')
  let direction: FetchDirection = 'NEXT'
  let count = {}
  if (given && isDirection(key)) {
    direction = key
    p.next()
    if (direction === 'ABSOLUTE' || direction === 'RELATIVE') count = { count: parseExpression(p) }
  }
  p.accept('FROM')
  const cursor = parseCursorRef(p)
  const into = p.accept('INTO') ? { into: p.list(() => p.variable()) } : {}
  return { kind: 'fetch', line, cursor, direction, ...count, ...into }
}
