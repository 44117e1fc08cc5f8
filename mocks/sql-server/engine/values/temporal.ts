/** Dates and times as text: reading what people write, rounding to the type, and the styles of CONVERT. */
import type { DataType } from '../../tds/data-type.ts'
import { dateDays, dateText, maxDays, ticksADay, timeText, timeTicks } from '../../tds/types/temporal.ts'
import { errors } from '../errors.ts'

/** A moment: days since 0001-01-01 and ticks of 100 ns, in local time of its offset. */
export interface Moment {
  readonly days: number
  readonly ticks: bigint
  readonly offsetMinutes: number
}

export const days1900 = 693_595

export function monthLength(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
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
