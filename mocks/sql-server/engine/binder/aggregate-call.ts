import { type DataType, decimalType, familyOf, isUnicode, maxLength, textType, types } from '../../tds/data-type.ts'
import type { OrderItem, Over } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { type Bound, withoutLiteral } from './bound.ts'
import type { Call } from './call.ts'
import { comparable, convertBound, equatable } from './convert-bound.ts'
import { bindExpr } from './expression.ts'
import { isUncomparable } from './uncomparable.ts'

const ranking = new Set([
  'ROW_NUMBER',
  'RANK',
  'DENSE_RANK',
  'NTILE',
  'LAG',
  'LEAD',
  'FIRST_VALUE',
  'LAST_VALUE',
  'CUME_DIST',
  'PERCENT_RANK',
  'PERCENTILE_CONT',
  'PERCENTILE_DISC',
])
export const isWindowFunction = (name: string): boolean => ranking.has(name)

export function bindAggregate(call: Call): Bound {
  if (isWindowFunction(call.name))
    throw new SqlError(10753, 15, 1, `The function '${call.name}' must have an OVER clause.`, { line: call.expr.line })
  const { grouping } = call.binder
  if (call.name === 'GROUPING' || call.name === 'GROUPING_ID') return groupingCall(call)
  if (!grouping)
    throw new SqlError(
      147,
      15,
      1,
      'An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.',
      { line: call.expr.line },
    )
  if (grouping.inAggregate > 0)
    throw new SqlError(
      130,
      16,
      1,
      'Cannot perform an aggregate function on an expression containing an aggregate or a subquery.',
      { line: call.expr.line },
    )
  grouping.inAggregate += 1
  try {
    return aggregate(call, '')
  } finally {
    grouping.inAggregate -= 1
  }
}

/** Which of its arguments the row is not grouped by, as bits. */
function groupingCall(call: Call): Bound {
  const { grouping } = call.binder
  let bits = 0
  call.expr.args.forEach((arg, i) => {
    const inside = grouping?.inAggregate ?? 0
    if (grouping) grouping.inAggregate += 1
    const { sql } = bindExpr(call.binder, call.scope, arg)
    if (grouping) grouping.inAggregate = inside
    if (!grouping?.keys.has(sql)) throw errors.notAGroupingKey(i + 1, call.name, call.expr.line)
    bits = bits * 2 + (grouping.active && !grouping.active.has(sql) ? 1 : 0)
  })
  return { sql: String(bits), type: call.name === 'GROUPING' ? types.tinyint : types.int, nullable: false }
}

/** An argument that may be NULL says so when it is: warning 8153. */
const noticed = (of: Bound): Bound =>
  of.nullable && !of.untyped ? { ...of, sql: `coalesce(${of.sql},saw_null())` } : of

/** NULL alone has no type that could be aggregated. */
function requireType(call: Call): void {
  if (call.arg(0).untyped) throw errors.badOperator('NULL', call.name.toLowerCase())
}

/** The aggregate over its argument; `over` is the window behind it, if there is one. */
function aggregate(call: Call, over: string): Bound {
  const { name, expr } = call
  if (name === 'COUNT' || name === 'COUNT_BIG') {
    const type = name === 'COUNT' ? types.int : types.bigint
    if (expr.star) return { sql: `count(*)${over}`, type, nullable: false }
    requireType(call)
    return {
      sql: `count(${expr.distinct ? `DISTINCT ${equatable(noticed(call.arg(0)))}` : noticed(call.arg(0)).sql})${over}`,
      type,
      nullable: false,
    }
  }
  requireType(call)
  const of = noticed(call.arg(0))
  const family = familyOf(of.type)
  const distinct = expr.distinct ? 'DISTINCT ' : ''
  switch (name) {
    case 'MIN':
    case 'MAX': {
      if (of.type.name === 'bit' || isUncomparable(of.type)) throw errors.badOperator(of.type.name, name.toLowerCase())
      if (family === 'text')
        return {
          sql: `${name.toLowerCase()}_text(${of.sql},${comparable(withoutLiteral(of))})${over}`,
          type: of.type,
          nullable: true,
        }
      return { sql: `${name.toLowerCase()}(${of.sql})${over}`, type: of.type, nullable: true }
    }
    case 'SUM':
    case 'AVG': {
      if (of.type.name === 'bit' || !['integer', 'exact', 'approximate'].includes(family))
        throw errors.badOperator(of.type.name, name.toLowerCase())
      return name === 'SUM' ? sum(of, distinct, over) : average(of, distinct, over)
    }
    case 'STDEV':
    case 'STDEVP':
    case 'VAR':
    case 'VARP':
      return {
        sql: `${name.toLowerCase()}(${distinct}${convertBound(of, types.float).sql})${over}`,
        type: types.float,
        nullable: true,
      }
    case 'APPROX_COUNT_DISTINCT':
      return { sql: `count(DISTINCT ${equatable(of)})${over}`, type: types.bigint, nullable: false }
    case 'CHECKSUM_AGG':
      if (family !== 'integer') throw errors.badOperator(of.type.name, 'checksum_agg')
      return { sql: `xor_(${distinct}${of.sql})${over}`, type: types.int, nullable: true }
    default:
      return stringAggregate(call, of, over)
  }
}

