import type { DataType } from '../../tds/data-type.ts'
import { dateText, timeText } from '../../tds/types/temporal.ts'
import { calendarNames } from '../session/languages.ts'
import { currentCalendar } from '../udf/running-session.ts'
import { momentOfCell, offsetText } from './temporal.ts'

/** CONVERT(varchar, …, style): the styles that applications use; undefined for one that is not modelled. */
export function formatMoment(cell: string, type: DataType, style: number | undefined): string | undefined {
  const local = momentOfCell(cell, type)
  const monthNames = calendarNames(currentCalendar().language).shortMonths
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
    case 9:
    case 109: {
      // datetime writes its milliseconds behind a colon.
      const precise = type.name === 'datetime' || type.name === 'smalldatetime' ? milliseconds : clock
      const time = `${hour12}${precise.slice(2)}${half}`
      return wholeDate ? named : wholeTime ? time : `${named} ${time}`
    }
    case 22:
      return `${m}/${d}/${y.slice(2)} ${hour12}${seconds.slice(2)} ${half}`
    case 2:
      return `${y.slice(2)}.${m}.${d}`
    case 5:
      return `${d}-${m}-${y.slice(2)}`
    case 6:
      return `${d} ${monthNames[Number(m) - 1]} ${y.slice(2)}`
    case 7:
      return `${monthNames[Number(m) - 1]} ${d}, ${y.slice(2)}`
    case 10:
      return `${m}-${d}-${y.slice(2)}`
    case 11:
      return `${y.slice(2)}/${m}/${d}`
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
