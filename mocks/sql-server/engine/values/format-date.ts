/** FORMAT of dates and times, by .NET's standard and custom format strings. */

import { dateOfDays } from '../../tds/types/temporal.ts'
import type { Culture } from './culture.ts'
import { type Moment, offsetText } from './temporal.ts'

const fixedPatterns: Readonly<Record<string, string>> = {
  s: "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
  u: "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
  R: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  O: "yyyy'-'MM'-'dd'T'HH':'mm':'ss.fffffffK",
}

const named = (letter: string, own: Culture['patterns']): string | undefined =>
  new Map(Object.entries({ ...fixedPatterns, ...own })).get(letter)

function pattern(letter: string, { patterns: own }: Culture): string | undefined {
  const { d, D: long, t, T: seconds } = own
  switch (letter) {
    case 'f':
      return `${long} ${t}`
    case 'F':
      return `${long} ${seconds}`
    case 'g':
      return `${d} ${t}`
    case 'G':
      return `${d} ${seconds}`
    case 'm':
    case 'y':
    case 'r':
    case 'o':
      return named(letter.toUpperCase(), own)
    default:
      return named(letter, own)
  }
}

export function formatDate(moment: Moment, format: string, culture: Culture, withOffset: boolean): string | null {
  const wanted = format.length === 1 ? pattern(format, culture) : format.replace(/^%(?=.$)/, '')
  if (wanted === undefined) return null
  const { year, month, day } = dateOfDays(moment.days)
  const seconds = Number(moment.ticks / 10_000_000n)
  const hour = Math.floor(seconds / 3600)
  const fraction = (moment.ticks % 10_000_000n).toString().padStart(7, '0')
  const two = (value: number): string => String(value).padStart(2, '0')
  const invariant = 'RrsuoO'.includes(format) && format.length === 1
  const write = (token: string): string => {
    const { length } = token
    const number = (value: number): string => (length === 1 ? String(value) : two(value))
    switch (token[0]) {
      case 'y':
        return length <= 2 ? (length === 1 ? String(year % 100) : two(year % 100)) : String(year).padStart(length, '0')
      case 'M': {
        const name = culture.months[month - 1] ?? ''
        return length <= 2 ? number(month) : length === 3 ? name.slice(0, 3) : name
      }
      case 'd': {
        const name = culture.days[(moment.days + 1) % 7] ?? ''
        return length <= 2 ? number(day) : length === 3 ? name.slice(0, culture.name === 'de-de' ? 2 : 3) : name
      }
      case 'H':
        return number(hour)
      case 'h':
        return number(hour % 12 || 12)
      case 'm':
        return number(Math.floor(seconds / 60) % 60)
      case 's':
        return number(seconds % 60)
      case 'f':
        return fraction.slice(0, length)
      case 'F':
        return fraction.slice(0, length).replace(/0+$/, '')
      case 't': {
        const half = culture.half[hour < 12 ? 0 : 1]
        return length === 1 ? half.slice(0, 1) : half
      }
      case 'z': {
        const offset = offsetText(moment.offsetMinutes)
        return length >= 3 ? offset : length === 2 ? offset.slice(0, 3) : offset.slice(0, 3).replace(/0(\d)$/, '$1')
      }
      case 'K':
        return withOffset ? offsetText(moment.offsetMinutes) : ''
      case '/':
        return invariant ? '/' : culture.separator
      case "'":
      case '"':
        return token.slice(1, -1)
      case '\\':
        return token.slice(1)
      default:
        return token
    }
  }
  return wanted.replace(/'[^']*'|"[^"]*"|\\.|y+|M+|d+|H+|h+|m+|s+|f+|F+|t+|z+|K|\//g, write)
}

/** A time is a span to .NET: what stands between its parts must be quoted or escaped, else there is no result. */
export function formatTime(ticks: bigint, format: string): string | null {
  if (/^[ct]$/i.test(format))
    return formatTime(ticks, ticks % 10_000_000n === 0n ? "hh':'mm':'ss" : "hh':'mm':'ss'.'fffffff")
  const seconds = Number(ticks / 10_000_000n)
  const parts: Readonly<Record<string, number>> = {
    h: Math.floor(seconds / 3600),
    m: Math.floor(seconds / 60) % 60,
    s: seconds % 60,
  }
  const rest = format.replace(/'[^']*'|"[^"]*"|\\.|h{1,2}|m{1,2}|s{1,2}|f{1,7}/g, '')
  if (rest !== '') return null
  return format.replace(/'[^']*'|"[^"]*"|\\.|h{1,2}|m{1,2}|s{1,2}|f{1,7}/g, (token) => {
    const value = parts[token.charAt(0)]
    if (value !== undefined) return String(value).padStart(token.length, '0')
    if (token.startsWith('f')) return (ticks % 10_000_000n).toString().padStart(7, '0').slice(0, token.length)
    return token.startsWith('\\') ? token.slice(1) : token.slice(1, -1)
  })
}