/** STRING_AGG gives the longest type of its argument's kind, or max for max. */
function stringAggregate(call: Call, of: Bound, over: string): Bound {
  const { expr } = call
  if (over !== '')
    throw new SqlError(
      4113,
      16,
      1,
      "The function 'STRING_AGG' is not a valid windowing function, and cannot be used with the OVER clause.",
      {
        line: expr.line,
      },
    )
  const { collation } = call.binder.environment
  const narrow = familyOf(of.type) === 'text' && !isUnicode(of.type)
  const length = of.type.length === maxLength ? maxLength : narrow ? 8000 : 4000
  const type = textType(narrow ? 'varchar' : 'nvarchar', length, of.type.collation ?? collation)
  const order = expr.withinOrder ? ` ORDER BY ${orderSql(call, expr.withinOrder)}` : ''
  const text = convertBound(of, textType('nvarchar', maxLength, type.collation ?? collation)).sql
  const sql = `group_concat(${text},ifnull(${call.text(1)},'')${order})`
  return { sql: length === maxLength ? sql : `agg_fit(${sql},${length})`, type, nullable: true }
}

const sumType = (type: DataType): DataType => {
  if (type.name === 'bigint') return types.bigint
  if (familyOf(type) === 'integer') return types.int
  if (familyOf(type) === 'approximate') return types.float
  return type.name === 'money' || type.name === 'smallmoney' ? types.money : decimalType(38, type.scale)
}

function sum(of: Bound, distinct: string, over: string): Bound {
  const type = sumType(of.type)
  const sql = familyOf(of.type) === 'exact' ? `d_sum(${distinct}${of.sql})${over}` : `sum(${distinct}${of.sql})${over}`
  return { sql: type.name === 'int' ? `i_fit(${sql})` : sql, type, nullable: true }
}

function average(of: Bound, distinct: string, over: string): Bound {
  const type = sumType(of.type)
  if (familyOf(of.type) === 'approximate') return { sql: `avg(${distinct}${of.sql})${over}`, type, nullable: true }
  // Whole numbers stay whole: the quotient is cut off.
  if (familyOf(of.type) === 'integer')
    return { sql: `(sum(${distinct}${of.sql})${over}/count(${distinct}${of.sql})${over})`, type, nullable: true }
  const scale = type.name === 'money' ? 4 : Math.max(of.type.scale, 6)
  const result = type.name === 'money' ? types.money : decimalType(38, scale)
  return {
    sql: `d_avg(d_sum(${distinct}${of.sql})${over},count(${distinct}${of.sql})${over},${of.type.scale},${scale})`,
    type: result,
    nullable: true,
  }
}

const orderSql = (call: Call, order: readonly OrderItem[]): string =>
  order
    .map((item) => `${comparable(bindExpr(call.binder, call.scope, item.expr))}${item.descending ? ' DESC' : ''}`)
    .join(',')

function overSql(call: Call, over: Over): string {
  const partition = over.partition.map((expr) => equatable(bindExpr(call.binder, call.scope, expr)))
  const parts = [
    partition.length > 0 ? `PARTITION BY ${partition.join(',')}` : '',
    over.order.length > 0 ? `ORDER BY ${orderSql(call, over.order)}` : '',
    over.frame ?? '',
  ]
  return ` OVER (${parts.filter((part) => part !== '').join(' ')})`
}

