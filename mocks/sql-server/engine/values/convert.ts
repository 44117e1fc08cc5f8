/** CAST and CONVERT, from every type to every other, with the errors of a failed conversion. */
import { throughCodePage } from '../../tds/code-page.ts'
import { latin1 } from '../../tds/collation.ts'
import { type Cell, type DataType, familyOf, isUnicode, maxLength, types } from '../../tds/data-type.ts'
import { decimalKey, decimalText, unscaledOf } from '../../tds/types/decimal.ts'
import { guidBytes, guidText } from '../../tds/types/guid.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { decimalToNumber, divideRounded, fitted, parseDecimal, powerOfTen, rescale } from './decimal-math.ts'
import { cellOfMoment, days1900, formatMoment, momentOfCell, parseMoment } from './temporal.ts'

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

/** The text of a cell, as an implicit conversion to varchar gives it. */
export function cellText(cell: Exclude<Cell, null>, type: DataType, style?: number): string {
  switch (familyOf(type)) {
    case 'exact': {
      const unscaled = unscaledOf(String(cell))
      if (type.name === 'money' || type.name === 'smallmoney') {
        const rounded = decimalText(style === 2 ? unscaled : divideRounded(unscaled, 100n), style === 2 ? 4 : 2)
        return style === 1 ? rounded.replace(/\B(?=(\d{3})+(?=\.))/g, ',') : rounded
      }
      return decimalText(unscaled, type.scale)
    }
    case 'approximate':
      return floatText(Number(cell), style)
    case 'temporal': {
      const text = formatMoment(String(cell), type, style)
      if (text === undefined) throw unsupported(`CONVERT of ${type.name} with style ${style}`)
      return text
    }
    case 'binary': {
      const bytes = Buffer.from(cell as Uint8Array)
      if (style === 1) return `0x${bytes.toString('hex').toUpperCase()}`
      if (style === 2) return bytes.toString('hex').toUpperCase()
      return bytes.toString('latin1')
    }
    default:
      return String(cell)
  }
}

function floatText(value: number, style: number | undefined): string {
  if (style === 3) return String(value)
  const digits = style === 1 ? 8 : style === 2 ? 16 : 6
  if (value === 0) return style ? value.toExponential(digits - 1) : '0'
  const exponent = Math.floor(Math.log10(Math.abs(value)))
  if (!style && exponent >= -5 && exponent < 6) return String(Number(value.toPrecision(6)))
  const [mantissa = '', power = '0'] = value.toExponential(style ? digits - 1 : 5).split('e')
  const short = style ? mantissa : mantissa.replace(/\.?0+$/, '')
  return `${short}e${power.startsWith('-') ? '-' : '+'}${power.replace(/^[+-]/, '').padStart(3, '0')}`
}

/** Converts one value. `style` is CONVERT's third argument. */
export function convertCell(cell: Cell, from: DataType, to: DataType, style?: number): Cell {
  if (cell === null) return null
  if (from.name === 'sql_variant') return convertCell(cell, variantType(cell), to, style)
  switch (familyOf(to)) {
    case 'integer':
      return toInteger(cell, from, to)
    case 'approximate': {
      const value = toFloat(cell, from, to)
      return to.name === 'real' ? Math.fround(value) : value
    }
    case 'exact':
      return toExact(cell, from, to)
    case 'temporal':
      return toTemporal(cell, from, to, style)
    case 'text':
      return toText(cell, from, to, style)
    case 'binary':
      return toBinary(cell, from, to, style)
    case 'guid':
      return toGuid(cell, from)
    case 'variant':
      return familyOf(from) === 'exact' ? decimalToNumber(String(cell), from.scale) : cell
  }
}

/** What a variant's cell says of its type. */
export const variantType = (cell: Exclude<Cell, null>): DataType =>
  typeof cell === 'bigint' || (typeof cell === 'number' && Number.isInteger(cell))
    ? types.bigint
    : typeof cell === 'number'
      ? types.float
      : typeof cell === 'string'
        ? { name: 'nvarchar', length: 4000, precision: 0, scale: 0, collation: latin1 }
        : { name: 'varbinary', length: 8000, precision: 0, scale: 0 }

