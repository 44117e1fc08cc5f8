import { expect, test } from 'vitest'
import { nextTime, parseCrontab } from '../../../../mocks/identity-manager/agent/jobs/crontab.ts'

const next = (text: string, after: string): string | undefined => {
  const crontab = parseCrontab(text)
  if (typeof crontab === 'string') throw new Error(crontab)
  return nextTime(crontab, new Date(after))?.toISOString()
}

// 2026-11-22 is a Sunday.
test.for([
  ['* * * * *', '2026-11-22T10:00:00Z', '2026-11-22T10:01:00.000Z'],
  ['* * * * *', '2026-11-22T10:00:59.999Z', '2026-11-22T10:01:00.000Z'],
  ['*/15 * * * *', '2026-11-22T10:44:00Z', '2026-11-22T10:45:00.000Z'],
  ['*/15 * * * *', '2026-11-22T10:45:00Z', '2026-11-22T11:00:00.000Z'],
  ['0 22 * * *', '2026-11-22T22:00:00Z', '2026-11-23T22:00:00.000Z'],
  ['30 2 * * 1-5', '2026-11-20T12:00:00Z', '2026-11-23T02:30:00.000Z'],
  ['0 0 1 * *', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00.000Z'],
  ['5,10 8-9 * * 7', '2026-11-22T08:10:00Z', '2026-11-22T09:05:00.000Z'],
  ['5,10 8-9 * * 0', '2026-11-22T09:10:00Z', '2026-11-29T08:05:00.000Z'],
  ['0 12 29 2 *', '2096-03-01T00:00:00Z', '2104-02-29T12:00:00.000Z'],
  ['0 0 13 * 5', '2026-11-22T00:00:00Z', '2027-08-13T00:00:00.000Z'],
  ['50/5 0 * * *', '2026-11-22T00:50:00Z', '2026-11-22T00:55:00.000Z'],
] as const)('%s after %s is %s', ([text, after, expected]) => {
  expect(next(text, after)).toBe(expected)
})

test.for([
  ['', 'has 1 fields, not 5'],
  ['* * * *', 'has 4 fields, not 5'],
  ['60 * * * *', '"60" is no minute: 0 to 59'],
  ['* 24 * * *', '"24" is no hour'],
  ['* * 0 * *', '"0" is no day of the month'],
  ['* * * 13 *', '"13" is no month'],
  ['* * * * 8', '"8" is no day of the week'],
  ['5-1 * * * *', '"5-1" is no minute'],
  ['*/0 * * * *', '"*/0" is no minute'],
  ['1,,2 * * * *', '"1,,2" is no minute'],
  ['@daily * * * *', '"@daily" is no minute'],
  ['0 0 30 2 *', 'never comes'],
] as const)('"%s" is refused: %s', ([text, why]) => {
  expect(parseCrontab(text)).toContain(why)
})
