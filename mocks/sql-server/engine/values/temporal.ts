/** Dates and times as text: reading what people write, rounding to the type, and the styles of CONVERT. */
import type { DataType } from '../../tds/data-type.ts'
import { dateDays, dateText, daysOf, maxDays, ticksADay, timeText, timeTicks } from '../../tds/types/temporal.ts'
import { errors } from '../errors.ts'

/** A moment: days since 0001-01-01 and ticks of 100 ns, in local time of its offset. */
export interface Moment {
  readonly days: number
  readonly ticks: bigint
  readonly offsetMinutes: number
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
export const days1900 = 693_595

export function monthLength(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

const validDate = (year: number, month: number, day: number): boolean =>
  year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= monthLength(year, month)

const timePattern =
  /(?:^|[\sT])(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.:](\d{1,9}))?)?)?\s*([ap]m)?\s*(Z|[+-]\d{2}:\d{2})?$/i

/** Reads a date, a time or both, in ISO forms and the ones of `dateFormat` (mdy, dmy, ymd). */
export function parseMoment(text: string, dateFormat = 'mdy'): Moment | undefined {
  let rest = text.trim()
  if (rest === '') return { days: days1900, ticks: 0n, offsetMinutes: 0 }
  let ticks = 0n
  let offsetMinutes = 0
  const time = timePattern.exec(rest)
  if (time && (time[2] !== undefined || time[5] !== undefined)) {
    let hour = Number(time[1])
    const minute = Number(time[2] ?? 0)
    const second = Number(time[3] ?? 0)
    const half = time[5]?.toLowerCase()
    if (half && (hour < 1 || hour > 12)) return undefined
    if (half === 'pm' && hour < 12) hour += 12
    if (half === 'am' && hour === 12) hour = 0
    if (hour > 23 || minute > 59 || second > 59) return undefined
    ticks =
      BigInt(hour * 3600 + minute * 60 + second) * 10_000_000n + BigInt((time[4] ?? '').padEnd(7, '0').slice(0, 7))
    const zone = time[6]
    if (zone && zone.toUpperCase() !== 'Z') {
      const size = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
      if (size > 840) return undefined
      offsetMinutes = zone.startsWith('-') ? -size : size
    }
    rest = rest.slice(0, time.index).trim()
  }
  if (rest === '') return { days: days1900, ticks, offsetMinutes }
  const days = parseDate(rest, dateFormat)
  return days === undefined ? undefined : { days, ticks, offsetMinutes }
}

function parseDate(text: string, dateFormat: string): number | undefined {
  const make = (year: number, month: number, day: number): number | undefined =>
    validDate(year, month, day) ? daysOf(year, month, day) : undefined
  const century = (year: number, digits: number): number => (digits > 2 ? year : year < 50 ? 2000 + year : 1900 + year)
  let match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text) ?? /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/.exec(text)
  if (match) return make(Number(match[1]), Number(match[2]), Number(match[3]))
  match = /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  if (match) return make(Number(match[1]), Number(match[2]), Number(match[3]))
  match = /^(\d{4})$/.exec(text)
  if (match) return make(Number(match[1]), 1, 1)
  match = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})$/.exec(text)
  if (match) {
    const [a, b, c] = [Number(match[1]), Number(match[2]), Number(match[3])]
    const digits = match[3]?.length ?? 4
    if (dateFormat === 'dmy') return make(century(c, digits), b, a)
    if (dateFormat === 'ymd') return make(century(a, 2), b, c)
    return make(century(c, digits), a, b)
  }
  match = /^([a-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4}|\d{2})$/i.exec(text)
  if (match)
    return make(
      century(Number(match[3]), match[3]?.length ?? 4),
      months.indexOf((match[1] ?? '').slice(0, 3).toLowerCase()) + 1,
      Number(match[2]),
    )
  match = /^(\d{1,2})[\s-]+([a-z]{3,9})\.?,?[\s-]+(\d{4}|\d{2})$/i.exec(text)
  if (match)
    return make(
      century(Number(match[3]), match[3]?.length ?? 4),
      months.indexOf((match[2] ?? '').slice(0, 3).toLowerCase()) + 1,
      Number(match[1]),
    )
  return undefined
}

export function momentOfCell(cell: string, type: DataType): Moment {
  switch (type.name) {
    case 'date':
      return { days: dateDays(cell), ticks: 0n, offsetMinutes: 0 }
    case 'time':
      return { days: days1900, ticks: timeTicks(cell), offsetMinutes: 0 }
    case 'datetimeoffset': {
      const zone = cell.slice(-6)
      const size = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
      const offsetMinutes = zone.startsWith('-') ? -size : size
      return shift(
        { days: dateDays(cell), ticks: timeTicks(cell.slice(11, -6)), offsetMinutes },
        BigInt(offsetMinutes) * 600_000_000n,
      )
    }
    default:
      return { days: dateDays(cell), ticks: timeTicks(cell.slice(11)), offsetMinutes: 0 }
  }
}

/** The moment moved by ticks; days carry. */
export function shift(moment: Moment, ticks: bigint): Moment {
  const total = BigInt(moment.days) * ticksADay + moment.ticks + ticks
  const days = total >= 0n ? total / ticksADay : -((-total + ticksADay - 1n) / ticksADay)
  return { ...moment, days: Number(days), ticks: total - days * ticksADay }
}

const roundTicks = (ticks: bigint, unit: bigint): bigint => ((ticks + unit / 2n) / unit) * unit

