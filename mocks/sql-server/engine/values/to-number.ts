import { type Cell, type DataType, familyOf, types } from '../../tds/data-type.ts'
import { decimalKey, unscaledOf } from '../../tds/types/decimal.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'
import { decimalToNumber, divideRounded, fitted, integerOf, parseDecimal, powerOfTen, rescale } from './decimal-math.ts'
import { days1900, momentOfCell } from './temporal.ts'

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
}

/** An integer as a cell: a number wherever that is exact. */
export const integerCell = (value: bigint): Cell =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value

export function checkedInteger(value: bigint, type: DataType, from = 'expression'): Cell {
  if (type.name === 'bit') return value === 0n ? 0 : 1
  const range = ranges[type.name]
  if (range && (value < range[0] || value > range[1])) {
    if (type.name === 'tinyint' || type.name === 'smallint') throw errors.smallOverflow(type.name, String(value))
    throw errors.overflow(from, type.name)
  }
  return integerCell(value)
}

export function toInteger(cell: Exclude<Cell, null>, from: DataType, to: DataType): Cell {
  switch (familyOf(from)) {
    case 'integer':
      return checkedInteger(BigInt(cell as number), to)
    case 'approximate':
      if (to.name === 'bit') return Number(cell) === 0 ? 0 : 1
      if (!Number.isFinite(Number(cell))) throw errors.overflow(from.name, to.name)
      return checkedInteger(BigInt(Math.trunc(Number(cell))), to, from.name)
    case 'exact': {
      const unscaled = unscaledOf(String(cell))
      if (to.name === 'bit') return unscaled === 0n ? 0 : 1
      // Money rounds, decimal is cut off.
      const money = from.name === 'money' || from.name === 'smallmoney'
      const whole = money ? divideRounded(unscaled, 10_000n) : unscaled / powerOfTen(from.scale)
      return checkedInteger(whole, to, from.name)
    }
    case 'text': {
      const text = String(cell)
      const trimmed = text.trim()
      if (to.name === 'bit') {
        if (/^true$/i.test(trimmed)) return 1
        if (/^false$/i.test(trimmed)) return 0
      }
      if (trimmed === '') return 0
      if (!/^[+-]?\s*\d+$/.test(trimmed)) throw errors.conversionFailed(from.name, text, to.name)
      const magnitude = integerOf(trimmed.replace(/^[+-]?\s*/, ''))
      const value = trimmed.startsWith('-') ? -magnitude : magnitude
      const range = ranges[to.name]
      if (range && (value < range[0] || value > range[1])) {
        if (to.name === 'bigint') throw errors.numericConversion(from.name, to.name)
        const number = to.name === 'int' ? 248 : 244
        const kind = to.name === 'tinyint' ? 'INT1' : to.name === 'smallint' ? 'INT2' : 'int'
        const text248 =
          number === 248
            ? `The conversion of the ${from.name} value '${text}' overflowed an int column.`
            : `The conversion of the ${from.name} value '${text}' overflowed an ${kind} column. Use a larger integer column.`
        throw new SqlError(number, 16, 1, text248, { endsBatch: true })
      }
      return checkedInteger(value, to)
    }
    case 'binary': {
      const hex = Buffer.from(cell as Uint8Array).toString('hex')
      const bits = { tinyint: 8, smallint: 16, int: 32, bigint: 64, bit: 64 }[to.name as 'int'] ?? 64
      const value = hex === '' ? 0n : BigInt(`0x${hex}`)
      return checkedInteger(to.name === 'tinyint' ? BigInt.asUintN(8, value) : BigInt.asIntN(bits, value), to)
    }
    case 'temporal': {
      if (from.name !== 'datetime' && from.name !== 'smalldatetime') throw errors.explicitNeeded(from.name, to.name)
      const moment = momentOfCell(String(cell), from)
      return checkedInteger(BigInt(moment.days - days1900 + (moment.ticks >= 432_000_000_000n ? 1 : 0)), to)
    }
    default:
      throw errors.explicitNeeded(from.name, to.name)
  }
}

export function toFloat(cell: Exclude<Cell, null>, from: DataType, to: DataType): number {
  switch (familyOf(from)) {
    case 'integer':
    case 'approximate':
      return Number(cell)
    case 'exact':
      return decimalToNumber(String(cell), from.scale)
    case 'text': {
      const text = String(cell).trim()
      const value = text === '' ? 0 : Number(text)
      if (!/^$|^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) || !Number.isFinite(value))
        throw errors.numericConversion(from.name, to.name)
      return value
    }
    case 'temporal': {
      const moment = momentOfCell(String(cell), from)
      return moment.days - days1900 + Number(moment.ticks) / 864_000_000_000
    }
    default:
      throw errors.explicitNeeded(from.name, to.name)
  }
}

export function toExact(cell: Exclude<Cell, null>, from: DataType, to: DataType): Cell {
  const money = to.name === 'money' || to.name === 'smallmoney'
  const digits = to.name === 'smallmoney' ? 10 : to.precision
  const label = to.name === 'decimal' ? 'decimal' : to.name
  const within = (unscaled: bigint, what: string): string =>
    fitted(unscaled, digits, what, label === 'decimal' ? 'numeric' : label)
  switch (familyOf(from)) {
    case 'integer':
      return within(BigInt(cell as number) * powerOfTen(to.scale), from.name)
    case 'exact':
      return within(rescale(unscaledOf(String(cell)), from.scale, to.scale), 'numeric')
    case 'approximate': {
      const parsed = parseDecimal(Number(cell).toPrecision(17))
      if (!parsed) throw errors.overflow(from.name, label)
      return within(rescale(parsed.unscaled, parsed.scale, to.scale), from.name)
    }
    case 'text': {
      const text = String(cell)
      const parsed = parseDecimal(money ? text.replace(/[$€£,]/g, '') : text)
      if (!parsed || (!money && /[eE]/.test(text))) {
        if (money && text.trim() === '') return decimalKey(0n)
        if (money)
          throw new SqlError(235, 16, 0, 'Cannot convert a char value to money. The char value has incorrect syntax.', {
            endsBatch: true,
          })
        throw errors.numericConversion(from.name, label === 'decimal' ? 'numeric' : label)
      }
      return within(rescale(parsed.unscaled, parsed.scale, to.scale), from.name)
    }
    case 'temporal': {
      const value = toFloat(cell, from, to)
      return toExact(value, types.float, to)
    }
    default:
      throw errors.explicitNeeded(from.name, to.name)
  }
}
