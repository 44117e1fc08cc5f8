import { type Cell, type DataType, type TypeName, types } from '../../tds/data-type.ts'
import { dateOfDays, daysOf, ticksADay } from '../../tds/types/temporal.ts'
import { errors } from '../errors.ts'
import { calendarNames } from '../session/languages.ts'
import { SqlError } from '../sql-error.ts'
import { readingFor } from '../values/convert.ts'
import { parseMoment } from '../values/parse-moment.ts'
import {
  cellOfMoment,
  days1900,
  type Moment,
  momentOfCell,
  monthLength,
  offsetText,
  shift,
} from '../values/temporal.ts'
import { currentCalendar } from './running-session.ts'
import { strict, type Udf } from './udf.ts'

const typeOf = (name: Cell, scale: Cell): DataType => ({
  name: String(name) as TypeName,
  length: 0,
  precision: 0,
  scale: Number(scale),
})

const ticksOf: Readonly<Record<string, bigint>> = {
  week: 7n * ticksADay,
  day: ticksADay,
  dayofyear: ticksADay,
  weekday: ticksADay,
  hour: 36_000_000_000n,
  minute: 600_000_000n,
  second: 10_000_000n,
  millisecond: 10_000n,
  microsecond: 10n,
}
const monthsOf: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 }

function addMonths(moment: Moment, months: number): Moment {
  const { year, month, day } = dateOfDays(moment.days)
  const total = year * 12 + (month - 1) + months
  const y = Math.floor(total / 12)
  const m = (total % 12) + 1
  if (y < 1 || y > 9999) throw new SqlError(517, 16, 1, "Adding a value to a 'datetime' column caused an overflow.")
  return { ...moment, days: daysOf(y, m, Math.min(day, monthLength(y, m))) }
}

function add(part: string, amount: number, moment: Moment): Moment {
  const months = monthsOf[part]
  if (months !== undefined) return addMonths(moment, amount * months)
  if (part === 'nanosecond') return shift(moment, BigInt(Math.trunc(amount / 100)))
  const ticks = ticksOf[part]
  if (ticks === undefined)
    throw new SqlError(
      9810,
      16,
      1,
      `The datepart ${part} is not supported by date function dateadd for data type datetime.`,
    )
  return shift(moment, BigInt(amount) * ticks)
}

const mondayFirst = (days: number): number => ((days % 7) + 7) % 7
/** The number of a weekday in a week that begins with day `first`, 1 for Monday: 0001-01-01 was a Monday. */
const weekday = (days: number, first = 7): number => ((mondayFirst(days) + 8 - first) % 7) + 1

function isoWeek(days: number): number {
  const thursday = days - mondayFirst(days) + 3
  return Math.floor((thursday - daysOf(dateOfDays(thursday).year, 1, 1)) / 7) + 1
}

function partOf(part: string, moment: Moment, firstDay = 7): number {
  const { year, month, day } = dateOfDays(moment.days)
  const startOfYear = daysOf(year, 1, 1)
  const seconds = Number(moment.ticks / 10_000_000n)
  const fraction = Number(moment.ticks % 10_000_000n)
  switch (part) {
    case 'year':
      return year
    case 'quarter':
      return Math.floor((month - 1) / 3) + 1
    case 'month':
      return month
    case 'dayofyear':
      return moment.days - startOfYear + 1
    case 'day':
      return day
    case 'week':
      return Math.floor((moment.days - startOfYear + weekday(startOfYear, firstDay) - 1) / 7) + 1
    case 'iso_week':
      return isoWeek(moment.days)
    case 'weekday':
      return weekday(moment.days, firstDay)
    case 'hour':
      return Math.floor(seconds / 3600)
    case 'minute':
      return Math.floor(seconds / 60) % 60
    case 'second':
      return seconds % 60
    case 'millisecond':
      return Math.floor(fraction / 10_000)
    case 'microsecond':
      return Math.floor(fraction / 10)
    case 'nanosecond':
      return fraction * 100
    default:
      return moment.offsetMinutes
  }
}

