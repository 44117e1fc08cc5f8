import { daysOf } from '../../tds/types/temporal.ts'
import { days1900, type Moment, monthLength } from './temporal.ts'

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const validDate = (year: number, month: number, day: number): boolean =>
  year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= monthLength(year, month)

const timePattern =
  /(?:^|[\sT])(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.:](\d{1,9}))?)?)?\s*([ap]m)?\s*(Z|[+-]\d{1,2}:\d{2})?$/i

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
      const [hours, minutes] = zone.slice(1).split(':')
      const size = Number(hours) * 60 + Number(minutes)
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
