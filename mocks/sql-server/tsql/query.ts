import { SqlError } from '../engine/sql-error.ts'
import type { Cte, Expr, Name, OrderItem, Query, QueryBody, SelectCore, SelectItem } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { atCursorFor } from './cursor-statements.ts'
import { parseCondition, parseExpression } from './expression.ts'
import { parseFor } from './for-clause.ts'
import { parseFrom } from './from.ts'
import { noGroups, parseGroupBy } from './group-by.ts'
import { nameWindows } from './named-windows.ts'
import { limited, parseQueryOptions } from './query-options.ts'

/** True where a query may begin: SELECT, WITH, or parentheses before them. */
export function isQueryStart(p: Cursor): boolean {
  let ahead = 0
  while (p.peek(ahead).key === '(') ahead += 1
  const { key } = p.peek(ahead)
  return key === 'SELECT' || (ahead === 0 && key === 'WITH')
}

export function parseQuery(p: Cursor, given: readonly Cte[] = []): Query {
  return p.nested(() => {
    const { line } = p.token
    const ctes = given.length === 0 && p.at('WITH') ? parseCtes(p) : given
    const body = parseUnion(p)
    const order = p.accept('ORDER', 'BY') ? parseOrderList(p) : []
    let offset: Expr | undefined
    let fetch: Expr | undefined
    if (order.length > 0 && p.accept('OFFSET')) {
      offset = parseExpression(p)
      if (!p.accept('ROWS')) p.expect('ROW')
      if (p.accept('FETCH')) {
        if (!p.accept('NEXT')) p.expect('FIRST')
        fetch = parseExpression(p)
        if (!p.accept('ROWS')) p.expect('ROW')
        p.expect('ONLY')
      }
    }
    const parseForClause = () => (p.at('FOR') && !atCursorFor(p) ? parseFor(p) : undefined)
    const early = parseForClause()
    const options = parseQueryOptions(p)
    // The server takes OPTION before FOR as well, against its own grammar.
    const forClause = early ?? parseForClause()
    return {
      ctes: limited(ctes, options),
      body,
      order,
      line,
      ...(offset ? { offset } : {}),
      ...(fetch ? { fetch } : {}),
      ...(forClause ? { forClause } : {}),
      ...options,
    }
  })
}

export function parseCtes(p: Cursor): Cte[] {
  p.expect('WITH')
  if (p.at('XMLNAMESPACES', '(')) throw p.unsupported('WITH XMLNAMESPACES')
  return p.list(() => {
    const name = p.name()
    const columns = p.at('(') ? p.parenthesized(() => p.name()) : undefined
    p.expect('AS', '(')
    const query = parseQuery(p)
    p.expect(')')
    return { name, query, ...(columns ? { columns } : {}) }
  })
}

/** UNION and EXCEPT go from left to right; INTERSECT binds stronger. */
function parseUnion(p: Cursor): QueryBody {
  let left = parseIntersect(p)
  while (p.atAny('UNION', 'EXCEPT')) {
    const word = p.next().key
    const op = word === 'EXCEPT' ? 'EXCEPT' : p.accept('ALL') ? 'UNION ALL' : 'UNION'
    left = { kind: 'setop', op, left, right: withoutInto(parseIntersect(p)) }
  }
  return left
}

/** INTO belongs to the first of them. */
function withoutInto(body: QueryBody): QueryBody {
  if (body.kind === 'select' && body.into)
    throw new SqlError(
      196,
      15,
      1,
      'SELECT INTO must be the first query in a statement containing a UNION, INTERSECT or EXCEPT operator.',
      { line: body.line },
    )
  return body
}

function parseIntersect(p: Cursor): QueryBody {
  let left = parseCore(p)
  while (p.accept('INTERSECT')) left = { kind: 'setop', op: 'INTERSECT', left, right: withoutInto(parseCore(p)) }
  return left
}