/** The cell of a moment in a type: rounded as the type rounds, refused outside its range. */
export function cellOfMoment(moment: Moment, type: DataType, from = 'datetime2'): string {
  const check = (m: Moment, low: number, high: number): Moment => {
    if (m.days < low || m.days > high) throw errors.dateRange(from, type.name)
    return m
  }
  const carry = (ticks: bigint): Moment => shift({ ...moment, ticks: 0n }, ticks)
  switch (type.name) {
    case 'date':
      return dateText(check(moment, 0, maxDays).days)
    case 'time': {
      const rounded = roundTicks(moment.ticks, 10n ** BigInt(7 - type.scale)) % ticksADay
      return timeText(rounded, type.scale)
    }
    case 'smalldatetime': {
      const m = check(carry(roundTicks(moment.ticks, 600_000_000n)), days1900, days1900 + 65_535)
      return `${dateText(m.days)} ${timeText(m.ticks, 0)}`
    }
    case 'datetime': {
      // Three-hundredths of a second, then shown in whole milliseconds: .000, .003, .007.
      const units = (moment.ticks * 3n + 50_000n) / 100_000n
      const m = check(carry((units / 25_920_000n) * ticksADay), 639_905, maxDays)
      const within = Number(units % 25_920_000n)
      return `${dateText(m.days)} ${timeText(BigInt(Math.round((within * 10) / 3)) * 10_000n, 3)}`
    }
    case 'datetimeoffset': {
      const local = carry(roundTicks(moment.ticks, 10n ** BigInt(7 - type.scale)))
      const utc = check(shift(local, BigInt(-moment.offsetMinutes) * 600_000_000n), 0, maxDays)
      return `${dateText(utc.days)} ${timeText(utc.ticks, type.scale)}${offsetText(moment.offsetMinutes)}`
    }
    default: {
      const m = check(carry(roundTicks(moment.ticks, 10n ** BigInt(7 - type.scale))), 0, maxDays)
      return `${dateText(m.days)} ${timeText(m.ticks, type.scale)}`
    }
  }
}

export const offsetText = (minutes: number): string => {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`
}

/** A JavaScript date, taken as UTC. */
export function momentOfDate(date: Date): Moment {
  const ms = date.getTime()
  const days = Math.floor(ms / 86_400_000)
  return { days: days + 719_162, ticks: BigInt(ms - days * 86_400_000) * 10_000n, offsetMinutes: 0 }
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** CONVERT(varchar, …, style): the styles that applications use; undefined for one that is not modelled. */
export function formatMoment(cell: string, type: DataType, style: number | undefined): string | undefined {
  const local = momentOfCell(cell, type)
  const date = dateText(Math.max(0, local.days))
  const [y, m, d] = [date.slice(0, 4), date.slice(5, 7), date.slice(8, 10)]
  const digits = type.name === 'datetime' ? 3 : type.name === 'smalldatetime' || type.name === 'date' ? 0 : type.scale
  const clock = timeText(local.ticks, digits)
  const seconds = clock.slice(0, 8)
  const zone = type.name === 'datetimeoffset' ? ` ${offsetText(local.offsetMinutes)}` : ''
  const modern = type.name !== 'datetime' && type.name !== 'smalldatetime'
  const milliseconds = `${seconds}:${timeText(local.ticks, 3).slice(9)}`
  const hour12 = String(Number(clock.slice(0, 2)) % 12 || 12).padStart(2, ' ')
  const half = Number(clock.slice(0, 2)) < 12 ? 'AM' : 'PM'
  const named = `${monthNames[Number(m) - 1]} ${d.replace(/^0/, ' ')} ${y}`
  const wholeDate = type.name === 'date'
  const wholeTime = type.name === 'time'
  switch (style ?? (modern ? 121 : 0)) {
    case 0:
    case 100:
      return wholeDate
        ? named
        : wholeTime
          ? `${hour12}:${clock.slice(3, 5)}${half}`
          : `${named} ${hour12}:${clock.slice(3, 5)}${half}`
    case 1:
      return `${m}/${d}/${y.slice(2)}`
    case 101:
      return `${m}/${d}/${y}`
    case 102:
      return `${y}.${m}.${d}`
    case 3:
      return `${d}/${m}/${y.slice(2)}`
    case 103:
      return `${d}/${m}/${y}`
    case 4:
      return `${d}.${m}.${y.slice(2)}`
    case 104:
      return `${d}.${m}.${y}`
    case 105:
      return `${d}-${m}-${y}`
    case 106:
      return `${d} ${monthNames[Number(m) - 1]} ${y}`
    case 107:
      return `${monthNames[Number(m) - 1]} ${d}, ${y}`
    case 8:
    case 108:
    case 24:
      return seconds
    case 110:
      return `${m}-${d}-${y}`
    case 111:
      return `${y}/${m}/${d}`
    case 12:
      return `${y.slice(2)}${m}${d}`
    case 112:
      return `${y}${m}${d}`
    case 113:
    case 13:
      return `${d} ${monthNames[Number(m) - 1]} ${y} ${milliseconds}`
    case 114:
    case 14:
      return milliseconds
    case 20:
    case 120:
      return wholeDate ? date : wholeTime ? seconds : `${date} ${seconds}${zone}`
    case 21:
    case 25:
    case 121:
      return wholeDate
        ? date
        : wholeTime
          ? clock
          : `${date} ${digits === 0 ? `${clock}${modern ? '' : '.000'}` : clock}${zone}`
    case 23:
      return date
    case 126:
    case 127: {
      if (wholeDate) return date
      if (wholeTime) return clock
      const fraction = /[1-9]/.test(clock.slice(9)) || modern ? clock : seconds
      return `${date}T${fraction}${zone.trim()}`
    }
    default:
      return undefined
  }
}
