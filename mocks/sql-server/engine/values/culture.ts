/** How people of a culture write numbers and dates, as .NET Framework has it. */

import { unsupported } from '../sql-error.ts'

export interface Culture {
  readonly name: string
  readonly point: string
  readonly group: string
  /** `n` stands for the number. */
  readonly currency: readonly [positive: string, negative: string]
  readonly percent: string
  readonly months: readonly string[]
  readonly days: readonly string[]
  readonly half: readonly [string, string]
  readonly separator: string
  /** Standard patterns by their letter. */
  readonly patterns: Readonly<Record<'d' | 'D' | 't' | 'T' | 'M' | 'Y', string>>
  readonly dayFirst: boolean
}

const english = {
  months: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
  days: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
} as const

const cultures: readonly Culture[] = [
  {
    name: 'en-us',
    point: '.',
    group: ',',
    currency: ['$n', '($n)'],
    percent: 'n %',
    ...english,
    half: ['AM', 'PM'],
    separator: '/',
    patterns: { d: 'M/d/yyyy', D: 'dddd, MMMM d, yyyy', t: 'h:mm tt', T: 'h:mm:ss tt', M: 'MMMM d', Y: 'MMMM yyyy' },
    dayFirst: false,
  },
  {
    name: 'en-gb',
    point: '.',
    group: ',',
    currency: ['£n', '-£n'],
    percent: 'n %',
    ...english,
    half: ['AM', 'PM'],
    separator: '/',
    patterns: { d: 'dd/MM/yyyy', D: 'dd MMMM yyyy', t: 'HH:mm', T: 'HH:mm:ss', M: 'd MMMM', Y: 'MMMM yyyy' },
    dayFirst: true,
  },
  {
    name: 'de-de',
    point: ',',
    group: '.',
    currency: ['n €', '-n €'],
    percent: 'n %',
    months: [
      'Januar',
      'Februar',
      'März',
      'April',
      'Mai',
      'Juni',
      'Juli',
      'August',
      'September',
      'Oktober',
      'November',
      'Dezember',
    ],
    days: ['Sonntag', 'Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag'],
    half: ['', ''],
    separator: '.',
    patterns: { d: 'dd.MM.yyyy', D: 'dddd, d. MMMM yyyy', t: 'HH:mm', T: 'HH:mm:ss', M: 'd. MMMM', Y: 'MMMM yyyy' },
    dayFirst: true,
  },
]

export function cultureOf(name: string): Culture {
  const culture = cultures.find((each) => each.name === name.toLowerCase())
  if (!culture) throw unsupported(`the culture ${name}`)
  return culture
}