function parseCore(p: Cursor): QueryBody {
  if (p.at('(')) {
    p.next()
    const query = parseQuery(p)
    p.expect(')')
    return { kind: 'nested', query }
  }
  const { line } = p.token
  p.expect('SELECT')
  const windows = p.namedWindows.length
  const distinct = p.accept('DISTINCT')
  if (!distinct) p.accept('ALL')
  const top = p.at('TOP') ? parseTop(p) : undefined
  const items = p.list(() => parseSelectItem(p))
  const into: Name | undefined = p.accept('INTO') ? p.multiName() : undefined
  const from = p.accept('FROM') ? parseFrom(p) : undefined
  const where = p.accept('WHERE') ? parseCondition(p) : undefined
  const { groupBy, groupingSets } = p.accept('GROUP', 'BY') ? parseGroupBy(p) : noGroups
  const having = p.accept('HAVING') ? parseCondition(p) : undefined
  nameWindows(p, windows)
  const core: SelectCore = {
    kind: 'select',
    distinct,
    items,
    groupBy,
    line,
    ...(groupingSets ? { groupingSets } : {}),
    ...(top ? { top } : {}),
    ...(into ? { into } : {}),
    ...(from ? { from } : {}),
    ...(where ? { where } : {}),
    ...(having ? { having } : {}),
  }
  return core
}

function parseTop(p: Cursor): NonNullable<SelectCore['top']> {
  p.expect('TOP')
  let count: Expr
  if (p.accept('(')) {
    count = parseExpression(p)
    p.expect(')')
  } else if (p.token.kind === 'number') count = { kind: 'literal', type: 'int', text: p.next().text }
  else if (p.token.kind === 'variable') count = { kind: 'variable', line: p.token.line, name: p.next().text }
  else throw p.error()
  const percent = p.accept('PERCENT')
  const ties = p.accept('WITH', 'TIES')
  return { count, percent, ties }
}

export function parseSelectItem(p: Cursor): SelectItem {
  const { token } = p
  if (p.accept('*')) return { kind: 'star', qualifier: [], line: token.line }
  if (token.kind === 'variable' && /^[+\-*/%&|^]?=$/.test(p.peek(1).key)) {
    p.next()
    const op = p.next().key
    return { kind: 'assign', variable: token.text, op, expr: parseExpression(p), line: token.line }
  }
  if (p.atName) {
    const star = qualifiedStar(p)
    if (star) return { kind: 'star', qualifier: star, line: token.line }
    if (p.peek(1).key === '=') {
      const alias = p.name()
      p.expect('=')
      return { kind: 'expr', expr: parseExpression(p), alias }
    }
  }
  const expr = parseExpression(p)
  const alias = parseColumnAlias(p)
  return { kind: 'expr', expr, ...(alias === undefined ? {} : { alias }) }
}

function qualifiedStar(p: Cursor): Name | undefined {
  let ahead = 0
  while (p.peek(ahead + 1).key === '.') ahead += 2
  if (ahead === 0 || p.peek(ahead).key !== '*') return undefined
  const parts: string[] = []
  while (!p.at('*')) {
    parts.push(p.anyWord())
    p.expect('.')
  }
  p.next()
  return parts
}

function parseColumnAlias(p: Cursor): string | undefined {
  if (p.accept('AS')) {
    if (p.token.kind === 'string' || p.token.kind === 'nstring') return p.next().text
    return p.name()
  }
  if (p.token.kind === 'string' || p.token.kind === 'nstring') return p.next().text
  return p.atName && !softStop(p) ? p.name() : undefined
}

/** Words that are not reserved and yet begin something here. */
export const softStop = (p: Cursor): boolean =>
  p.peek(1).key === ':' ||
  (p.at('WINDOW') && p.peek(2).key === 'AS' && p.peek(3).key === '(') ||
  (p.at('OUTPUT') && p.peek(1).kind === 'word') ||
  (p.at('THROW') && (p.peek(1).kind !== 'punct' || p.peek(1).key === ';')) ||
  (p.at('USING') && p.peek(1).key !== ',')

export function parseOrderList(p: Cursor): OrderItem[] {
  return p.list(() => {
    const expr = parseExpression(p)
    const descending = p.accept('DESC')
    if (!descending) p.accept('ASC')
    return { expr, descending }
  })
}
