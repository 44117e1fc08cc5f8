import type { Assignment, Cte, Expr, MergeClause, Name, Output, Query, SelectItem, Statement, Target } from './ast.ts'
import { parseExec } from './control.ts'
import type { Cursor } from './cursor.ts'
import { parseCursorRef } from './cursor-statements.ts'
import { parseCondition, parseExpression } from './expression.ts'
import { parseFrom, parseHints, parseJoined } from './from.ts'
import { parseInsertBulk } from './insert-bulk.ts'
import type { CursorRef } from './programmable-ast.ts'
import { isQueryStart, parseQuery, parseSelectItem } from './query.ts'
import { limited, parseQueryOptions } from './query-options.ts'

function parseTarget(p: Cursor): Target {
  const { line } = p.token
  if (p.token.kind === 'variable') return { variable: p.variable(), line }
  const name = p.multiName()
  parseHints(p)
  return { name, line }
}

function parseTopCount(p: Cursor): Expr | undefined {
  if (!p.accept('TOP')) return undefined
  p.expect('(')
  const count = parseExpression(p)
  p.expect(')')
  if (p.at('PERCENT')) throw p.unsupported('TOP … PERCENT in a change')
  return count
}

function parseOutput(p: Cursor): Output | undefined {
  if (!p.accept('OUTPUT')) return undefined
  const items: SelectItem[] = p.list(() => parseSelectItem(p))
  if (!p.accept('INTO')) return { items }
  const place = p.token.kind === 'variable' ? { intoVariable: p.variable() } : { into: p.multiName() }
  const columns = p.at('(') ? p.parenthesized(() => p.name()) : undefined
  return { items, ...place, ...(columns ? { intoColumns: columns } : {}) }
}

const optional = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: V }

export function parseInsert(p: Cursor, ctes: readonly Cte[]): Statement {
  const { line } = p.token
  p.expect('INSERT')
  if (p.at('BULK')) return parseInsertBulk(p, line)
  const top = parseTopCount(p)
  p.accept('INTO')
  const target = parseTarget(p)
  const columns = p.at('(') && !isQueryStart(p) ? p.parenthesized(() => p.nameAfterDotted()) : undefined
  const output = parseOutput(p)
  const base = {
    kind: 'insert',
    line,
    target,
    ctes,
    ...optional('columns', columns),
    ...optional('output', output),
  } as const
  if (p.accept('DEFAULT', 'VALUES')) return { ...base, source: { kind: 'defaults' } }
  if (p.accept('VALUES')) {
    const rows = p.list(() => p.parenthesized(() => parseExpression(p)))
    if (top) throw p.unsupported('INSERT TOP … VALUES')
    return { ...base, source: { kind: 'values', rows } }
  }
  if (p.atAny('EXEC', 'EXECUTE')) return { ...base, source: { kind: 'exec', exec: parseExec(p) } }
  const query = parseQuery(p)
  return { ...base, ctes: limited(ctes, query), source: { kind: 'query', query: top ? firstOf(p, top, query) : query } }
}

/** INSERT TOP (n) takes any n of the rows. */
function firstOf(p: Cursor, count: Expr, query: Query): Query {
  if (query.body.kind !== 'select' || query.body.top || query.offset) throw p.unsupported('INSERT TOP of such a query')
  return { ...query, body: { ...query.body, top: { count, percent: false, ties: false } } }
}

function parseAssignments(p: Cursor): Assignment[] {
  return p.list(() => {
    const { line } = p.token
    const operator = (): string => {
      const { key } = p.token
      if (!/^[+\-*/%&|^]?=$/.test(key)) throw p.error()
      p.next()
      return key
    }
    if (p.token.kind === 'variable') {
      const variable = p.variable()
      const op = operator()
      // `@v = column = expression` sets both.
      if (p.atName && p.peek(1).key === '=') {
        const column = p.multiName()
        p.expect('=')
        return { variable, column, op, value: parseExpression(p), line }
      }
      return { variable, op, value: parseExpression(p), line }
    }
    const column: Name = p.multiName()
    if (p.at('(')) throw p.unsupported('methods in UPDATE … SET')
    return { column, op: operator(), value: parseExpression(p), line }
  })
}

