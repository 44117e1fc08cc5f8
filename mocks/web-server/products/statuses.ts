import { STATUS_CODES } from 'node:http'

/** Reason phrases in the words of each product where they are not RFC 9110's. */
export function phrase(status: number, own: ReadonlyMap<number, string>): string {
  return own.get(status) ?? STATUS_CODES[status] ?? 'Unknown'
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

const two = (value: number): string => String(value).padStart(2, '0')

export const timeOf = (at: Date): string =>
  [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(':')
export const dateOf = (at: Date, separator: string): string =>
  [at.getUTCFullYear(), two(at.getUTCMonth() + 1), two(at.getUTCDate())].join(separator)
export const monthOf = (at: Date): string => MONTHS[at.getUTCMonth()] ?? ''
export const dayOf = (at: Date): string => DAYS[at.getUTCDay()] ?? ''
export const twoDigits = two

/** `22/Nov/2026:14:00:00 +0000`, as the common log format has it. */
export const commonLogTime = (at: Date): string =>
  `${two(at.getUTCDate())}/${monthOf(at)}/${at.getUTCFullYear()}:${timeOf(at)} +0000`
