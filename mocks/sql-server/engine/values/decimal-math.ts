import { decimalKey, decimalText, maxMagnitude, unscaledOf } from '../../tds/types/decimal.ts'
import { errors } from '../errors.ts'

const powers = Array.from({ length: 80 }, (_, i) => 10n ** BigInt(i))

export const powerOfTen = (exponent: number): bigint => powers[exponent] ?? 10n ** BigInt(exponent)

/** Division that rounds half away from zero. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n
  const a = dividend < 0n ? -dividend : dividend
  const b = divisor < 0n ? -divisor : divisor
  const quotient = (a + b / 2n) / b
  return negative ? -quotient : quotient
}

/** The unscaled value at another scale, rounded where digits are lost. */
export function rescale(unscaled: bigint, from: number, to: number): bigint {
  if (from === to) return unscaled
  return to > from ? unscaled * powerOfTen(to - from) : divideRounded(unscaled, powerOfTen(from - to))
}

/** The key of an unscaled value, refused when it has more digits than the type. */
export function fitted(unscaled: bigint, precision: number, what = 'numeric', to = 'numeric'): string {
  const magnitude = unscaled < 0n ? -unscaled : unscaled
  if (magnitude > maxMagnitude || magnitude >= powerOfTen(precision)) throw errors.overflow(what, to)
  return decimalKey(unscaled)
}

const mostDigits = 500

/** Digits as a number; so many that no type holds them are not worked out, since that takes the square of their count. */
export function integerOf(digits: string): bigint {
  const significant = digits.replace(/^0+/, '')
  return significant.length > mostDigits ? 10n ** BigInt(mostDigits) : BigInt(significant || '0')
}

export function parseDecimal(text: string): { unscaled: bigint; scale: number } | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text.trim())
  if (!match || (match[2] === '' && (match[3] ?? '') === '')) return undefined
  const fraction = match[3] ?? ''
  const exponent = Number(match[4] ?? 0)
  if (Math.abs(exponent) > 60 || fraction.length > 400) return undefined
  const digits = integerOf(`${match[2]}${fraction}`)
  const signed = match[1] === '-' ? -digits : digits
  const scale = fraction.length - exponent
  return scale >= 0 ? { unscaled: signed, scale } : { unscaled: signed * powerOfTen(-scale), scale: 0 }
}

export type DecimalOperator = 'add' | 'sub' | 'mul' | 'div' | 'mod'

/** One operation on keys of scales `sa` and `sb`, into precision and scale of the result. */
export function decimalArithmetic(
  op: DecimalOperator,
  a: string,
  b: string,
  sa: number,
  sb: number,
  precision: number,
  scale: number,
): string {
  const left = unscaledOf(a)
  const right = unscaledOf(b)
  switch (op) {
    case 'add':
    case 'sub': {
      const common = Math.max(sa, sb)
      const x = rescale(left, sa, common)
      const y = rescale(right, sb, common)
      return fitted(rescale(op === 'add' ? x + y : x - y, common, scale), precision)
    }
    case 'mul':
      return fitted(rescale(left * right, sa + sb, scale), precision)
    case 'div': {
      if (right === 0n) throw errors.divideByZero()
      // SQL Server cuts the quotient off; it does not round it.
      const shift = scale + sb - sa
      const quotient = shift >= 0 ? (left * powerOfTen(shift)) / right : left / (right * powerOfTen(-shift))
      return fitted(quotient, precision)
    }
    case 'mod': {
      if (right === 0n) throw errors.divideByZero()
      const common = Math.max(sa, sb)
      return fitted(rescale(rescale(left, sa, common) % rescale(right, sb, common), common, scale), precision)
    }
  }
}

export const decimalToNumber = (key: string, scale: number): number => Number(decimalText(unscaledOf(key), scale))
