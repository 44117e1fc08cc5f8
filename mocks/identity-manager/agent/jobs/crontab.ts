/** The smallest and largest number of each field: minute, hour, day of the month, month, day of the week (7 is Sunday too). */
const FIELDS = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12 },
  { name: 'day of the week', least: 0, most: 7 },
] as const

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** 29 February can be eight years away. */
const FAR_DAYS = 366 * 8 + 1

/** Times of day on certain days, in UTC. */
export interface Crontab {
  readonly minutes: ReadonlySet<number>
  readonly hours: ReadonlySet<number>
  readonly days: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  readonly weekdays: ReadonlySet<number>
}

/**
 * Reads five fields (a star, `5`, `1-5`, a star with `/15`, `1,3`), as crontab(5) writes them. Gives what is wrong as text. A day must fit both
 * its fields, as NCrontab has it and crontab(5) has not (assumed of the product).
 */
export function parseCrontab(text: string): Crontab | string {
  const parts = text.trim().split(/\s+/)
  if (parts.length !== FIELDS.length)
    return `"${text}" has ${parts.length} fields, not 5: minute hour day month weekday`
  const sets: ReadonlySet<number>[] = []
  for (const [index, field] of FIELDS.entries()) {
    const part = parts[index] ?? ''
    const numbers = numbersOf(part, field.least, field.most)
    if (!numbers) return `"${part}" is no ${field.name}: ${field.least} to ${field.most}, as 5, 1-5, */15 or 1,3`
    sets.push(numbers)
  }
  const [minutes, hours, days, months, weekdays] = sets
  if (!minutes || !hours || !days || !months || !weekdays) return `"${text}" cannot be read`
  const crontab = { minutes, hours, days, months, weekdays: new Set([...weekdays].map((day) => day % 7)) }
  return nextTime(crontab, new Date(0)) ? crontab : `"${text}" never comes`
}

/** The first time after the given one; undefined when there is none in the next eight years. */
export function nextTime({ minutes, hours, days, months, weekdays }: Crontab, after: Date): Date | undefined {
  const start = Math.floor(after.getTime() / MINUTE_MS) * MINUTE_MS + MINUTE_MS
  const midnight = Math.floor(start / DAY_MS) * DAY_MS
  const times = [...hours].flatMap((hour) => [...minutes].map((minute) => (hour * 60 + minute) * MINUTE_MS))
  times.sort((one, other) => one - other)
  for (let day = midnight; day < midnight + FAR_DAYS * DAY_MS; day += DAY_MS) {
    const date = new Date(day)
    if (!months.has(date.getUTCMonth() + 1) || !days.has(date.getUTCDate()) || !weekdays.has(date.getUTCDay())) continue
    const time = times.find((ofDay) => day + ofDay >= start)
    if (time !== undefined) return new Date(day + time)
  }
  return undefined
}

function numbersOf(part: string, least: number, most: number): ReadonlySet<number> | undefined {
  const numbers = new Set<number>()
  for (const item of part.split(',')) {
    const [, star, from, to, step] = /^(?:(\*)|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(item) ?? []
    if (star === undefined && from === undefined) return undefined
    const first = star === undefined ? Number(from) : least
    const open = star !== undefined || step !== undefined
    const last = to === undefined ? (open ? most : first) : Number(to)
    const by = step === undefined ? 1 : Number(step)
    if (first < least || last > most || first > last || by < 1) return undefined
    for (let number = first; number <= last; number += by) numbers.add(number)
  }
  return numbers
}
