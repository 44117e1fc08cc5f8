import type { Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseCursorShape } from './cursor-statements.ts'
import { parseExpression } from './expression.ts'

const isolationLevels: Readonly<Record<string, number>> = {
  'READ UNCOMMITTED': 1,
  'READ COMMITTED': 2,
  'REPEATABLE READ': 3,
  SERIALIZABLE: 4,
  SNAPSHOT: 5,
}
const valueOptions = new Set([
  'DATEFIRST',
  'DATEFORMAT',
  'LANGUAGE',
  'LOCK_TIMEOUT',
  'TEXTSIZE',
  'ROWCOUNT',
  'DEADLOCK_PRIORITY',
  'QUERY_GOVERNOR_COST_LIMIT',
  'CONTEXT_INFO',
])
const switchOptions = new Set([
  'ANSI_DEFAULTS',
  'ANSI_NULLS',
  'ANSI_NULL_DFLT_ON',
  'ANSI_NULL_DFLT_OFF',
  'ANSI_PADDING',
  'ANSI_WARNINGS',
  'ARITHABORT',
  'ARITHIGNORE',
  'CONCAT_NULL_YIELDS_NULL',
  'CURSOR_CLOSE_ON_COMMIT',
  'FMTONLY',
  'FORCEPLAN',
  'IMPLICIT_TRANSACTIONS',
  'NOCOUNT',
  'NOEXEC',
  'NUMERIC_ROUNDABORT',
  'PARSEONLY',
  'QUOTED_IDENTIFIER',
  'XACT_ABORT',
  'NO_BROWSETABLE',
  'REMOTE_PROC_TRANSACTIONS',
  'SHOWPLAN_ALL',
  'SHOWPLAN_TEXT',
  'SHOWPLAN_XML',
])

export function parseSet(p: Cursor): Statement {
  const { line } = p.token
  p.expect('SET')
  if (p.token.kind === 'variable') {
    const name = p.variable()
    const op = p.token.key
    if (op === '.') throw p.unsupported('methods of variables')
    if (!/^[+\-*/%&|^]?=$/.test(op)) throw p.error()
    p.next()
    if (op === '=' && p.at('CURSOR')) return { kind: 'setCursor', line, variable: name, shape: parseCursorShape(p) }
    return { kind: 'setVariable', line, name, op, value: parseExpression(p) }
  }
  if (p.accept('TRANSACTION', 'ISOLATION', 'LEVEL')) {
    const words: string[] = [p.anyWord().toUpperCase()]
    if (words[0] === 'READ' || words[0] === 'REPEATABLE') words.push(p.anyWord().toUpperCase())
    const level = isolationLevels[words.join(' ')]
    if (level === undefined) throw p.error()
    return { kind: 'setIsolation', line, level }
  }
  if (p.accept('IDENTITY_INSERT')) {
    const table = p.multiName()
    return { kind: 'setIdentityInsert', line, table, on: parseOnOff(p) }
  }
  if (p.accept('STATISTICS')) {
    p.list(() => p.anyWord())
    parseOnOff(p)
    return { kind: 'nothing', line }
  }
  const option = p.token.key
  if (valueOptions.has(option)) {
    p.next()
    return { kind: 'setValue', line, option, value: parseSetting(p) }
  }
  if (!switchOptions.has(option)) throw p.error()
  const options = p.list(() => {
    const { key } = p.token
    if (!switchOptions.has(key)) throw p.error()
    p.next()
    return key
  })
  return { kind: 'setOption', line, options, on: parseOnOff(p) }
}

function parseOnOff(p: Cursor): boolean {
  if (p.accept('ON')) return true
  p.expect('OFF')
  return false
}

/** A number, a string, a variable, or a bare word as a language's name. */
function parseSetting(p: Cursor) {
  if (p.token.kind === 'word') return p.next().text
  return parseExpression(p)
}
