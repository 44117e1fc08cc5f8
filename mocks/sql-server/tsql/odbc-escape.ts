/** ODBC's escapes, which the server reads itself: `{d '…'}`, `{t '…'}`, `{ts '…'}`, `{guid '…'}`, `{fn name(…)}`. */
import type { Expr, Name, TypeRef } from './ast.ts'
import { parseCall } from './call-expression.ts'
import type { Cursor } from './cursor.ts'
import { parseExpression } from './expression.ts'

type CallExpr = Extract<Expr, { kind: 'call' }>

const call = (name: string, args: readonly Expr[], line: number): CallExpr => ({
  kind: 'call',
  name: [name],
  args,
  distinct: false,
  star: false,
  line,
})
const part = (name: string, line: number): Expr => ({ kind: 'column', parts: [name], line })
const number = (text: string): Expr => ({ kind: 'literal', type: 'int', text })
const typeRef = (name: string, line: number, ...args: number[]): TypeRef => ({ name, args, line })
const cast = (of: Expr, type: TypeRef, style?: Expr): Expr => ({
  kind: 'cast',
  of,
  type,
  trying: false,
  ...(style ? { style } : {}),
})

/** ODBC's names of functions that T-SQL calls otherwise. */
const names: Readonly<Record<string, string>> = {
  ATAN2: 'ATN2',
  CHAR_LENGTH: 'LEN',
  CHARACTER_LENGTH: 'LEN',
  DATABASE: 'DB_NAME',
  IFNULL: 'ISNULL',
  INSERT: 'STUFF',
  LCASE: 'LOWER',
  LENGTH: 'LEN',
  LOCATE: 'CHARINDEX',
  NOW: 'GETDATE',
  OCTET_LENGTH: 'DATALENGTH',
  REPEAT: 'REPLICATE',
  UCASE: 'UPPER',
  USER: 'USER_NAME',
}
const parts: Readonly<Record<string, string>> = {
  DAYOFMONTH: 'day',
  DAYOFWEEK: 'weekday',
  DAYOFYEAR: 'dayofyear',
  HOUR: 'hour',
  MINUTE: 'minute',
  QUARTER: 'quarter',
  SECOND: 'second',
  WEEK: 'week',
}
const intervals: Readonly<Record<string, string>> = {
  SQL_TSI_SECOND: 'second',
  SQL_TSI_MINUTE: 'minute',
  SQL_TSI_HOUR: 'hour',
  SQL_TSI_DAY: 'day',
  SQL_TSI_WEEK: 'week',
  SQL_TSI_MONTH: 'month',
  SQL_TSI_QUARTER: 'quarter',
  SQL_TSI_YEAR: 'year',
}

/** Today's date or time as text: style 23 is yyyy-mm-dd, 114 hh:mm:ss:mmm. */
const today = (line: number): Expr => cast(call('GETDATE', [], line), typeRef('varchar', line, 10), number('23'))
const clock = (line: number): Expr =>
  cast(cast(call('GETDATE', [], line), typeRef('time', line, 3)), typeRef('varchar', line, 12))

export function parseOdbcEscape(p: Cursor): Expr {
  p.expect('{')
  const { key, line } = p.next()
  const inner = key === 'FN' ? scalarFunction(p) : literal(p, key, line)
  p.expect('}')
  return inner
}

function literal(p: Cursor, key: string, line: number): Expr {
  if (p.token.kind !== 'string' && p.token.kind !== 'nstring') throw p.error()
  const text = parseExpression(p)
  switch (key) {
    case 'D':
    case 'TS':
      return cast(text, typeRef('datetime', line))
    case 'T': {
      const space: Expr = { kind: 'literal', type: 'string', text: ' ' }
      const day: Expr = { kind: 'binary', op: '+', left: today(line), right: space, line }
      return cast({ kind: 'binary', op: '+', left: day, right: text, line }, typeRef('datetime', line))
    }
    case 'GUID':
      return cast(text, typeRef('uniqueidentifier', line))
    default:
      throw p.error()
  }
}

function scalarFunction(p: Cursor): Expr {
  const { key, text, line } = p.token
  p.next()
  if (key === 'EXTRACT') {
    p.expect('(')
    const field = p.name()
    p.expect('FROM')
    const of = parseExpression(p)
    p.expect(')')
    return call('DATEPART', [part(field, line), of], line)
  }
  if (key === 'CONVERT') return conversion(p, line)
  if (!p.at('(')) {
    if (key === 'CURRENT_DATE') return today(line)
    if (key === 'CURRENT_TIME') return clock(line)
    throw p.error()
  }
  const name: Name = [names[key] ?? text]
  const parsed = parseCall(p, name, line)
  return parsed.kind === 'call' ? translated(key, parsed, line) : parsed
}

function translated(key: string, parsed: CallExpr, line: number): Expr {
  const [first, second] = parsed.args
  const field = parts[key]
  if (field && first) return call('DATEPART', [part(field, line), first], line)
  switch (key) {
    case 'CURDATE':
    case 'CURRENT_DATE':
      return today(line)
    case 'CURTIME':
    case 'CURRENT_TIME':
      return clock(line)
    case 'DAYNAME':
      return call('DATENAME', [part('weekday', line), ...parsed.args], line)
    case 'MONTHNAME':
      return call('DATENAME', [part('month', line), ...parsed.args], line)
    case 'MOD':
      return first && second ? { kind: 'binary', op: '%', left: first, right: second, line } : parsed
    case 'TRUNCATE':
      return call('ROUND', [...parsed.args, number('1')], line)
    case 'BIT_LENGTH':
      return { kind: 'binary', op: '*', left: call('DATALENGTH', parsed.args, line), right: number('8'), line }
    case 'TIMESTAMPADD':
    case 'TIMESTAMPDIFF': {
      const unit = first?.kind === 'column' ? intervals[(first.parts[0] ?? '').toUpperCase()] : undefined
      if (!unit) return parsed
      return call(key === 'TIMESTAMPADD' ? 'DATEADD' : 'DATEDIFF', [part(unit, line), ...parsed.args.slice(1)], line)
    }
    default:
      return parsed
  }
}

const sqlTypes: Readonly<Record<string, readonly [name: string, ...args: number[]]>> = {
  SQL_BIGINT: ['bigint'],
  SQL_BINARY: ['binary'],
  SQL_BIT: ['bit'],
  SQL_CHAR: ['char', 30],
  SQL_DECIMAL: ['decimal'],
  SQL_DOUBLE: ['float'],
  SQL_FLOAT: ['float'],
  SQL_GUID: ['uniqueidentifier'],
  SQL_INTEGER: ['int'],
  SQL_NUMERIC: ['numeric'],
  SQL_REAL: ['real'],
  SQL_SMALLINT: ['smallint'],
  SQL_TIMESTAMP: ['datetime'],
  SQL_TINYINT: ['tinyint'],
  SQL_VARBINARY: ['varbinary', 30],
  SQL_VARCHAR: ['varchar', 30],
  SQL_WCHAR: ['nchar', 30],
  SQL_WVARCHAR: ['nvarchar', 30],
}

/** `{fn CONVERT(value, SQL_INTEGER)}`. */
function conversion(p: Cursor, line: number): Expr {
  p.expect('(')
  const of = parseExpression(p)
  p.expect(',')
  const type = sqlTypes[p.token.key]
  if (!type) throw p.error()
  p.next()
  p.expect(')')
  const [name, ...args] = type
  return cast(of, typeRef(name, line, ...args))
}
