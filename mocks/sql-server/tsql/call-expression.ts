import { SqlError } from '../engine/sql-error.ts'
import type { Expr, Name, OrderItem, Over } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseCondition, parseExpression } from './expression.ts'
import { parseOrderList } from './query.ts'

export function parseCall(p: Cursor, name: Name, line: number): Expr {
  p.expect('(')
  let distinct = false
  let star = false
  let args: Expr[] = []
  let called = name
  let onNull: 'null' | 'absent' | undefined
  const word = name.length === 1 ? (name[0] ?? '').toUpperCase() : ''
  if (p.accept('*')) star = true
  else if (word === 'JSON_OBJECT' || word === 'JSON_ARRAY') {
    if (!p.at(')') && !atOnNull(p)) args = p.list(() => jsonArgument(p, word === 'JSON_OBJECT')).flat()
    if (atOnNull(p)) {
      onNull = p.next().key === 'NULL' ? 'null' : 'absent'
      p.expect('ON', 'NULL')
    }
  } else if (word === 'TRIM') ({ args, name: called } = trimArguments(p, called))
  else if (!p.at(')')) {
    distinct = p.accept('DISTINCT')
    if (!distinct) p.accept('ALL')
    const first = word === 'IIF' ? parseCondition(p) : parseExpression(p)
    args = p.accept(',') ? [first, ...p.list(() => parseExpression(p))] : [first]
  }
  p.expect(')')
  const base = { kind: 'call', name: called, args, distinct, star, line } as const
  let withinOrder: OrderItem[] | undefined
  if (p.at('WITHIN', 'GROUP')) {
    p.next()
    p.next()
    p.expect('(', 'ORDER', 'BY')
    withinOrder = parseOrderList(p)
    p.expect(')')
  }
  let ignoreNulls = false
  if (p.at('IGNORE', 'NULLS') || p.at('RESPECT', 'NULLS')) {
    ignoreNulls = p.next().key === 'IGNORE'
    p.next()
  }
  const over = p.at('OVER') ? parseOver(p) : undefined
  return {
    ...base,
    ...(onNull ? { onNull } : {}),
    ...(ignoreNulls ? { ignoreNulls } : {}),
    ...(withinOrder ? { withinOrder } : {}),
    ...(over ? { over } : {}),
  }
}

const atOnNull = (p: Cursor): boolean => p.at('NULL', 'ON', 'NULL') || p.at('ABSENT', 'ON', 'NULL')

/** `'name': value` of JSON_OBJECT, or a value of JSON_ARRAY. */
function jsonArgument(p: Cursor, named: boolean): Expr[] {
  const first = parseExpression(p)
  if (!named) return [first]
  p.expect(':')
  return [first, parseExpression(p)]
}

const sides: Readonly<Record<string, string>> = { LEADING: 'LTRIM', TRAILING: 'RTRIM', BOTH: 'TRIM' }

/** `TRIM(LEADING 'x' FROM s)`: the text first, as LTRIM has it. */
function trimArguments(p: Cursor, name: Name): { args: Expr[]; name: Name } {
  const side = p.peek(1).key !== ')' && p.peek(1).key !== ',' && p.peek(1).key !== '(' ? sides[p.token.key] : undefined
  if (side) p.next()
  const first = parseExpression(p)
  if (!p.accept('FROM')) {
    if (side) throw p.error()
    return { args: [first], name }
  }
  return { args: [parseExpression(p), first], name: side ? [side] : name }
}

function parseOver(p: Cursor): Over {
  p.expect('OVER')
  if (p.at('(')) return parseWindow(p)
  const { line } = p.token
  const over = { partition: [], order: [] }
  p.namedWindows.push({ name: p.name(), line, over })
  return over
}

/** ROWS or RANGE, and the rows between which a window moves, as SQLite reads it too. */
function parseFrame(p: Cursor): string {
  const unit = p.next().key
  if (!p.accept('BETWEEN')) return `${unit} ${parseBound(p, unit)}`
  const first = parseBound(p, unit)
  p.expect('AND')
  return `${unit} BETWEEN ${first} AND ${parseBound(p, unit)}`
}

function parseBound(p: Cursor, unit: string): string {
  if (p.accept('CURRENT')) {
    p.expect('ROW')
    return 'CURRENT ROW'
  }
  const { kind, text, line } = p.token
  const isCount = kind === 'number' && /^\d{1,18}$/.test(text)
  if (isCount && unit === 'RANGE')
    throw new SqlError(4194, 16, 1, 'RANGE is only supported with UNBOUNDED and CURRENT ROW window frame delimiters.', {
      line,
    })
  if (isCount) p.next()
  else p.expect('UNBOUNDED')
  const side = p.accept('PRECEDING') ? 'PRECEDING' : 'FOLLOWING'
  if (side === 'FOLLOWING') p.expect('FOLLOWING')
  return `${isCount ? text : 'UNBOUNDED'} ${side}`
}

/** What stands in the parentheses of OVER and WINDOW. */
export function parseWindow(p: Cursor): Over {
  p.expect('(')
  const { line } = p.token
  const base = p.atName && !p.atAny('PARTITION', 'ORDER', 'ROWS', 'RANGE') ? p.name() : undefined
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
  const frame = p.atAny('ROWS', 'RANGE') ? parseFrame(p) : undefined
  p.expect(')')
  const over = { partition, order, ...(frame ? { frame } : {}) }
  if (base !== undefined) p.namedWindows.push({ name: base, line, over })
  return over
}