function toInteger(cell: Exclude<Cell, null>, from: DataType, to: DataType): Cell {
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
      const value = BigInt(trimmed.replace(/^\+|\s/g, ''))
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

function toFloat(cell: Exclude<Cell, null>, from: DataType, to: DataType): number {
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

function toExact(cell: Exclude<Cell, null>, from: DataType, to: DataType): Cell {
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

function toTemporal(cell: Exclude<Cell, null>, from: DataType, to: DataType, style: number | undefined): Cell {
  switch (familyOf(from)) {
    case 'temporal':
      return from.name === to.name && from.scale === to.scale
        ? cell
        : cellOfMoment(convertMoment(cell, from, to), to, from.name)
    case 'text': {
      const format = style === 103 || style === 104 || style === 105 || style === 3 || style === 4 ? 'dmy' : 'mdy'
      const moment = parseMoment(String(cell), format)
      if (!moment) {
        // A well-formed date that does not exist is out of range for the old types.
        if (
          (to.name === 'datetime' || to.name === 'smalldatetime') &&
          /^\s*\d{1,4}[-/.]?\d{1,2}[-/.]?\d{1,4}/.test(String(cell))
        )
          throw errors.dateRange(from.name, to.name)
        throw errors.dateConversion()
      }
      return cellOfMoment(moment, to, from.name)
    }
    case 'integer':
    case 'approximate':
    case 'exact': {
      if (to.name !== 'datetime' && to.name !== 'smalldatetime') throw errors.explicitNeeded(from.name, to.name)
      const days = toFloat(cell, from, types.float)
      const whole = Math.floor(days)
      return cellOfMoment(
        { days: days1900 + whole, ticks: BigInt(Math.round((days - whole) * 864_000_000_000)), offsetMinutes: 0 },
        to,
        from.name,
      )
    }
    default:
      throw errors.explicitNeeded(from.name, to.name)
  }
}

const convertMoment = (cell: Cell, from: DataType, to: DataType) => {
  const moment = momentOfCell(String(cell), from)
  return to.name === 'datetimeoffset' ? moment : { ...moment, offsetMinutes: 0 }
}

function toText(cell: Exclude<Cell, null>, from: DataType, to: DataType, style: number | undefined): Cell {
  const unicodeFromBinary = familyOf(from) === 'binary' && isUnicode(to) && !style
  let text = unicodeFromBinary ? Buffer.from(cell as Uint8Array).toString('utf16le') : cellText(cell, from, style)
  if (to.length !== maxLength && to.length > 0 && text.length > to.length) {
    const family = familyOf(from)
    if (family === 'integer') {
      if (isUnicode(to)) throw errors.overflow('expression', to.name)
      text = '*'
    } else if (family === 'exact' || family === 'approximate')
      throw errors.overflow(from.name === 'decimal' ? 'numeric' : from.name, to.name)
    else if (family === 'guid')
      throw new SqlError(8170, 16, 2, 'Insufficient result space to convert uniqueidentifier value to char.')
    else text = text.slice(0, to.length)
  }
  if (!isUnicode(to)) text = throughCodePage(text, to.collation ?? latin1)
  return (to.name === 'char' || to.name === 'nchar') && text.length < to.length ? text.padEnd(to.length) : text
}

function toBinary(cell: Exclude<Cell, null>, from: DataType, to: DataType, style: number | undefined): Cell {
  let bytes: Buffer
  switch (familyOf(from)) {
    case 'binary':
      bytes = Buffer.from(cell as Uint8Array)
      break
    case 'text': {
      const text = String(cell)
      if (style === 1 || style === 2) {
        const hex = style === 1 ? text.replace(/^0x/i, '') : text
        if (!/^([0-9a-f]{2})*$/i.test(hex)) throw errors.numericConversion(from.name, to.name)
        bytes = Buffer.from(hex, 'hex')
      } else bytes = isUnicode(from) ? Buffer.from(text, 'utf16le') : Buffer.from(text, 'latin1')
      break
    }
    case 'integer': {
      const size = { tinyint: 1, smallint: 2, int: 4, bigint: 8, bit: 1 }[from.name as 'int'] ?? 4
      const full = Buffer.alloc(8)
      full.writeBigInt64BE(BigInt(cell as number))
      bytes = full.subarray(8 - size)
      // Numbers keep their low bytes and are filled from the left.
      if (to.length !== maxLength && to.name === 'binary') {
        const fitted = Buffer.alloc(to.length)
        bytes.copy(fitted, Math.max(0, to.length - size), Math.max(0, size - to.length))
        return fitted
      }
      if (to.length !== maxLength && size > to.length) bytes = bytes.subarray(size - to.length)
      break
    }
    case 'guid':
      bytes = guidBytes(String(cell))
      break
    default:
      throw unsupported(`conversion of ${from.name} to ${to.name}`)
  }
  const length = to.name === 'timestamp' ? 8 : to.length
  if (length !== maxLength && length > 0 && bytes.length > length) bytes = bytes.subarray(0, length)
  if (to.name === 'binary' && bytes.length < to.length)
    bytes = Buffer.concat([bytes, Buffer.alloc(to.length - bytes.length)])
  return bytes
}

function toGuid(cell: Exclude<Cell, null>, from: DataType): Cell {
  if (familyOf(from) === 'guid') return cell
  if (familyOf(from) === 'binary') return guidText(Buffer.concat([Buffer.from(cell as Uint8Array), Buffer.alloc(16)]))
  const match = /^\s*\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/i.exec(String(cell))
  if (familyOf(from) !== 'text' || !match?.[1]) throw errors.guidConversion()
  return match[1].toUpperCase()
}
