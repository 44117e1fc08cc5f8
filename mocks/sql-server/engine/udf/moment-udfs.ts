import type { DataType, TypeName } from '../../tds/data-type.ts'
import { dateOfDays, daysOf, ticksADay } from '../../tds/types/temporal.ts'
import { SqlError } from '../sql-error.ts'
import { cellOfMoment, days1900, type Moment, momentOfCell, shift } from '../values/temporal.ts'
import { toZone } from '../values/time-zone.ts'
import { strict, type Udf } from './udf.ts'

const typeOf = (name: unknown, scale: unknown): DataType => ({
  name: String(name) as TypeName,
  length: 0,
  precision: 0,
  scale: Number(scale),
})

const units: Readonly<Record<string, bigint>> = {
  week: 7n * ticksADay,
  day: ticksADay,
  dayofyear: ticksADay,
  hour: 36_000_000_000n,
  minute: 600_000_000n,
  second: 10_000_000n,
  millisecond: 10_000n,
  microsecond: 10n,
}
const monthUnits: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 }

const floorDiv = (a: bigint, b: bigint): bigint => a / b - (a % b < 0n ? 1n : 0n)

function truncate(part: string, moment: Moment, firstDay: number): Moment {
  const months = monthUnits[part]
  if (months !== undefined) {
    const { year, month } = dateOfDays(moment.days)
    return { ...moment, days: daysOf(year, month - ((month - 1) % months), 1), ticks: 0n }
  }
  if (part === 'week' || part === 'iso_week') {
    // 0001-01-01 was a Monday, day 1 of DATEFIRST.
    const first = part === 'iso_week' ? 1 : firstDay
    const back = (((moment.days + 1 - first) % 7) + 7) % 7
    return { ...moment, days: moment.days - back, ticks: 0n }
  }
  const unit = units[part] ?? ticksADay
  return unit === ticksADay ? { ...moment, ticks: 0n } : { ...moment, ticks: (moment.ticks / unit) * unit }
}

function bucket(part: string, width: number, moment: Moment, origin: Moment): Moment {
  if (width <= 0)
    throw new SqlError(
      9834,
      16,
      1,
      'Invalid bucket width value passed to date_bucket function. Only positive values are allowed.',
    )
  const months = monthUnits[part]
  if (months !== undefined) {
    const a = dateOfDays(origin.days)
    const z = dateOfDays(moment.days)
    const size = months * width
    let steps = Math.floor((z.year * 12 + z.month - a.year * 12 - a.month) / size)
    const at = (count: number): Moment => {
      const total = a.year * 12 + a.month - 1 + count * size
      const [year, month] = [Math.floor(total / 12), (total % 12) + 1]
      const last = daysOf(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - 1
      return { ...origin, days: Math.min(daysOf(year, month, 1) + a.day - 1, last) }
    }
    if (total(at(steps)) > total(moment)) steps -= 1
    return at(steps)
  }
  const unit = (units[part] ?? ticksADay) * BigInt(width)
  return shift({ ...origin, ticks: 0n }, origin.ticks + floorDiv(total(moment) - total(origin), unit) * unit)
}

const total = (moment: Moment): bigint => BigInt(moment.days) * ticksADay + moment.ticks

function offsetMinutes(value: unknown): number {
  if (typeof value === 'number') return value
  const found = /^\s*([+-])(\d{2}):(\d{2})\s*$/.exec(String(value))
  const minutes = found ? Number(found[2]) * 60 + Number(found[3]) : Number.NaN
  return found?.[1] === '-' ? -minutes : minutes
}

export const momentUdfs: readonly Udf[] = [
  strict('t_trunc', (part, cell, name, scale, firstDay) => {
    const type = typeOf(name, scale)
    return cellOfMoment(truncate(String(part), momentOfCell(String(cell), type), Number(firstDay)), type)
  }),
  strict('t_bucket', (part, width, cell, name, scale, origin) => {
    const type = typeOf(name, scale)
    const from = origin === '' ? { days: days1900, ticks: 0n, offsetMinutes: 0 } : momentOfCell(String(origin), type)
    const moment = momentOfCell(String(cell), type)
    return cellOfMoment(
      { ...bucket(String(part), Number(width), moment, from), offsetMinutes: moment.offsetMinutes },
      type,
    )
  }),
  strict('t_offset', (cell, name, scale, offset, keep) => {
    const minutes = offsetMinutes(offset)
    if (!(Math.abs(minutes) <= 840))
      throw new SqlError(
        9812,
        16,
        0,
        'The timezone provided to builtin function todatetimeoffset or switchoffset is invalid.'.replace(
          'todatetimeoffset or switchoffset',
          keep ? 'switchoffset' : 'todatetimeoffset',
        ),
      )
    const type = typeOf(name, scale)
    const moment = momentOfCell(String(cell), type)
    const moved = keep ? shift(moment, BigInt(minutes - moment.offsetMinutes) * 600_000_000n) : moment
    return cellOfMoment({ ...moved, offsetMinutes: minutes }, type)
  }),
  strict('t_zone', (cell, name, scale, zone, local) => {
    const type = typeOf(name, scale)
    return cellOfMoment(toZone(momentOfCell(String(cell), type), String(zone), local === 1), type)
  }),
]
