import { latin1 } from '../../tds/collation.ts'
import { type DataType, familyOf, isUnicode, maxLength } from '../../tds/data-type.ts'
import { decimalKey } from '../../tds/types/decimal.ts'
import { conversionNumber } from '../functions/conversions.ts'
import { parseDecimal, powerOfTen, rescale } from '../values/decimal-math.ts'
import { keyNameOf, textKey } from '../values/text-key.ts'
import { type Bound, quoteText } from './bound.ts'
import { checkImplicit } from './type-rules.ts'
import { type Clause, isUncomparable, uncomparable } from './uncomparable.ts'

const widths = ['bit', 'tinyint', 'smallint', 'int', 'bigint']

/** True where the cell of one type is already the cell of the other. */
function same(from: DataType, to: DataType): boolean {
  if (from.name === to.name) {
    if (familyOf(from) === 'text' || familyOf(from) === 'binary') {
      if (from.collation?.encoding !== to.collation?.encoding && !isUnicode(to)) return false
      return (
        from.length === to.length ||
        ((from.name === 'varchar' || from.name === 'nvarchar' || from.name === 'varbinary') && wide(from, to))
      )
    }
    if (familyOf(from) === 'exact') return from.scale === to.scale && from.precision <= to.precision
    return from.scale === to.scale
  }
  const f = familyOf(from)
  const t = familyOf(to)
  if (f === 'integer' && t === 'integer') return widths.indexOf(from.name) <= widths.indexOf(to.name)
  if (f === 'text' && t === 'text') return to.name !== 'xml' && isUnicode(to) && to.name !== 'nchar' && wide(from, to)
  if (f === 'exact' && t === 'exact')
    return from.scale === to.scale && from.precision <= to.precision && to.name !== 'smallmoney' && to.name !== 'money'
  if (f === 'approximate' && t === 'approximate') return to.name === 'float'
  if (f === 'binary' && t === 'binary') return to.name === 'varbinary' && wide(from, to)
  return t === 'variant' && (from.name === 'int' || from.name === 'nvarchar' || from.name === 'varbinary')
}

const wide = (from: DataType, to: DataType): boolean =>
  to.length === maxLength || (from.length !== maxLength && from.length <= to.length && from.length > 0)

/** The expression in another type. `implicit` refuses what only CAST may do. */
export function convertBound(
  bound: Bound,
  to: DataType,
  options: { implicit?: boolean; style?: number; trying?: boolean } = {},
): Bound {
  if (bound.untyped) return { sql: bound.sql, type: to, nullable: true }
  const { type: from } = bound
  if (options.implicit) checkImplicit(from, to)
  if (options.style === undefined && same(from, to)) {
    const keep = familyOf(from) === 'text' && bound.literal ? { literal: bound.literal } : {}
    return { sql: bound.sql, type: to, nullable: bound.nullable, ...keep }
  }
  const folded = bound.literal ? foldLiteral(bound.literal, to) : undefined
  if (folded) return { sql: folded, type: to, nullable: false }
  if (familyOf(from) === 'integer' && to.name === 'float')
    return { sql: `CAST(${bound.sql} AS REAL)`, type: to, nullable: bound.nullable }
  const number = conversionNumber(from, to, options)
  return { sql: `cv(${bound.sql},${number})`, type: to, nullable: bound.nullable || (options.trying ?? false) }
}

/** Numbers written in the statement become keys while it is bound. */
function foldLiteral(literal: NonNullable<Bound['literal']>, to: DataType): string | undefined {
  if (literal.kind === 'text' || familyOf(to) !== 'exact' || to.name === 'smallmoney') return undefined
  const parsed = parseDecimal(literal.text)
  if (!parsed) return undefined
  const unscaled = rescale(parsed.unscaled, parsed.scale, to.scale)
  const magnitude = unscaled < 0n ? -unscaled : unscaled
  return magnitude < powerOfTen(to.precision) ? `'${decimalKey(unscaled)}'` : undefined
}

/** The form in which values of a type are compared, sorted and grouped. */
export function comparable(bound: Bound, clause: Clause = 'ORDER BY'): string {
  const { type, sql } = bound
  if (isUncomparable(type)) throw uncomparable(type, clause)
  switch (familyOf(type)) {
    case 'text': {
      const key = keyNameOf(type.collation ?? latin1)
      return bound.literal?.kind === 'text' ? quoteText(textKey(key, bound.literal.text)) : `${key}(${sql})`
    }
    case 'guid':
      return `k_guid(${sql})`
    case 'variant':
      return `k_variant(${sql})`
    case 'temporal':
      // Two moments are equal whatever their offsets; the cell starts with UTC.
      return type.name === 'datetimeoffset' ? `substr(${sql},1,length(${sql})-6)` : sql
    default:
      return sql
  }
}

/** For equality alone a uniqueidentifier needs no key. */
export const equatable = (bound: Bound, clause?: Clause): string =>
  familyOf(bound.type) === 'guid' ? bound.sql : comparable(bound, clause)