export function parseUpdate(p: Cursor, ctes: readonly Cte[]): Statement {
  const { line } = p.token
  p.expect('UPDATE')
  if (p.accept('STATISTICS')) {
    p.multiName()
    return { kind: 'nothing', line }
  }
  const top = parseTopCount(p)
  const target = parseTarget(p)
  p.expect('SET')
  const set = parseAssignments(p)
  const output = parseOutput(p)
  const from = p.accept('FROM') ? parseFrom(p) : undefined
  const currentOf = parseCurrentOf(p)
  const where = parseWhere(p)
  const options = parseQueryOptions(p)
  return {
    kind: 'update',
    line,
    target,
    set,
    ctes: limited(ctes, options),
    ...optional('top', top),
    ...optional('output', output),
    ...optional('from', from),
    ...optional('where', where),
    ...optional('currentOf', currentOf),
  }
}

export function parseDelete(p: Cursor, ctes: readonly Cte[]): Statement {
  const { line } = p.token
  p.expect('DELETE')
  const top = parseTopCount(p)
  p.accept('FROM')
  const target = parseTarget(p)
  const output = parseOutput(p)
  const from = p.accept('FROM') ? parseFrom(p) : undefined
  const currentOf = parseCurrentOf(p)
  const where = parseWhere(p)
  const options = parseQueryOptions(p)
  return {
    kind: 'delete',
    line,
    target,
    ctes: limited(ctes, options),
    ...optional('top', top),
    ...optional('output', output),
    ...optional('from', from),
    ...optional('where', where),
    ...optional('currentOf', currentOf),
  }
}

function parseWhere(p: Cursor): Expr | undefined {
  if (!p.accept('WHERE')) return undefined
  return parseCondition(p)
}

/** WHERE CURRENT OF a cursor. */
const parseCurrentOf = (p: Cursor): CursorRef | undefined =>
  p.accept('WHERE', 'CURRENT', 'OF') ? parseCursorRef(p) : undefined

export function parseMerge(p: Cursor, ctes: readonly Cte[]): Statement {
  const { line } = p.token
  p.expect('MERGE')
  p.accept('INTO')
  const target = parseTarget(p)
  const alias = p.accept('AS') ? p.name() : p.atName && !p.at('USING') ? p.name() : undefined
  parseHints(p)
  p.expect('USING')
  const using = parseJoined(p)
  p.expect('ON')
  const on = parseCondition(p)
  const clauses: MergeClause[] = []
  while (p.accept('WHEN')) clauses.push(parseMergeClause(p))
  const output = parseOutput(p)
  const options = parseQueryOptions(p)
  if (!p.at(';')) {
    throw p.mergeNotTerminated(line)
  }
  return {
    kind: 'merge',
    line,
    target,
    using,
    on,
    clauses,
    ctes: limited(ctes, options),
    ...optional('alias', alias),
    ...optional('output', output),
  }
}

function parseMergeClause(p: Cursor): MergeClause {
  const not = p.accept('NOT')
  p.expect('MATCHED')
  const match = !not ? 'matched' : p.accept('BY', 'SOURCE') ? 'source' : 'target'
  if (match === 'target') p.accept('BY', 'TARGET')
  const condition = p.accept('AND') ? parseCondition(p) : undefined
  p.expect('THEN')
  const base = { match, ...optional('condition', condition) } as const
  if (p.accept('DELETE')) return { ...base, action: { kind: 'delete' } }
  if (p.accept('UPDATE')) {
    p.expect('SET')
    return { ...base, action: { kind: 'update', set: parseAssignments(p) } }
  }
  p.expect('INSERT')
  const columns = p.at('(') ? p.parenthesized(() => p.nameAfterDotted()) : undefined
  if (p.accept('DEFAULT', 'VALUES')) return { ...base, action: { kind: 'insert', ...optional('columns', columns) } }
  p.expect('VALUES')
  const values = p.parenthesized(() => parseExpression(p))
  return { ...base, action: { kind: 'insert', values, ...optional('columns', columns) } }
}