export function bindWindow(call: Call): Bound {
  const { expr, name } = call
  const { over } = expr
  if (!over) throw errors.unknownFunction(name, expr.line)
  if (call.binder.grouping?.active) throw unsupported('window functions over ROLLUP, CUBE or GROUPING SETS', expr.line)
  if (name === 'PERCENTILE_CONT' || name === 'PERCENTILE_DISC') return percentile(call, over)
  const window = overSql(call, over)
  if (!isWindowFunction(name)) {
    if (over.frame && over.order.length === 0)
      throw new SqlError(10756, 15, 1, 'Window frame with ROWS or RANGE must have an ORDER BY clause.', {
        line: expr.line,
      })
    if (expr.distinct)
      throw new SqlError(10759, 15, 1, 'Use of DISTINCT is not allowed with the OVER clause.', { line: expr.line })
    return aggregate(call, window)
  }
  if (over.order.length === 0)
    throw new SqlError(4112, 15, 1, `The function '${name}' must have an OVER clause with ORDER BY.`, {
      line: expr.line,
    })
  if (over.frame && name !== 'FIRST_VALUE' && name !== 'LAST_VALUE')
    throw new SqlError(10752, 15, 1, `The function '${name}' may not have a window frame.`, { line: expr.line })
  if (expr.ignoreNulls) return pastNulls(call, window)
  switch (name) {
    case 'ROW_NUMBER':
    case 'RANK':
    case 'DENSE_RANK':
      return { sql: `${name.toLowerCase()}()${window}`, type: types.bigint, nullable: true }
    case 'CUME_DIST':
    case 'PERCENT_RANK':
      return { sql: `${name.toLowerCase()}()${window}`, type: types.float, nullable: true }
    case 'NTILE':
      return { sql: `ntile(${call.as(0, types.bigint)})${window}`, type: types.bigint, nullable: true }
    case 'LAG':
    case 'LEAD': {
      const of = call.arg(0)
      const offset = call.count > 1 ? `,${call.as(1, types.bigint)}` : ',1'
      const otherwise = call.count > 2 ? `,${convertBound(call.arg(2), of.type).sql}` : ''
      return { sql: `${name.toLowerCase()}(${of.sql}${offset}${otherwise})${window}`, type: of.type, nullable: true }
    }
    default:
      return { sql: `${name.toLowerCase()}(${call.arg(0).sql})${window}`, type: call.arg(0).type, nullable: true }
  }
}

/** FIRST_VALUE and its kin IGNORE NULLS: SQLite has it only through aggregates that keep the last value. */
function pastNulls(call: Call, window: string): Bound {
  const of = call.arg(0)
  const { name, expr } = call
  if (name !== 'FIRST_VALUE' && name !== 'LAST_VALUE') throw unsupported(`${name} … IGNORE NULLS`, expr.line)
  return { sql: `${name === 'LAST_VALUE' ? 'last_of' : 'first_of'}(${of.sql})${window}`, type: of.type, nullable: true }
}

/** PERCENTILE_CONT interpolates and is a float; PERCENTILE_DISC gives one of the values. */
function percentile(call: Call, over: Over): Bound {
  const { expr, name } = call
  const [order] = expr.withinOrder ?? []
  if (!order)
    throw new SqlError(10754, 15, 1, `The function '${name}' must have a WITHIN GROUP clause.`, { line: expr.line })
  if (over.order.length > 0)
    throw new SqlError(
      10751,
      15,
      1,
      `The ORDER BY in WITHIN GROUP clause of '${name}' function must have exactly one expression.`,
      {
        line: expr.line,
      },
    )
  const of = bindExpr(call.binder, call.scope, order.expr)
  const fraction = call.as(0, types.float)
  const direction = order.descending ? 1 : 0
  const window = overSql(call, over)
  if (!['integer', 'exact', 'approximate'].includes(familyOf(of.type)))
    throw errors.badOperator(of.type.name, name.toLowerCase())
  if (name === 'PERCENTILE_DISC')
    return { sql: `pct_disc(${of.sql},${fraction},${direction})${window}`, type: of.type, nullable: true }
  return {
    sql: `pct_cont(${convertBound(of, types.float).sql},${fraction},${direction})${window}`,
    type: types.float,
    nullable: true,
  }
}
