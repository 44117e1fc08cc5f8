/** Types of results: precedence of types, and precision and scale of arithmetic. */
import {
  binaryType,
  type DataType,
  decimalType,
  familyOf,
  isUnicode,
  maxLength,
  type TypeName,
} from '../../tds/data-type.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'

const precedence: readonly TypeName[] = [
  'hierarchyid',
  'geometry',
  'geography',
  'sql_variant',
  'xml',
  'datetimeoffset',
  'datetime2',
  'datetime',
  'smalldatetime',
  'date',
  'time',
  'float',
  'real',
  'decimal',
  'numeric',
  'money',
  'smallmoney',
  'bigint',
  'int',
  'smallint',
  'tinyint',
  'bit',
  'ntext',
  'text',
  'image',
  'timestamp',
  'uniqueidentifier',
  'nvarchar',
  'nchar',
  'varchar',
  'char',
  'varbinary',
  'binary',
]

const rank = new Map(precedence.map((name, i) => [name, i]))

const rankOf = (type: DataType): number => rank.get(type.name) ?? 99

/** Digits that an integer type can hold, as decimal arithmetic counts them. */
const integerDigits: Readonly<Partial<Record<TypeName, number>>> = {
  bit: 1,
  tinyint: 3,
  smallint: 5,
  int: 10,
  bigint: 19,
}

/** The type as a decimal: what an integer or money becomes beside one. */
export function asDecimal(type: DataType): DataType {
  const digits = integerDigits[type.name]
  if (digits !== undefined) return decimalType(digits, 0)
  if (type.name === 'money') return decimalType(19, 4)
  if (type.name === 'smallmoney') return decimalType(10, 4)
  return type
}

/** The type to which both sides of a comparison, branches of CASE or rows of a UNION go. */
export function commonType(a: DataType, b: DataType): DataType {
  const [high, low] = rankOf(a) <= rankOf(b) ? [a, b] : [b, a]
  switch (familyOf(high)) {
    case 'exact': {
      if (familyOf(low) !== 'exact' && familyOf(low) !== 'integer')
        return high.name === 'decimal' || high.name === 'numeric' ? high : high
      if (high.name !== 'decimal' && high.name !== 'numeric') return high
      const x = asDecimal(high)
      const y = asDecimal(low)
      const scale = Math.max(x.scale, y.scale)
      const whole = Math.max(x.precision - x.scale, y.precision - y.scale)
      return decimalType(Math.min(38, whole + scale), whole + scale > 38 ? Math.max(0, 38 - whole) : scale, high.name)
    }
    case 'text': {
      if (familyOf(low) !== 'text') return high
      if (high.name === 'ntext' || high.name === 'text' || high.name === 'xml') return high
      const unicode = isUnicode(high)
      const max = high.length === maxLength || low.length === maxLength || low.length === 0
      const length = max ? maxLength : Math.min(unicode ? 4000 : 8000, Math.max(high.length, low.length))
      const fixed =
        (high.name === 'char' || high.name === 'nchar') &&
        (low.name === 'char' || low.name === 'nchar') &&
        high.length === low.length
      return { ...high, name: fixed ? high.name : unicode ? 'nvarchar' : 'varchar', length }
    }
    case 'binary':
      if (familyOf(low) !== 'binary' || high.length === maxLength) return high
      return binaryType(
        high.name === 'binary' && low.name === 'binary' ? 'binary' : 'varbinary',
        low.length === maxLength ? maxLength : Math.max(high.length, low.length),
      )
    case 'temporal':
      if (
        familyOf(low) === 'temporal' &&
        high.name !== 'datetime' &&
        high.name !== 'smalldatetime' &&
        high.name !== 'date'
      ) {
        const lowScale =
          low.name === 'datetime' ? 3 : low.name === 'date' || low.name === 'smalldatetime' ? 0 : low.scale
        return { ...high, scale: Math.max(high.scale, lowScale) }
      }
      return high
    default:
      return high
  }
}

/** decimal arithmetic: the rules of "Precision, scale, and length". */
export function decimalResult(op: string, a: DataType, b: DataType): DataType {
  const { precision: p1, scale: s1 } = asDecimal(a)
  const { precision: p2, scale: s2 } = asDecimal(b)
  let precision: number
  let scale: number
  switch (op) {
    case '*':
      precision = p1 + p2 + 1
      scale = s1 + s2
      break
    case '/':
      scale = Math.max(6, s1 + p2 + 1)
      precision = p1 - s1 + s2 + scale
      break
    case '%':
      scale = Math.max(s1, s2)
      precision = Math.min(p1 - s1, p2 - s2) + scale
      break
    default:
      scale = Math.max(s1, s2)
      precision = Math.max(s1, s2) + Math.max(p1 - s1, p2 - s2) + 1
  }
  if (precision > 38) {
    const whole = precision - scale
    // Products and quotients keep at least six digits behind the point; sums keep the whole part first.
    scale =
      op === '*' || op === '/'
        ? Math.min(scale, Math.max(38 - whole, Math.min(scale, 6)))
        : Math.max(0, Math.min(scale, 38 - whole))
    precision = 38
  }
  return decimalType(precision, scale, 'numeric')
}

/** Conversions that SQL Server does not make by itself. */
export function checkImplicit(from: DataType, to: DataType): void {
  const f = familyOf(from)
  const t = familyOf(to)
  if (f === 'clr' || t === 'clr') {
    if (from.name === to.name || f === 'text' || f === 'binary') return
    if (t === 'text' || t === 'binary') throw implicit(from, to)
    throw errors.operandClash(from.name, to.name)
  }
  if (from.name === 'xml' && to.name !== 'xml') throw implicit(from, to)
  const number = (family: string) => family === 'integer' || family === 'exact' || family === 'approximate'
  const modern = (type: DataType) =>
    familyOf(type) === 'temporal' && type.name !== 'datetime' && type.name !== 'smalldatetime'
  if (
    (number(f) && modern(to)) ||
    (modern(from) && number(t)) ||
    (f === 'guid' && (number(t) || t === 'temporal')) ||
    (t === 'guid' && (number(f) || f === 'temporal'))
  ) {
    throw errors.operandClash(from.name, to.name)
  }
  if (f === 'temporal' && number(t) && to.name !== 'bit') throw implicit(from, to)
  if (
    (f === 'text' && t === 'binary') ||
    (f === 'binary' && t === 'approximate') ||
    (from.name === 'sql_variant' && t !== 'variant')
  )
    throw implicit(from, to)
}

const implicit = (from: DataType, to: DataType): SqlError =>
  new SqlError(
    257,
    16,
    3,
    `Implicit conversion from data type ${from.name} to ${to.name} is not allowed. Use the CONVERT function to run this query.`,
  )
