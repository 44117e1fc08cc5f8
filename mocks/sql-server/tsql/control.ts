import type { ExecArgument, Expr, ResultShapes, Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseDeclareCursor } from './cursor-statements.ts'
import { parseCondition, parseExpression } from './expression.ts'
import { parseStatement } from './statement.ts'
import { parseTableBody } from './table-definition.ts'
import { atTriggerSwitch } from './trigger-definition.ts'
import { parseType } from './type-reference.ts'

export function parseDeclare(p: Cursor): Statement {
  const { line } = p.token
  p.expect('DECLARE')
  if (p.token.kind !== 'variable') return parseDeclareCursor(p, line)
  const variables = p.list(() => {
    const at = p.token.line
    const name = p.variable()
    p.accept('AS')
    if (p.accept('TABLE')) {
      const { columns, constraints } = parseTableBody(p)
      return { name, line: at, table: { columns, constraints } }
    }
    if (p.accept('CURSOR')) return { name, line: at, cursor: true as const }
    const type = parseType(p)
    const value = p.accept('=') ? parseExpression(p) : undefined
    return { name, type, line: at, ...(value ? { value } : {}) }
  })
  return { kind: 'declare', line, variables }
}

export function parseIf(p: Cursor): Statement {
  const { line } = p.token
  p.expect('IF')
  const condition = parseCondition(p)
  const then = parseStatement(p)
  if (p.at(';') && p.peek(1).key === 'ELSE') p.next()
  if (!p.accept('ELSE')) return { kind: 'if', line, condition, then }
  return { kind: 'if', line, condition, then, otherwise: parseStatement(p) }
}

export function parseWhile(p: Cursor): Statement {
  const { line } = p.token
  p.expect('WHILE')
  const condition = parseCondition(p)
  return { kind: 'while', line, condition, body: parseStatement(p) }
}

/** BEGIN starts a block, a TRY or a transaction. */
export function parseBegin(p: Cursor): Statement {
  const { line } = p.token
  p.expect('BEGIN')
  if (p.at('DISTRIBUTED')) throw p.unsupported('distributed transactions')
  if (p.at('DIALOG') || p.at('CONVERSATION')) throw p.unsupported('Service Broker')
  if (p.accept('TRAN') || p.accept('TRANSACTION')) {
    const name = p.token.kind === 'variable' ? { name: parseExpression(p) } : p.atName ? { name: p.name() } : {}
    if (p.accept('WITH', 'MARK') && (p.token.kind === 'string' || p.token.kind === 'nstring')) p.next()
    return { kind: 'begin', line, ...name }
  }
  if (p.accept('TRY')) {
    const body = parseUntilEnd(p)
    p.expect('END', 'TRY')
    p.accept(';')
    p.expect('BEGIN', 'CATCH')
    const handler = parseUntilEnd(p)
    p.expect('END', 'CATCH')
    return { kind: 'try', line, body, handler }
  }
  const body = parseUntilEnd(p)
  if (body.length === 0) throw p.error()
  p.expect('END')
  return { kind: 'block', line, body }
}

function parseUntilEnd(p: Cursor): Statement[] {
  return p.nested(() => {
    const body: Statement[] = []
    for (;;) {
      if (p.accept(';')) continue
      if (p.at('END')) return body
      if (p.token.kind === 'end') throw p.error()
      body.push(parseStatement(p))
    }
  })
}

/** COMMIT, ROLLBACK and SAVE. In a procedure body `COMMIT TRANSACTION GO` names a transaction GO; so be it. */
export function parseTransactionEnd(p: Cursor): Statement {
  const { line } = p.token
  const word = p.next().key
  const long = p.accept('TRAN') || p.accept('TRANSACTION')
  if (!long) p.accept('WORK')
  if (word === 'SAVE') {
    if (!long) throw p.error()
    return { kind: 'save', line, name: p.token.kind === 'variable' ? p.variable() : p.name() }
  }
  const name = long && (p.atName || p.token.kind === 'variable') ? { name: p.next().text } : {}
  if (p.accept('WITH')) skipDurability(p)
  return word === 'COMMIT' ? { kind: 'commit', line, ...name } : { kind: 'rollback', line, ...name }
}

function skipDurability(p: Cursor): void {
  p.expect('(')
  while (!p.accept(')')) if (p.next().kind === 'end') throw p.error()
}

export function parseRaiserror(p: Cursor): Statement {
  const { line } = p.token
  p.expect('RAISERROR')
  p.expect('(')
  const [message, severity, state, ...args] = p.list(() => parseExpression(p))
  p.expect(')')
  if (!message || !severity || !state) throw p.error()
  const options = p.accept('WITH') ? p.list(() => p.anyWord().toUpperCase()) : []
  return { kind: 'raiserror', line, message, severity, state, args, options }
}

export function parseThrow(p: Cursor): Statement {
  const { line } = p.token
  p.expect('THROW')
  if (p.token.kind !== 'number' && p.token.kind !== 'variable') return { kind: 'throw', line }
  const number = parseExpression(p)
  p.expect(',')
  const message = parseExpression(p)
  p.expect(',')
  return { kind: 'throw', line, number, message, state: parseExpression(p) }
}

