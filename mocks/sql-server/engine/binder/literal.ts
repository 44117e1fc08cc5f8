import { binaryType, decimalType, maxLength, textType, types } from '../../tds/data-type.ts'
import { decimalKey } from '../../tds/types/decimal.ts'
import type { Expr } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { parseDecimal, rescale } from '../values/decimal-math.ts'
import type { Binder } from './binder.ts'
import { type Bound, quoteText } from './bound.ts'

export const nullBound: Bound = { sql: 'NULL', type: types.int, nullable: true, untyped: true }

export function bindLiteral(b: Binder, kind: Extract<Expr, { kind: 'literal' }>['type'], text: string): Bound {
  const collation = b.environment.collation
  switch (kind) {
    case 'null':
      return nullBound
    case 'int':
      return { sql: String(Number(text)), type: types.int, nullable: false, literal: { kind: 'int', text } }
    case 'float':
      if (!Number.isFinite(Number(text))) throw errors.floatRange(text)
      return {
        sql:
          `${Number(text)}`.includes('e') || `${Number(text)}`.includes('.') ? `${Number(text)}` : `${Number(text)}.0`,
        type: types.float,
        nullable: false,
      }
    case 'decimal':
    case 'money': {
      const parsed = parseDecimal(text === '' ? '0' : text) ?? { unscaled: 0n, scale: 0 }
      if (kind === 'money')
        return { sql: `'${decimalKey(rescale(parsed.unscaled, parsed.scale, 4))}'`, type: types.money, nullable: false }
      const digits = parsed.unscaled.toString().replace('-', '').length
      const precision = Math.max(digits, parsed.scale, 1)
      if (precision > 38) throw errors.overflow('numeric', 'numeric')
      const whole = /^0*\d/.test(text) && digits <= parsed.scale ? parsed.scale + 1 : precision
      return {
        sql: `'${decimalKey(parsed.unscaled)}'`,
        type: decimalType(Math.min(38, text.startsWith('.') ? precision : whole), parsed.scale, 'numeric'),
        nullable: false,
        literal: { kind: 'decimal', text },
      }
    }
    case 'string':
      return {
        sql: quoteText(text),
        type: textType('varchar', text.length > 8000 ? maxLength : Math.max(1, text.length), collation),
        nullable: false,
        literal: { kind: 'text', text },
      }
    case 'nstring':
      return {
        sql: quoteText(text),
        type: textType('nvarchar', text.length > 4000 ? maxLength : Math.max(1, text.length), collation),
        nullable: false,
        literal: { kind: 'text', text },
      }
    case 'binary': {
      const hex = text.slice(2).length % 2 === 0 ? text.slice(2) : `0${text.slice(2)}`
      return { sql: `x'${hex}'`, type: binaryType('varbinary', Math.max(1, hex.length / 2)), nullable: false }
    }
  }
}
