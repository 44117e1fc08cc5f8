import { parseUpdateStatistics } from './alter-index.ts'
import type { Statement } from './ast.ts'
import { parseBackup, parseRestore } from './backup.ts'
import { parseBulkInsert } from './bulk-insert.ts'
import {
  parseBegin,
  parseDeclare,
  parseExec,
  parseIf,
  parseRaiserror,
  parseThrow,
  parseTransactionEnd,
  parseWaitfor,
  parseWhile,
} from './control.ts'
import type { Cursor } from './cursor.ts'
import { parseCursorUse, parseFetch } from './cursor-statements.ts'
import { parseDbcc } from './dbcc.ts'
import { parseAlter, parseCreate, parseDrop } from './definition.ts'
import { parseDelete, parseInsert, parseMerge, parseUpdate } from './dml.ts'
import { parseExecuteAs, parseRevert } from './execute-as.ts'
import { parseExpression } from './expression.ts'
import { isQueryStart, parseCtes, parseQuery } from './query.ts'
import { parsePermission } from './security.ts'
import { parseSet } from './set.ts'
import { atTriggerSwitch, parseTriggerSwitch } from './trigger-definition.ts'

/** Every statement by its first word. Text of the network never selects anything but an entry here. */
const statements: ReadonlyMap<string, (p: Cursor) => Statement> = new Map<string, (p: Cursor) => Statement>([
  ['SELECT', (p) => ({ kind: 'query', line: p.token.line, query: parseQuery(p) })],
  ['WITH', parseWith],
  ['INSERT', (p) => parseInsert(p, [])],
  ['UPDATE', (p) => (p.peek(1).key === 'STATISTICS' ? parseStatistics(p) : parseUpdate(p, []))],
  ['DELETE', (p) => parseDelete(p, [])],
  ['MERGE', (p) => parseMerge(p, [])],
  ['TRUNCATE', parseTruncate],
  ['CREATE', parseCreate],
  ['ALTER', parseAlter],
  ['DROP', parseDrop],
  ['DECLARE', parseDeclare],
  ['SET', parseSet],
  ['IF', parseIf],
  ['WHILE', parseWhile],
  ['BEGIN', parseBegin],
  ['COMMIT', parseTransactionEnd],
  ['ROLLBACK', parseTransactionEnd],
  ['SAVE', parseTransactionEnd],
  ['BREAK', (p) => ({ kind: 'break', line: p.next().line })],
  ['CONTINUE', (p) => ({ kind: 'continue', line: p.next().line })],
  ['RETURN', parseReturn],
  ['PRINT', parsePrint],
  ['RAISERROR', parseRaiserror],
  ['THROW', parseThrow],
  ['WAITFOR', parseWaitfor],
  ['EXEC', parseExecOrAs],
  ['EXECUTE', parseExecOrAs],
  ['REVERT', parseRevert],
  ['BULK', parseBulkInsert],
  ['USE', (p) => ({ kind: 'use', line: p.next().line, database: p.name() })],
  ['GRANT', parsePermission],
  ['DENY', parsePermission],
  ['REVOKE', parsePermission],
  ['BACKUP', parseBackup],
  ['RESTORE', parseRestore],
  ['KILL', (p) => ({ kind: 'kill', line: p.next().line, spid: p.integer() })],
  ['OPEN', parseCursorUse],
  ['CLOSE', parseCursorUse],
  ['DEALLOCATE', parseCursorUse],
  ['FETCH', parseFetch],
  ['GOTO', (p) => ({ kind: 'goto', line: p.next().line, label: p.name() })],
  ['DBCC', parseDbcc],
  ['RECONFIGURE', parseReconfigure],
  ['CHECKPOINT', (p) => ({ kind: 'nothing', line: p.next().line })],
])

const refused = new Set(['SHUTDOWN', 'SETUSER', 'READTEXT', 'WRITETEXT', 'UPDATETEXT'])

export function parseStatement(p: Cursor): Statement {
  return p.nested(() => {
    while (p.accept(';'));
    const { token } = p
    const parse = token.kind === 'word' ? statements.get(token.key) : undefined
    if (parse) {
      const problem = token.key === 'WITH' ? p.notTerminated() : undefined
      if (problem) throw problem
      const statement = parse(p)
      p.endStatement()
      return statement
    }
    if (token.key === '(' && isQueryStart(p)) return { kind: 'query', line: token.line, query: parseQuery(p) }
    if (atTriggerSwitch(p)) return parseTriggerSwitch(p)
    if (p.atName && p.peek(1).key === ':') return parseLabel(p)
    if (refused.has(token.key) && !p.atName) throw p.unsupported(token.key)
    throw p.error()
  })
}

function parseLabel(p: Cursor): Statement {
  const { line } = p.token
  const name = p.name()
  p.expect(':')
  return { kind: 'label', line, name }
}

function parseExecOrAs(p: Cursor): Statement {
  return p.peek(1).key === 'AS' ? parseExecuteAs(p) : parseExec(p)
}

function parseWith(p: Cursor): Statement {
  const { line } = p.token
  const ctes = parseCtes(p)
  switch (p.token.key) {
    case 'INSERT':
      return parseInsert(p, ctes)
    case 'UPDATE':
      return parseUpdate(p, ctes)
    case 'DELETE':
      return parseDelete(p, ctes)
    case 'MERGE':
      return parseMerge(p, ctes)
    default:
      return { kind: 'query', line, query: parseQuery(p, ctes) }
  }
}

function parseReconfigure(p: Cursor): Statement {
  const { line } = p.next()
  p.accept('WITH', 'OVERRIDE')
  return { kind: 'reconfigure', line }
}

function parseStatistics(p: Cursor): Statement {
  const { line } = p.next()
  p.expect('STATISTICS')
  return parseUpdateStatistics(p, line)
}

function parseTruncate(p: Cursor): Statement {
  const { line } = p.next()
  p.expect('TABLE')
  return { kind: 'truncate', line, name: p.multiName() }
}

function parseReturn(p: Cursor): Statement {
  const { line } = p.next()
  const { token } = p
  const starts =
    ['number', 'variable', 'string', 'nstring', 'quoted'].includes(token.kind) ||
    p.atAny('(', '-', '+', '~', 'CASE', 'CONVERT', 'TRY_CONVERT', 'NULL', 'CURRENT_TIMESTAMP', 'USER') ||
    ['binary', 'money'].includes(token.kind) ||
    ((p.atName || p.atAny('COALESCE', 'NULLIF', 'LEFT', 'RIGHT')) && ['(', '.'].includes(p.peek(1).key))
  return starts ? { kind: 'return', line, value: parseExpression(p) } : { kind: 'return', line }
}

function parsePrint(p: Cursor): Statement {
  const { line } = p.next()
  return { kind: 'print', line, value: parseExpression(p) }
}

/** True when a batch starts with a procedure's name, which needs no EXEC there. */
const startsWithProcedure = (p: Cursor): boolean =>
  (p.atName && !p.at('THROW') && !atTriggerSwitch(p) && p.peek(1).key !== ':') || p.token.key === '.'

export { parseExec, startsWithProcedure }
