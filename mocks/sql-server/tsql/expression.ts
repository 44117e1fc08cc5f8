import type { Expr, Name, OrderItem, Over, TypeRef } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { isQueryStart, parseOrderList, parseQuery } from './query.ts'

/** OR, AND, NOT, predicates, then arithmetic: from the weakest to the strongest. */
export function parseExpression(p: Cursor): Expr {
  return p.nested(() => {
    let left = parseAnd(p)
    while (p.accept('OR')) left = { kind: 'or', left, right: parseAnd(p) }
    return left
  })
}

function parseAnd(p: Cursor): Expr {
  let left = parseNot(p)
  while (p.accept('AND')) left = { kind: 'and', left, right: parseNot(p) }
  return left
}

function parseNot(p: Cursor): Expr {
  if (p.accept('NOT')) return p.nested(() => ({ kind: 'not', of: parseNot(p) }))
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
    else if (p.at('AT', 'TIME', 'ZONE')) throw p.unsupported('AT TIME ZONE')
    else return expr
  }
}

function parsePrimary(p: Cursor): Expr {
  const { token } = p
  switch (token.kind) {
    case 'number': {
      p.next()
      const type = /[eE]/.test(token.text)
        ? 'float'
        : token.text.includes('.') || token.text.length > 10 || Number(token.text) > 2_147_483_647
          ? 'decimal'
          : 'int'
      return { kind: 'literal', type, text: token.text }
    }
    case 'string':
    case 'nstring':
    case 'binary':
    case 'money':
      p.next()
      return { kind: 'literal', type: token.kind, text: token.text }
    case 'variable':
      p.next()
      return { kind: 'variable', name: token.text, line: token.line }
    default:
  }
  if (p.at('(')) {
    p.next()
    if (isQueryStart(p)) {
      const query = parseQuery(p)
      p.expect(')')
      return { kind: 'subquery', query }
    }
    const inner = parseExpression(p)
    p.expect(')')
    return inner
  }
  switch (token.key) {
    case 'NULL':
      p.next()
      return { kind: 'literal', type: 'null', text: 'NULL' }
    case 'DEFAULT':
      p.next()
      return { kind: 'default' }
    case 'CASE':
      return parseCase(p)
    case 'CAST':
    case 'TRY_CAST':
      if (p.peek(1).key === '(') return parseCast(p)
      break
    case 'CONVERT':
    case 'TRY_CONVERT':
      return parseConvert(p)
    case 'PARSE':
    case 'TRY_PARSE':
      if (p.peek(1).key === '(') throw p.unsupported(token.key)
      break
    case 'CURRENT_TIMESTAMP':
    case 'CURRENT_USER':
    case 'SESSION_USER':
    case 'SYSTEM_USER':
    case 'USER':
    case 'CURRENT_DATE':
      p.next()
      return call([token.key], [], token.line)
    case 'COALESCE':
    case 'NULLIF':
    case 'LEFT':
    case 'RIGHT':
    case 'IDENTITY':
      if (p.peek(1).key === '(') {
        p.next()
        return parseCall(p, [token.text], token.line)
      }
      break
    case 'NEXT':
      if (p.at('NEXT', 'VALUE', 'FOR')) throw p.unsupported('sequences')
      break
    default:
  }
  if (!p.atName && token.key !== '.') throw p.error()
  return parseNamed(p)
}

const call = (name: Name, args: readonly Expr[], line: number): Expr => ({
  kind: 'call',
  name,
  args,
  distinct: false,
  star: false,
  line,
})

/** A column, or a function when a parenthesis follows. */
function parseNamed(p: Cursor): Expr {
  const { line } = p.token
  const parts: string[] = []
  while (p.accept('.')) parts.push('')
  parts.push(p.name())
  while (p.at('.') && p.peek(1).key !== '*') {
    p.next()
    while (p.accept('.')) parts.push('')
    parts.push(p.nameAfterDot())
  }
  if (p.at('(')) return parseCall(p, parts, line)
  return { kind: 'column', parts, line }
}

