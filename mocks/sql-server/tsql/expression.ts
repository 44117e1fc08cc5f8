import { SqlError } from '../engine/sql-error.ts'
import type { Expr } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { isPredicate } from './predicate-kinds.ts'
import { parsePrimary } from './primary-expression.ts'
import { isQueryStart, parseQuery } from './query.ts'

/** A value. A comparison does not belong to it. */
export const parseExpression = (p: Cursor): Expr => p.nested(() => p.within(false, () => parseAdditive(p)))

/** A search condition: OR, AND, NOT, predicates, then arithmetic, from the weakest to the strongest. */
export const parseCondition = (p: Cursor): Expr => truth(p, parseEither(p))

/** A value or a condition. */
export const parseEither = (p: Cursor): Expr => p.nested(() => p.within(true, () => parseOr(p)))

/** Inside parentheses: what the place around them takes. */
export const parseInner = (p: Cursor): Expr => p.nested(() => (p.conditional ? parseOr(p) : parseAdditive(p)))

/** A value where a condition must stand is error 4145, near what comes next. */
function truth(p: Cursor, expr: Expr): Expr {
  if (isPredicate(expr)) return expr
  throw new SqlError(
    4145,
    15,
    1,
    `An expression of non-boolean type specified in a context where a condition is expected, near '${p.near.text}'.`,
    { line: p.near.line },
  )
}

function parseOr(p: Cursor): Expr {
  let left = parseAnd(p)
  while (p.at('OR')) {
    truth(p, left)
    p.next()
    left = { kind: 'or', left, right: truth(p, parseAnd(p)) }
  }
  return left
}

function parseAnd(p: Cursor): Expr {
  let left = parseNot(p)
  while (p.at('AND')) {
    truth(p, left)
    p.next()
    left = { kind: 'and', left, right: truth(p, parseNot(p)) }
  }
  return left
}

function parseNot(p: Cursor): Expr {
  if (p.accept('NOT')) return p.nested(() => ({ kind: 'not', of: truth(p, parseNot(p)) }))
  return parsePredicate(p)
}

const comparisons: Readonly<Record<string, string>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '>': '>',
  '<=': '<=',
  '>=': '>=',
  '!<': '>=',
  '!>': '<=',
}

function parsePredicate(p: Cursor): Expr {
  if (p.at('EXISTS', '(')) {
    p.next()
    p.expect('(')
    const query = parseQuery(p)
    p.expect(')')
    return { kind: 'exists', query }
  }
  if (p.atAny('CONTAINS', 'FREETEXT')) throw p.unsupported(p.token.key)
  const left = parseAdditive(p)
  const op = comparisons[p.token.key]
  if (op && p.token.kind === 'punct') {
    p.next()
    if (p.atAny('ALL', 'ANY', 'SOME')) {
      const all = p.next().key === 'ALL'
      p.expect('(')
      const query = parseQuery(p)
      p.expect(')')
      return { kind: 'quantified', op, left, all, query }
    }
    return { kind: 'compare', op, left, right: parseAdditive(p) }
  }
  if (p.accept('IS')) {
    const not = p.accept('NOT')
    if (p.accept('DISTINCT', 'FROM')) return distinctFrom(left, parseAdditive(p), not, p.token.line)
    p.expect('NULL')
    return { kind: 'isNull', of: left, not }
  }
  const not = p.at('NOT') && ['IN', 'BETWEEN', 'LIKE'].includes(p.peek(1).key)
  if (not) p.next()
  if (p.accept('IN')) {
    p.expect('(')
    if (isQueryStart(p)) {
      const query = parseQuery(p)
      p.expect(')')
      return { kind: 'inQuery', of: left, query, not }
    }
    const list = p.list(() => parseExpression(p))
    p.expect(')')
    return { kind: 'in', of: left, list, not }
  }
  if (p.accept('BETWEEN')) {
    const low = parseAdditive(p)
    p.expect('AND')
    return { kind: 'between', of: left, low, high: parseAdditive(p), not }
  }
  if (p.accept('LIKE')) {
    const pattern = parseAdditive(p)
    if (!p.accept('ESCAPE')) return { kind: 'like', of: left, pattern, not }
    return { kind: 'like', of: left, pattern, escape: parseAdditive(p), not }
  }
  return left
}

/** IS [NOT] DISTINCT FROM: a set of the one meets a set of the other, where NULL is NULL. */
function distinctFrom(left: Expr, right: Expr, not: boolean, line: number): Expr {
  const one = (expr: Expr) =>
    ({ kind: 'select', distinct: false, items: [{ kind: 'expr', expr }], groupBy: [], line }) as const
  const same: Expr = {
    kind: 'exists',
    query: { ctes: [], order: [], line, body: { kind: 'setop', op: 'INTERSECT', left: one(left), right: one(right) } },
  }
  return not ? same : { kind: 'not', of: same }
}

function parseAdditive(p: Cursor): Expr {
  let left = parseMultiplicative(p)
  while (p.atAny('+', '-', '&', '|', '^')) {
    const { key: op, line } = p.next()
    left = { kind: 'binary', op, left, right: parseMultiplicative(p), line }
  }
  return left
}

function parseMultiplicative(p: Cursor): Expr {
  let left = parseUnary(p)
  while (p.atAny('*', '/', '%')) {
    const { key: op, line } = p.next()
    left = { kind: 'binary', op, left, right: parseUnary(p), line }
  }
  return left
}

function parseUnary(p: Cursor): Expr {
  if (p.atAny('-', '+', '~')) {
    const op = p.next().key as '-' | '+' | '~'
    return p.nested(() => ({ kind: 'unary', op, of: parseUnary(p) }))
  }
  let expr = parsePrimary(p)
  for (;;) {
    if (p.accept('COLLATE')) expr = { kind: 'collate', of: expr, collation: p.anyWord() }
    else if (p.at('AT', 'TIME', 'ZONE')) {
      const { line } = p.next()
      p.expect('TIME', 'ZONE')
      expr = {
        kind: 'call',
        name: ['AT TIME ZONE'],
        args: [expr, parsePrimary(p)],
        distinct: false,
        star: false,
        line,
      }
    } else if (p.at('.') && (p.peek(2).key === '(' || hasMembers(expr))) expr = parseMethod(p, expr)
    else return expr
  }
}

/** What a property may stand behind. */
const hasMembers = (expr: Expr): boolean =>
  expr.kind === 'variable' || expr.kind === 'static' || expr.kind === 'method' || expr.kind === 'cast'

/** `@x.value('…', 'int')`: a method of an xml value or of a CLR type, or a property: `@point.STX`. */
function parseMethod(p: Cursor, of: Expr): Expr {
  p.expect('.')
  const { line } = p.token
  const name = p.name()
  if (!p.accept('(')) return { kind: 'method', of, name, line }
  const args = p.at(')') ? [] : p.list(() => parseExpression(p))
  p.expect(')')
  return { kind: 'method', of, name, args, line }
}