/** How many borders of a part lie between two moments. */
function difference(part: string, from: Moment, to: Moment): bigint {
  const a = dateOfDays(from.days)
  const z = dateOfDays(to.days)
  const sunday = (days: number): number => Math.floor((days + 1) / 7)
  switch (part) {
    case 'year':
      return BigInt(z.year - a.year)
    case 'quarter':
      return BigInt(z.year * 4 + Math.floor((z.month - 1) / 3) - a.year * 4 - Math.floor((a.month - 1) / 3))
    case 'month':
      return BigInt(z.year * 12 + z.month - a.year * 12 - a.month)
    case 'day':
    case 'dayofyear':
    case 'weekday':
      return BigInt(to.days - from.days)
    case 'week':
      return BigInt(sunday(to.days) - sunday(from.days))
    default: {
      const unit = part === 'nanosecond' ? undefined : ticksOf[part]
      const total = (moment: Moment): bigint => BigInt(moment.days) * ticksADay + moment.ticks
      if (unit === undefined) return (total(to) - total(from)) * 100n
      return total(to) / unit - total(from) / unit
    }
  }
}

export const timeUdfs: readonly Udf[] = [
  strict('t_days', (cell, days) =>
    cellOfMoment(
      shift(momentOfCell(String(cell), types.datetime), BigInt(Math.round(Number(days) * 864_000_000_000))),
      types.datetime,
    ),
  ),
  // Two datetimes count as the time since 1900 that each of them is.
  strict('t_sum', (a, z, sign) => {
    const other = momentOfCell(String(z), types.datetime)
    const since1900 = BigInt(other.days - days1900) * ticksADay + other.ticks
    try {
      return cellOfMoment(
        shift(momentOfCell(String(a), types.datetime), BigInt(Number(sign)) * since1900),
        types.datetime,
      )
    } catch (error) {
      if (error instanceof SqlError && error.number === 242) throw errors.overflow('expression', 'datetime')
      throw error
    }
  }),
  strict('t_add', (part, amount, cell, name, scale) => {
    const type = typeOf(name, scale)
    const moved = add(String(part), Number(amount), momentOfCell(String(cell), type))
    try {
      return cellOfMoment(moved, type)
    } catch (error) {
      if (error instanceof SqlError && error.number === 242)
        throw new SqlError(517, 16, 1, `Adding a value to a '${type.name}' column caused an overflow.`)
      throw error
    }
  }),
  strict('t_part', (part, cell, name, scale, firstDay) =>
    partOf(
      String(part),
      momentOfCell(String(cell), typeOf(name, scale)),
      firstDay === undefined ? 7 : Number(firstDay),
    ),
  ),
  strict('t_name', (part, cell, name, scale) => {
    const moment = momentOfCell(String(cell), typeOf(name, scale))
    if (part === 'month') return calendarNames(currentCalendar().language).months[partOf('month', moment) - 1] ?? ''
    if (part === 'weekday') return calendarNames(currentCalendar().language).days[mondayFirst(moment.days)] ?? ''
    return part === 'tzoffset' ? offsetText(moment.offsetMinutes) : String(partOf(String(part), moment))
  }),
  strict('t_diff', (part, from, fromName, fromScale, to, toName, toScale, small) => {
    const value = difference(
      String(part),
      momentOfCell(String(from), typeOf(fromName, fromScale)),
      momentOfCell(String(to), typeOf(toName, toScale)),
    )
    if (small && (value > 2_147_483_647n || value < -2_147_483_648n))
      throw new SqlError(
        535,
        16,
        0,
        'The datediff function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use datediff with a less precise datepart.',
      )
    return Number(value)
  }),
  strict('t_eomonth', (cell, months) => {
    const moved = addMonths(momentOfCell(String(cell), types.date), Number(months))
    const { year, month } = dateOfDays(moved.days)
    return cellOfMoment({ ...moved, days: daysOf(year, month, monthLength(year, month)) }, types.date)
  }),
  strict('t_make', (name, scale, ...fields) => {
    const [y = 1, m = 1, d = 1, hour = 0, minute = 0, second = 0, fraction = 0] = fields.map(Number)
    if (
      y < 1 ||
      y > 9999 ||
      m < 1 ||
      m > 12 ||
      d < 1 ||
      d > monthLength(y, m) ||
      hour > 23 ||
      minute > 59 ||
      second > 59
    ) {
      throw new SqlError(
        289,
        16,
        1,
        `Cannot construct data type ${String(name)}, some of the arguments have values which are not valid.`,
      )
    }
    const ticks =
      BigInt(hour * 3600 + minute * 60 + second) * 10_000_000n + BigInt(fraction) * 10n ** BigInt(7 - Number(scale))
    return cellOfMoment({ days: daysOf(y, m, d), ticks, offsetMinutes: 0 }, typeOf(name, scale))
  }),
  {
    name: 't_valid',
    pure: true,
    call: (value) =>
      value !== null &&
      parseMoment(String(value), readingFor(types.datetime)) !== undefined &&
      String(value).trim() !== ''
        ? 1
        : 0,
  },
]
