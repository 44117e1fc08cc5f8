import { type Cell, types } from '../../tds/data-type.ts'
import { decimalKey, unscaledOf } from '../../tds/types/decimal.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'
import {
  type DecimalOperator,
  decimalArithmetic,
  divideRounded,
  fitted,
  powerOfTen,
  rescale,
} from '../values/decimal-math.ts'
import { checkedInteger, integerCell } from '../values/to-number.ts'
import { currentSession, isOn } from './running-session.ts'
import { arithmetic, strict, type Udf } from './udf.ts'

const byWidth = { 1: types.tinyint, 2: types.smallint, 4: types.int } as const
const limits: Readonly<Record<number, readonly [number, number]>> = {
  1: [0, 255],
  2: [-32_768, 32_767],
  4: [-2_147_483_648, 2_147_483_647],
}

function within(value: number, width: number): number {
  const limit = limits[width] ?? [-2_147_483_648, 2_147_483_647]
  if (value < limit[0] || value > limit[1]) throw errors.overflow('expression', byWidth[width as 4]?.name ?? 'int')
  return value
}

const int = (name: string, work: (a: number, b: number) => number): Udf =>
  arithmetic(name, (a, b, width) => within(work(Number(a), Number(b)), Number(width)))
const divisor = (b: number): number => {
  if (b === 0) throw errors.divideByZero()
  return b
}
const big = (name: string, work: (a: bigint, b: bigint) => bigint): Udf =>
  arithmetic(name, (a, b) => checkedInteger(work(BigInt(a as bigint), BigInt(b as bigint)), types.bigint), true)
const bigDivisor = (b: bigint): bigint => {
  if (b === 0n) throw errors.divideByZero()
  return b
}
const finite = (value: number): number => {
  if (!Number.isFinite(value)) throw new SqlError(3623, 16, 1, 'An invalid floating point operation occurred.')
  return value
}
const overflowed = (value: number): number => {
  if (!Number.isFinite(value)) throw errors.overflow('expression', 'float')
  return value
}

const maths: ReadonlyMap<string, (x: number) => number> = new Map([
  ['sqrt', Math.sqrt],
  ['exp', Math.exp],
  ['log', Math.log],
  ['log10', Math.log10],
  ['sin', Math.sin],
  ['cos', Math.cos],
  ['tan', Math.tan],
  ['asin', Math.asin],
  ['acos', Math.acos],
  ['atan', Math.atan],
])

/** ROUND over an exact value: to `digits` behind the point, or before it when negative. */
function roundExact(unscaled: bigint, scale: number, digits: number, cut: boolean): bigint {
  if (digits >= scale) return unscaled
  const unit = powerOfTen(Math.min(60, scale - digits))
  return cut ? (unscaled / unit) * unit : divideRounded(unscaled, unit) * unit
}

let seeded: number | undefined

export const numberUdfs: readonly Udf[] = [
  // Stands where an aggregate meets a NULL: the statement ends with warning 8153.
  {
    name: 'saw_null',
    pure: false,
    call: () => {
      currentSession().notices.add(8153)
      return null
    },
  },
  int('i_add', (a, b) => a + b),
  int('i_sub', (a, b) => a - b),
  int('i_mul', (a, b) => a * b),
  int('i_div', (a, b) => Math.trunc(a / divisor(b))),
  int('i_mod', (a, b) => (a % divisor(b)) + 0),
  arithmetic('i_fit', (value) => within(Number(value), 4)),
  strict('i_round', (value, digits, cut) =>
    integerCell(roundExact(BigInt(value as number), 0, Number(digits), cut !== 0)),
  ),
  big('b_add', (a, b) => a + b),
  big('b_sub', (a, b) => a - b),
  big('b_mul', (a, b) => a * b),
  big('b_div', (a, b) => a / bigDivisor(b)),
  big('b_mod', (a, b) => a % bigDivisor(b)),
  arithmetic('f_div', (a, b) => overflowed(Number(a) / divisor(Number(b)))),
  arithmetic('f_ok', (value) => overflowed(Number(value))),
  arithmetic('f_math', (name, x) => finite(maths.get(String(name))?.(Number(x)) ?? Number.NaN)),
  arithmetic('f_power', (x, y) => finite(Number(x) ** Number(y))),
  strict('f_round', (x, digits, cut) => {
    const factor = 10 ** Number(digits)
    const moved = Number(x) * factor
    return (cut ? Math.trunc(moved) : Math.sign(moved) * Math.round(Math.abs(moved))) / factor
  }),
  {
    name: 'f_random',
    pure: false,
    call: (seed) => {
      if (seed !== undefined && seed !== null) seeded = Number(seed)
      if (seeded === undefined) return Math.random()
      // A linear congruence: the same seed gives the same numbers.
      seeded = (Math.imul(seeded, 1_103_515_245) + 12_345) >>> 0
      return seeded / 4_294_967_296
    },
  },
  arithmetic('d_op', (op, a, b, sa, sb, precision, scale) => {
    const exact = Math.max(Number(sa), Number(sb))
    // NUMERIC_ROUNDABORT: a result that has fewer digits behind the point than it needs is an error.
    if (isOn('NUMERIC_ROUNDABORT') && Number(scale) < (op === 'mul' ? Number(sa) + Number(sb) : exact))
      throw errors.overflow('numeric', 'numeric')
    return decimalArithmetic(
      String(op) as DecimalOperator,
      String(a),
      String(b),
      Number(sa),
      Number(sb),
      Number(precision),
      Number(scale),
    )
  }),
  strict('d_neg', (value) => decimalKey(-unscaledOf(String(value)))),
  strict('d_abs', (value) => {
    const unscaled = unscaledOf(String(value))
    return decimalKey(unscaled < 0n ? -unscaled : unscaled)
  }),
  strict('d_whole', (direction, value, scale, resultScale) => {
    const unscaled = unscaledOf(String(value))
    const unit = powerOfTen(Number(scale))
    let whole = unscaled / unit
    if (unscaled % unit !== 0n) whole += direction === 'ceil' ? (unscaled > 0n ? 1n : 0n) : unscaled < 0n ? -1n : 0n
    return decimalKey(whole * powerOfTen(Number(resultScale)))
  }),
  arithmetic('d_round', (value, scale, precision, digits, cut) =>
    fitted(roundExact(unscaledOf(String(value)), Number(scale), Number(digits), cut !== 0), Number(precision)),
  ),
  strict('d_avg', (sum, count, scale, resultScale) => {
    const total = rescale(unscaledOf(String(sum)), Number(scale), Number(resultScale))
    return decimalKey(total / BigInt(Number(count) || 1))
  }),
  strict('top_percent', (percent, rows) => {
    if (Number(percent) < 0 || Number(percent) > 100)
      throw new SqlError(1031, 15, 1, 'Percent values must be between 0 and 100.')
    return Math.ceil((Number(rows) * Number(percent)) / 100)
  }),
  strict('top_count', (count) => {
    if (Number(count) < 0) throw new SqlError(127, 15, 1, 'A TOP N or FETCH rowcount value may not be negative.')
    return Number(count) as Cell
  }),
]