function parseCall(p: Cursor, name: Name, line: number): Expr {
  p.expect('(')
  let distinct = false
  let star = false
  let args: Expr[] = []
  if (p.accept('*')) star = true
  else if (!p.at(')')) {
    distinct = p.accept('DISTINCT')
    if (!distinct) p.accept('ALL')
    args = p.list(() => parseExpression(p))
  }
  p.expect(')')
  const base = { kind: 'call', name, args, distinct, star, line } as const
  let withinOrder: OrderItem[] | undefined
  if (p.at('WITHIN', 'GROUP')) {
    p.next()
    p.next()
    p.expect('(', 'ORDER', 'BY')
    withinOrder = parseOrderList(p)
    p.expect(')')
  }
  const over = p.at('OVER') ? parseOver(p) : undefined
  return { ...base, ...(withinOrder ? { withinOrder } : {}), ...(over ? { over } : {}) }
}

function parseOver(p: Cursor): Over {
  p.expect('OVER', '(')
  let partition: Expr[] = []
  if (p.accept('PARTITION')) {
    p.expect('BY')
    partition = p.list(() => parseExpression(p))
  }
  let order: OrderItem[] = []
  if (p.accept('ORDER')) {
    p.expect('BY')
    order = parseOrderList(p)
  }
  let frame: string | undefined
  if (p.atAny('ROWS', 'RANGE')) {
    const words: string[] = []
    while (!p.at(')')) {
      const { token } = p
      if (token.kind !== 'word' && token.kind !== 'number') throw p.error()
      words.push(token.kind === 'word' ? token.key : token.text)
      p.next()
    }
    frame = words.join(' ')
  }
  p.expect(')')
  return { partition, order, ...(frame ? { frame } : {}) }
}

function parseCase(p: Cursor): Expr {
  p.expect('CASE')
  const of = p.at('WHEN') ? undefined : parseExpression(p)
  const whens: { when: Expr; result: Expr }[] = []
  while (p.accept('WHEN')) {
    const when = parseExpression(p)
    p.expect('THEN')
    whens.push({ when, result: parseExpression(p) })
  }
  if (whens.length === 0) throw p.error()
  const otherwise = p.accept('ELSE') ? parseExpression(p) : undefined
  p.expect('END')
  return { kind: 'case', whens, ...(of ? { of } : {}), ...(otherwise ? { otherwise } : {}) }
}

function parseCast(p: Cursor): Expr {
  const trying = p.next().key === 'TRY_CAST'
  p.expect('(')
  const of = parseExpression(p)
  p.expect('AS')
  const type = parseType(p)
  p.expect(')')
  return { kind: 'cast', of, type, trying }
}

function parseConvert(p: Cursor): Expr {
  const trying = p.next().key === 'TRY_CONVERT'
  p.expect('(')
  const type = parseType(p)
  p.expect(',')
  const of = parseExpression(p)
  const style = p.accept(',') ? parseExpression(p) : undefined
  p.expect(')')
  return { kind: 'cast', of, type, trying, ...(style ? { style } : {}) }
}

/** A type by name, with its lengths: `decimal(10, 2)`, `[dbo].[Kind]`, `double precision`. */
export function parseType(p: Cursor): TypeRef {
  const { line } = p.token
  if (p.accept('DOUBLE', 'PRECISION')) return { name: 'float', args: [], line }
  if (p.accept('NATIONAL')) {
    const inner = parseType(p)
    return { ...inner, name: `n${inner.name}` }
  }
  const parts = p.token.key === 'CURSOR' ? [p.next().text] : p.multiName()
  let name = (parts.at(-1) ?? '').toLowerCase()
  if ((name === 'character' || name === 'char' || name === 'nchar' || name === 'binary') && p.accept('VARYING'))
    name = name === 'nchar' ? 'nvarchar' : name === 'binary' ? 'varbinary' : 'varchar'
  const args: (number | 'max')[] = []
  if (p.accept('(')) {
    do {
      if (p.accept('MAX')) args.push('max')
      else args.push(p.integer())
    } while (p.accept(','))
    p.expect(')')
  }
  return { name, args, line }
}
