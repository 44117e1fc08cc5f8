import type { Expr, Name } from './ast.ts'
import { parseCall } from './call-expression.ts'
import type { Cursor } from './cursor.ts'
import { parseCondition, parseExpression, parseInner } from './expression.ts'
import { parseOdbcEscape } from './odbc-escape.ts'
import { isQueryStart, parseQuery } from './query.ts'
import { parseType } from './type-reference.ts'

export function parsePrimary(p: Cursor): Expr {
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
    const inner = parseInner(p)
    p.expect(')')
    return inner
  }
  if (p.at('{')) return parseOdbcEscape(p)
  switch (token.key) {
    case 'IDENTITYCOL':
      p.next()
      return { kind: 'column', parts: ['$IDENTITY'], line: token.line }
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
      if (p.peek(1).key === '(') return parseParse(p)
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
    case 'UPDATE':
      if (p.peek(1).key === '(') return parseUpdated(p)
      break
    case 'NEXT':
      if (p.accept('NEXT', 'VALUE', 'FOR')) {
        const name = p.multiName()
        if (p.at('OVER')) throw p.unsupported('NEXT VALUE FOR … OVER')
        return { kind: 'nextValue', name, line: token.line }
      }
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
  if (p.at('::')) return parseStatic(p, parts, line)
  if (p.at('(')) return parseCall(p, parts, line)
  return { kind: 'column', parts, line }
}

/** `hierarchyid::GetRoot()`, or a property: `geometry::[Null]`. */
function parseStatic(p: Cursor, type: Name, line: number): Expr {
  p.expect('::')
  const name = p.name()
  if (!p.accept('(')) return { kind: 'static', type, name, line }
  const args = p.at(')') ? [] : p.list(() => parseExpression(p))
  p.expect(')')
  return { kind: 'static', type, name, args, line }
}

/** UPDATE(column) in a trigger: a condition. */
function parseUpdated(p: Cursor): Expr {
  const { line } = p.next()
  p.expect('(')
  const name = p.name()
  p.expect(')')
  return {
    kind: 'compare',
    op: '=',
    left: call(['UPDATE'], [{ kind: 'literal', type: 'nstring', text: name }], line),
    right: { kind: 'literal', type: 'int', text: '1' },
  }
}

function parseCase(p: Cursor): Expr {
  p.expect('CASE')
  const of = p.at('WHEN') ? undefined : parseExpression(p)
  const whens: { when: Expr; result: Expr }[] = []
  while (p.accept('WHEN')) {
    const when = of ? parseExpression(p) : parseCondition(p)
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

/** PARSE(text AS type USING culture), a call with the type in its name. */
function parseParse(p: Cursor): Expr {
  const { key, line } = p.next()
  p.expect('(')
  const of = parseExpression(p)
  p.expect('AS')
  const type = parseType(p)
  const culture = p.accept('USING') ? parseExpression(p) : undefined
  p.expect(')')
  return { kind: 'parse', of, type, trying: key === 'TRY_PARSE', line, ...(culture ? { culture } : {}) }
}
