/** AT TIME ZONE: Windows' names of time zones, with the rules that Node has for them. */

import { ticksADay } from '../../tds/types/temporal.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { type Moment, shift } from './temporal.ts'

const zones: ReadonlyMap<string, string> = new Map(
  Object.entries({
    UTC: 'UTC',
    'GMT Standard Time': 'Europe/London',
    'Greenwich Standard Time': 'Atlantic/Reykjavik',
    'W. Europe Standard Time': 'Europe/Berlin',
    'Central Europe Standard Time': 'Europe/Budapest',
    'Romance Standard Time': 'Europe/Paris',
    'Central European Standard Time': 'Europe/Warsaw',
    'E. Europe Standard Time': 'Europe/Chisinau',
    'GTB Standard Time': 'Europe/Bucharest',
    'FLE Standard Time': 'Europe/Kiev',
    'Turkey Standard Time': 'Europe/Istanbul',
    'Israel Standard Time': 'Asia/Jerusalem',
    'Egypt Standard Time': 'Africa/Cairo',
    'South Africa Standard Time': 'Africa/Johannesburg',
    'Russian Standard Time': 'Europe/Moscow',
    'Arab Standard Time': 'Asia/Riyadh',
    'Arabian Standard Time': 'Asia/Dubai',
    'Iran Standard Time': 'Asia/Tehran',
    'Pakistan Standard Time': 'Asia/Karachi',
    'India Standard Time': 'Asia/Calcutta',
    'SE Asia Standard Time': 'Asia/Bangkok',
    'China Standard Time': 'Asia/Shanghai',
    'Singapore Standard Time': 'Asia/Singapore',
    'W. Australia Standard Time': 'Australia/Perth',
    'Tokyo Standard Time': 'Asia/Tokyo',
    'Korea Standard Time': 'Asia/Seoul',
    'AUS Central Standard Time': 'Australia/Darwin',
    'Cen. Australia Standard Time': 'Australia/Adelaide',
    'E. Australia Standard Time': 'Australia/Brisbane',
    'AUS Eastern Standard Time': 'Australia/Sydney',
    'New Zealand Standard Time': 'Pacific/Auckland',
    'E. South America Standard Time': 'America/Sao_Paulo',
    'Argentina Standard Time': 'America/Buenos_Aires',
    'Newfoundland Standard Time': 'America/St_Johns',
    'Atlantic Standard Time': 'America/Halifax',
    'Eastern Standard Time': 'America/New_York',
    'US Eastern Standard Time': 'America/Indianapolis',
    'Central Standard Time': 'America/Chicago',
    'Mountain Standard Time': 'America/Denver',
    'US Mountain Standard Time': 'America/Phoenix',
    'Pacific Standard Time': 'America/Los_Angeles',
    'Alaskan Standard Time': 'America/Anchorage',
    'Hawaiian Standard Time': 'Pacific/Honolulu',
  }).map(([windows, iana]) => [windows.toLowerCase(), iana]),
)

const formats = new Map<string, Intl.DateTimeFormat>()

/** Minutes between UTC and a zone at a moment of UTC. */
function offsetAt(zone: string, utc: Moment): number {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    formats.set(zone, format)
  }
  const ms = (utc.days - 719_162) * 86_400_000 + Number(utc.ticks / 10_000n)
  const name = format.formatToParts(ms).find((part) => part.type === 'timeZoneName')?.value ?? ''
  const found = /([+-])(\d{2}):(\d{2})/.exec(name)
  if (!found) return 0
  const minutes = Number(found[2]) * 60 + Number(found[3])
  return found[1] === '-' ? -minutes : minutes
}

const back = (moment: Moment, minutes: number): Moment => shift(moment, BigInt(-minutes) * 600_000_000n)

/** `local`: the moment has no offset and is a time of that zone's clocks; otherwise it is moved there. */
export function toZone(moment: Moment, name: string, local: boolean): Moment {
  const zone = zones.get(name.trim().toLowerCase())
  if (!zone) {
    if (/ standard time$/i.test(name)) throw unsupported(`the time zone ${name}`)
    throw new SqlError(9820, 16, 1, `The time zone parameter '${name}' provided to AT TIME ZONE clause is invalid.`)
  }
  if (!local) {
    const utc = back(moment, moment.offsetMinutes)
    const offset = offsetAt(zone, utc)
    return { ...back(utc, -offset), offsetMinutes: offset }
  }
  const before = offsetAt(zone, shift(moment, -ticksADay))
  const after = offsetAt(zone, shift(moment, ticksADay))
  const fits = [before, after].filter((offset) => offsetAt(zone, back(moment, offset)) === offset)
  // Clocks set back have the hour twice: the later one, standard time, counts. Clocks set forward skip it.
  if (fits.length > 0) return { ...moment, offsetMinutes: Math.min(...fits) }
  return { ...back(moment, before - after), offsetMinutes: after }
}