export function parseWaitfor(p: Cursor): Statement {
  const { line } = p.token
  p.expect('WAITFOR')
  if (p.at('(')) throw p.unsupported('WAITFOR (receive)')
  const what = p.accept('DELAY') ? 'DELAY' : 'TIME'
  if (what === 'TIME') p.expect('TIME')
  return { kind: 'waitfor', line, what, value: parseExpression(p) }
}

export function parseExec(p: Cursor): Statement {
  const { line } = p.token
  if (p.atAny('EXEC', 'EXECUTE')) p.next()
  if (p.accept('(')) {
    const parts = [parseExpression(p)]
    p.expect(')')
    let as: { what: 'USER' | 'LOGIN'; name: Expr } | undefined
    if (p.at('AS') && (p.peek(1).key === 'USER' || p.peek(1).key === 'LOGIN') && p.peek(2).key === '=') {
      p.next()
      const what = p.next().key === 'USER' ? 'USER' : 'LOGIN'
      p.expect('=')
      as = { what, name: parseExpression(p) }
    }
    if (p.at('AT')) throw p.unsupported('EXECUTE … AT')
    return { kind: 'execString', line, parts, ...(as ? { as } : {}), ...parseResultSets(p) }
  }
  let result: string | undefined
  if (p.token.kind === 'variable' && p.peek(1).key === '=') {
    result = p.variable()
    p.next()
  }
  const procedure = p.token.kind === 'variable' ? p.variable() : p.multiName()
  const args = atArgument(p) ? p.list(() => parseArgument(p)) : []
  const shapes = parseResultSets(p)
  return { kind: 'exec', line, procedure, args, ...(result ? { result } : {}), ...shapes }
}

/** WITH RECOMPILE, RESULT SETS ((…), (…)), RESULT SETS NONE or UNDEFINED. */
function parseResultSets(p: Cursor): { shapes?: ResultShapes } {
  if (p.accept('WITH', 'RECOMPILE') && !p.accept(',')) return {}
  if (!p.at('WITH', 'RESULT', 'SETS') && !p.at('RESULT', 'SETS')) return {}
  p.accept('WITH')
  p.expect('RESULT', 'SETS')
  if (p.accept('UNDEFINED')) return {}
  if (p.accept('NONE')) return { shapes: [] }
  const shapes = p.parenthesized(() => {
    if (p.at('AS')) throw p.unsupported('WITH RESULT SETS (AS …)')
    return p.parenthesized(() => {
      const name = p.name()
      const type = parseType(p)
      if (p.accept('COLLATE')) p.anyWord()
      const nullable = !p.accept('NOT', 'NULL')
      if (nullable) p.accept('NULL')
      return { name, type, nullable }
    })
  })
  return { shapes }
}

const atArgument = (p: Cursor): boolean => {
  const { kind } = p.token
  return (
    ['variable', 'string', 'nstring', 'number', 'binary', 'money', 'quoted'].includes(kind) ||
    p.atAny('NULL', 'DEFAULT', '-', '+') ||
    (kind === 'word' && p.atName && !p.at('THROW') && !p.at('GO') && !atTriggerSwitch(p) && p.peek(1).key !== ':')
  )
}

function parseArgument(p: Cursor): ExecArgument {
  const name = p.token.kind === 'variable' && p.peek(1).key === '=' ? p.variable() : undefined
  if (name !== undefined) p.next()
  const value = parseArgumentValue(p)
  const output = p.accept('OUTPUT') || p.accept('OUT')
  return { value, output, ...(name === undefined ? {} : { name }) }
}

/** Constants, variables and bare words, which stand for strings. */
function parseArgumentValue(p: Cursor): Expr {
  if (p.token.kind === 'word' && p.atName) {
    let text = p.next().text
    while (p.at('.') && p.peek(1).kind === 'word') {
      p.next()
      text += `.${p.next().text}`
    }
    return { kind: 'literal', type: 'nstring', text }
  }
  if (p.token.kind === 'quoted') return { kind: 'literal', type: 'nstring', text: p.next().text }
  const negative = p.accept('-')
  if (!negative) p.accept('+')
  const { token } = p
  if (
    !['variable', 'string', 'nstring', 'number', 'binary', 'money'].includes(token.kind) &&
    !p.atAny('NULL', 'DEFAULT')
  )
    throw p.error()
  const value = parseLiteralOrVariable(p)
  return negative ? { kind: 'unary', op: '-', of: value } : value
}

function parseLiteralOrVariable(p: Cursor): Expr {
  const token = p.next()
  switch (token.kind) {
    case 'variable':
      return { kind: 'variable', name: token.text, line: token.line }
    case 'string':
    case 'nstring':
    case 'binary':
    case 'money':
      return { kind: 'literal', type: token.kind, text: token.text }
    case 'number':
      return {
        kind: 'literal',
        type: /[eE]/.test(token.text)
          ? 'float'
          : token.text.includes('.') || Number(token.text) > 2_147_483_647
            ? 'decimal'
            : 'int',
        text: token.text,
      }
    default:
      return token.key === 'DEFAULT' ? { kind: 'default' } : { kind: 'literal', type: 'null', text: 'NULL' }
  }
}
