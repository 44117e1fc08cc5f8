import { daysOf } from '../../tds/types/temporal.ts'
import { calendarNames } from '../session/languages.ts'
import { days1900, type Moment, monthLength } from './temporal.ts'

/** How a session reads dates: the order of day, month and year, and the language of the months. */
export interface DateReading {
  /** mdy, dmy, ymd, ydm, myd or dym. */
  readonly format: string
  readonly language: string
  /** For datetime and smalldatetime, which follow the format also where the year comes first. */
  readonly old: boolean
}

export const plainReading: DateReading = { format: 'mdy', language: 'us_english', old: false }

const validDate = (year: number, month: number, day: number): boolean =>
  year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= monthLength(year, month)

const timePattern =
  /(?:^|[\sT])(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.:](\d{1,9}))?)?)?\s*([ap]m)?\s*(Z|[+-]\d{1,2}:\d{2})?$/i

/** Reads a date, a time or both, in ISO forms and the ones of the session. */
export function parseMoment(text: string, given: DateReading = plainReading): Moment | undefined {
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
  // With a T between date and time it is ISO 8601, which no format changes.
  const iso = time !== null && /T/i.test(text.trim().charAt(time.index))
  const days = parseDate(rest, iso ? { ...given, format: 'ymd' } : given)
  return days === undefined ? undefined : { days, ticks, offsetMinutes }
}

function parseDate(text: string, reading: DateReading): number | undefined {
  const make = (year: number, month: number, day: number): number | undefined =>
    validDate(year, month, day) ? daysOf(year, month, day) : undefined
  const century = (year: number, digits: number): number => (digits > 2 ? year : year < 50 ? 2000 + year : 1900 + year)
  let match = /^(\d{4})(\d{2})(\d{2})$/.exec(text) ?? /^(\d{2})(\d{2})(\d{2})$/.exec(text)
  if (match) return make(century(Number(match[1]), match[1]?.length ?? 4), Number(match[2]), Number(match[3]))
  match = /^(\d{4})$/.exec(text)
  if (match) return make(Number(match[1]), 1, 1)
  match = /^(\d{1,4})[/.-](\d{1,4})[/.-](\d{1,4})$/.exec(text)
  if (match) {
    const fields = [match[1] ?? '', match[2] ?? '', match[3] ?? '']
    const long = fields.findIndex((field) => field.length > 2)
    // A year of four digits says itself where it stands; day and month follow the order of the format. The newer types
    // take what starts with the year as ISO, whatever the format.
    const order = long === -1 ? reading.format : ordered(reading, long)
    const field = (letter: string): string => fields[order.indexOf(letter)] ?? ''
    return make(century(Number(field('y')), field('y').length), Number(field('m')), Number(field('d')))
  }
  const names = calendarNames(reading.language)
  const monthOf = (word: string): number => {
    const wanted = word.toLowerCase()
    const at = names.months.findIndex((name) => name.toLowerCase() === wanted)
    return at === -1 ? names.shortMonths.findIndex((name) => name.toLowerCase() === wanted) + 1 : at + 1
  }
  match = /^(\p{L}{3,20})\.?\s+(\d{1,2}),?\s+(\d{4}|\d{2})$/u.exec(text)
  if (match) return make(century(Number(match[3]), match[3]?.length ?? 4), monthOf(match[1] ?? ''), Number(match[2]))
  match = /^(\d{1,2})[\s-]+(\p{L}{3,20})\.?,?[\s-]+(\d{4}|\d{2})$/u.exec(text)
  if (match) return make(century(Number(match[3]), match[3]?.length ?? 4), monthOf(match[2] ?? ''), Number(match[1]))
  match = /^(\d{4})\s+(\p{L}{3,20})\.?\s+(\d{1,2})$/u.exec(text)
  if (match) return make(Number(match[1]), monthOf(match[2] ?? ''), Number(match[3]))
  match = /^(\p{L}{3,20})\.?,?\s+(\d{4})$/u.exec(text)
  if (match) return make(Number(match[2]), monthOf(match[1] ?? ''), 1)
  return undefined
}

function ordered(reading: DateReading, yearAt: number): string {
  if (yearAt === 0 && !reading.old) return 'ymd'
  const rest = reading.format.replace('y', '')
  return `${rest.slice(0, yearAt)}y${rest.slice(yearAt)}`
}
